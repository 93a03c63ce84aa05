"""A file changed outside while it is edited here: both brought together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.domain.pipeline import Pipeline
from studio.domain.pipeline_diff import difference
from studio.domain.pipeline_merge import Merge, merge_pipelines
from studio.domain.pipeline_words import summary
from studio.gui.actions import Action
from studio.gui.designer.compare.merge_panel import MergePanel
from studio.gui.designer.saving import Stored, load

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage
    from studio.services.pipelines.service import PipelineService

Read = tuple[Stored, Merge]


class Merging(QObject):
    """Merges what fits by itself, and asks about the rest in a panel."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page = page
        self._panel: MergePanel | None = None
        self._theirs: Stored | None = None
        self._mine: Pipeline | None = None
        page.bench.merge_wanted.connect(self.begin)
        page.editor.opened.connect(self._forget)

    def verbs(self) -> Sequence[Action]:
        return ()

    def canvas_verbs(self) -> Sequence[str]:
        return ()

    @property
    def panel(self) -> MergePanel:
        if self._panel is None:
            self._panel = MergePanel(self._page.bench.catalog)
            self._panel.merged.connect(self._take)
            self._panel.closed.connect(self._page.show_bench)
        return self._panel

    def begin(self) -> None:
        """Read the other side and merge."""
        document = self._page.document
        if document is None:
            return
        self._mine = document.pipeline
        pipelines = self._page.studio.pipelines
        self._page.tasks.run(
            partial(_read, pipelines, document.saved, document.pipeline),
            done=self._show,
            failed=self._page.services.show_error,
            owner=self,
        )

    def _show(self, read: Read) -> None:
        document = self._page.document
        if document is None or document.pipeline is not self._mine:
            self.begin()  # it was edited meanwhile
            return
        self._theirs, merge = read
        if not merge.conflicts:
            self._take(merge.pipeline)
            return
        self._page.show_over(self.panel)
        self.panel.show_merge(merge)

    def _take(self, merged: Pipeline) -> None:
        """The merged pipeline as one step of undo, saved over theirs."""
        saver, theirs, mine = self._page.bench.saver, self._theirs, self._mine
        if saver is None or theirs is None or mine is None:
            return
        told = summary(difference(mine, merged))
        self._page.show_bench()
        self._page.bench.banner.hide()
        saver.take_merged(merged, theirs)
        self._page.services.toast(f"Merged with the change from outside: {told}")
        self._theirs = None

    def _forget(self) -> None:
        self._theirs = self._mine = None


def _read(pipelines: PipelineService, base: Pipeline, mine: Pipeline) -> Read:
    theirs = load(pipelines, mine.name)
    return theirs, merge_pipelines(base, mine, theirs.pipeline)
