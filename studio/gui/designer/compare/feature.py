"""Comparing the open pipeline with another, an earlier version or its origin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from studio.domain.component import Component
from studio.domain.pipeline import Pipeline
from studio.domain.pipeline_diff import Change, Difference, apply, difference
from studio.domain.pipeline_words import line_of
from studio.gui.actions import Action
from studio.gui.designer.checker import check
from studio.gui.designer.compare.panel import Compared, ComparePanel
from studio.gui.designer.library import OUTSIDE
from studio.gui.designer.told_apart import told_apart
from studio.gui.tasks import Task
from studio.gui.widgets.basics import in_menu

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage
    from studio.services.pipelines.service import PipelineSummary
    from studio.services.pipelines.versions import HistoryEntry

MOST_VERSIONS = 12
Learnt = tuple[Pipeline, dict[str, Component]]


class Compare(QObject):
    """Joins the page and the panel; the panel is made when it is first wanted."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page = page
        self._panel: ComparePanel | None = None
        self._other: Pipeline | None = None
        self._named = ""
        self._swapped = self._preview = False
        self._task: Task | None = None
        page.editor.opened.connect(self.close)

    def verbs(self) -> Sequence[Action]:
        is_open = self._page.is_open
        return (
            Action(
                "pipeline.compare",
                "Compare with…",
                "git-diff",
                "Ctrl+Shift+C",
                "File",
                self.ask,
                is_open,
            ),
            Action(
                "pipeline.compare_origin",
                "Compare with what it was cloned from",
                "git-fork",
                "",
                "File",
                self.with_origin,
                lambda: is_open() and bool(self._origin()),
            ),
        )

    def canvas_verbs(self) -> Sequence[str]:
        return ()

    @property
    def panel(self) -> ComparePanel:
        if self._panel is None:
            self._panel = ComparePanel(self._page.bench.catalog)
            self._panel.taken.connect(self._take)
            self._panel.swapped.connect(self._swap)
            self._panel.closed.connect(self.close)
        return self._panel

    @property
    def is_shown(self) -> bool:
        return self._panel is not None and self._other is not None

    # -- what to compare with ------------------------------------------------------

    def ask(self) -> None:
        """A menu of the other pipelines, the origin and the newest versions."""
        page = self._page
        page.tasks.run(
            partial(
                page.studio.versions.history, page.editor.pipeline.name, MOST_VERSIONS
            ),
            done=self._show_menu,
            failed=lambda _: self._show_menu(()),
            owner=self,
        )

    def with_version(self, number: int) -> None:
        name = self._page.editor.pipeline.name
        read = partial(self._page.studio.pipelines.version, name, number)
        self._read(read, f"version {number}")

    def preview(self, number: int) -> None:
        """A version alone, as it was."""
        name = self._page.editor.pipeline.name
        self._preview = True
        read = partial(self._page.studio.pipelines.version, name, number)
        self._read(read, f"version {number}", keep_side=True)

    def with_pipeline(self, name: str, title: str) -> None:
        self._read(partial(self._page.studio.pipelines.get, name), f"“{title}”")

    def with_origin(self) -> None:
        """The clone against what it was made from."""
        pipeline = self._page.editor.pipeline
        read = partial(self._page.studio.versions.origin, pipeline)
        titles = {each.name: each.title for each in self._page.library.summaries}
        self._read(read, f"“{titles.get(self._origin(), self._origin())}”")

    def with_value(self, other: Pipeline, named: str, *, swapped: bool = False) -> None:
        """Any pipeline that is at hand, under a name for people."""
        self._swapped, self._preview = swapped, False
        self._read(lambda: other, named, keep_side=True)

    def close(self) -> None:
        """Back to the open pipeline."""
        if self._other is not None:
            self._other = None
            document = self._page.document
            if document is not None:
                document.changed.disconnect(self._refresh)
            self._page.show_bench()

    # -- inside --------------------------------------------------------------------

    def _origin(self) -> str:
        return self._page.editor.pipeline.tags.get("cloned_from", "")

    def _show_menu(self, entries: Sequence[HistoryEntry]) -> None:
        menu = QMenu(self._page)
        own = self._page.editor.pipeline.name
        if self._origin():
            registry = self._page.services.actions
            menu.addAction(registry.get("pipeline.compare_origin"))
        menu.addSection("Pipelines")
        words = told_apart(self._page.library.summaries)
        for each in self._page.library.summaries:
            if each.name != own and not each.message:
                made = menu.addAction(in_menu(words[each.name]))
                made.triggered.connect(partial(self._pipeline_chosen, each))
        menu.addSection("Versions of this one")
        document = self._page.document
        same = document is not None and not document.dirty
        now = document.version if document is not None and same else None
        for entry in entries:
            if entry.version == now:
                continue  # it would be compared with itself
            made = menu.addAction(in_menu(f"Version {entry.version}: {entry.summary}"))
            made.triggered.connect(partial(self._version_chosen, entry.version))
        first = next((a for a in menu.actions() if not a.isSeparator()), None)
        if first is None:
            menu.addAction("Nothing else is saved yet").setEnabled(False)
        menu.popup(self._page.view.by_selection())
        if first is not None:
            menu.setActiveAction(first)

    def _pipeline_chosen(self, summary: PipelineSummary, *_: object) -> None:
        self.with_pipeline(summary.name, summary.title)

    def _version_chosen(self, number: int, *_: object) -> None:
        self.with_version(number)

    def _read(
        self,
        read: Callable[[], Pipeline | None],
        named: str,
        *,
        keep_side: bool = False,
    ) -> None:
        if not keep_side:
            self._swapped = self._preview = False
        studio = self._page.studio

        def work() -> Learnt | None:
            other = read()
            if other is None:
                return None
            return other, check(studio, other, OUTSIDE).components

        def show(learnt: Learnt | None) -> None:
            if learnt is None:
                self._page.services.toast(f"{named} isn't there any more", tone="warn")
            else:
                self._page.bench.catalog.learn(learnt[1])
                self._begin(learnt[0], named)

        failed = self._page.services.show_error
        self._page.tasks.run(work, done=show, failed=failed, owner=self)

    def _begin(self, other: Pipeline, named: str) -> None:
        document = self._page.document
        if document is None:
            return
        if self._other is None:
            document.changed.connect(self._refresh)
        self._other, self._named = other, named
        self._page.bench.scene.select([])
        self._page.show_over(self.panel)
        self._refresh()
        self.panel.table.setFocus()

    def _refresh(self) -> None:
        """Compare again: the open pipeline, or the side, is another one."""
        if self._other is None:
            return
        mine = self._other if self._preview else self._page.editor.pipeline
        sides = [self._other, mine]
        before, after = sides[::-1] if self._swapped else sides
        if self._task is not None:
            self._task.cancel()
        self._task = self._page.tasks.run(
            partial(difference, before, after), done=self._show, owner=self
        )

    def _show(self, found: Difference) -> None:
        mine = f"“{self._page.heading}”"
        if self._preview:
            self.panel.show_compared(Compared(found, self._named, self._named))
        elif self._swapped:
            self.panel.show_compared(Compared(found, mine, self._named, "before"))
        else:
            self.panel.show_compared(Compared(found, self._named, mine, "after"))

    def _swap(self) -> None:
        self._swapped = not self._swapped
        self._refresh()

    def _take(self, changes: list[Change]) -> None:
        """Changes into the open pipeline: one step of undo."""
        document, compared = self._page.document, self.panel.compared
        if document is None or compared is None or not changes:
            return
        into = compared.into_open
        if into.before != document.pipeline:
            return  # it was edited meanwhile: the list is about to follow
        told = line_of(into, changes[0]).text
        words = told if len(changes) == 1 else f"{len(changes)} changes"
        document.edit(apply(document.pipeline, into, changes), f"Take over {words}")
