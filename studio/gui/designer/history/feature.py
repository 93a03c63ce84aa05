"""Joins the history's tabs with the page: what is listed, compared and restored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject

from studio.domain.pipeline import Pipeline
from studio.gui.actions import Action
from studio.gui.designer.compare.feature import Compare
from studio.gui.designer.document import PipelineDocument
from studio.gui.designer.history.family import FamilyTab
from studio.gui.designer.history.versions import VersionsTab
from studio.gui.tasks import Task

if TYPE_CHECKING:
    from studio.domain.events import Event
    from studio.gui.designer.page import DesignerPage
    from studio.services.pipelines.versions import HistoryEntry

T = TypeVar("T")
AT_ONCE = 50
"""So many versions are listed, and so many more each time older ones are asked for."""
TOLD = {"PipelineSaved", "PipelineDeleted", "RunEnded", "RunDeleted"}


class History(QObject):
    """Reads only what is looked at: nothing while both tabs are hidden."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page = page
        bottom = page.bench.bottom
        self._versions = bottom.add_late("History", self._make_versions)
        self._family = bottom.add_late("Clones", self._make_family)
        self._followed: PipelineDocument | None = None
        self._known: tuple[str, int | None] = ("", None)
        self._reading: dict[str, Task] = {}
        self._listed = AT_ONCE
        self._connect()

    @property
    def versions(self) -> VersionsTab:
        return self._versions.widget

    @property
    def family(self) -> FamilyTab:
        return self._family.widget

    def verbs(self) -> Sequence[Action]:
        is_open = self._page.is_open
        return (
            Action(
                "history.versions",
                "History of versions and edits",
                "clock-counter-clockwise",
                "Ctrl+Shift+H",
                "Edit",
                lambda: self._turn_to(self.versions),
                is_open,
            ),
            Action(
                "history.clones",
                "Family of clones",
                "tree-structure",
                "",
                "File",
                lambda: self._turn_to(self.family),
                is_open,
            ),
        )

    def canvas_verbs(self) -> Sequence[str]:
        return ()

    def refresh(self, events: Sequence[Event]) -> None:
        """A version, a clone or a metric came or went elsewhere."""
        if not events or any(event.type in TOLD for event in events):
            self._refresh()

    def restore(self, number: int) -> None:
        """An earlier version as an edit: saved as a new one, and undoable."""
        name = self._page.editor.pipeline.name
        pipelines = self._page.studio.pipelines

        def take(value: Pipeline) -> None:
            document = self._page.document
            if document is not None and document.name == name:
                document.edit(value, f"Restore version {number}")
                toast = self._page.services.toast
                toast(f"Version {number} is back; undo returns to the other", tone="ok")

        self._read("restore", partial(pipelines.version, name, number), take)

    # -- inside --------------------------------------------------------------------

    def _connect(self) -> None:
        page = self._page
        page.editor.opened.connect(self._opened)
        page.bench.follower.ended.connect(lambda _: self._refresh())

    def _make_versions(self) -> VersionsTab:
        made = VersionsTab()
        made.follow(self._page.document.stack if self._page.document else None)
        made.shown.connect(self._refresh)
        made.older_wanted.connect(self._show_older)
        made.previewed.connect(lambda n: self._compare.preview(n))
        made.compared.connect(lambda n: self._compare.with_version(n))
        made.restored.connect(self.restore)
        return made

    def _make_family(self) -> FamilyTab:
        made = FamilyTab()
        made.shown.connect(self._refresh)
        made.opened.connect(self._page.open)
        made.compared.connect(lambda *one: self._compare.with_pipeline(*one))
        made.cloned.connect(self._page.clone)
        return made

    @property
    def _compare(self) -> Compare:
        return next(f for f in self._page.features if isinstance(f, Compare))

    def _turn_to(self, tab: VersionsTab | FamilyTab) -> None:
        bottom = self._page.bench.bottom
        bottom.setVisible(True)
        bottom.turn_to(tab)
        (tab.table if isinstance(tab, VersionsTab) else tab.tree).setFocus()

    def _opened(self) -> None:
        document = self._page.editor.document
        if self._versions.made is not None:
            stack = document.stack if document is not None else None
            self._versions.made.follow(stack)
        self._followed, self._known = document, ("", None)
        self._listed = AT_ONCE
        if document is not None:
            document.state_changed.connect(self._state_changed)
        self._refresh()

    def _state_changed(self) -> None:
        """Another version is saved."""
        document = self._followed
        if document is not None and (document.name, document.version) != self._known:
            self._refresh()

    def _refresh(self) -> None:
        document = self._page.editor.document
        if document is None:
            self._show_nothing()
            return
        versions, name = self._page.studio.versions, document.name
        if self._versions.is_shown:
            self._known = (name, document.version)
            read = partial(versions.history, name, self._listed + 1)
            self._read("versions", read, self._show_versions)
        if self._family.is_shown:
            show = partial(self.family.show_family, own=name)
            self._read("family", partial(versions.family, name), show)

    def _show_nothing(self) -> None:
        if self._versions.made is not None:
            self._show_versions(())
        if self._family.made is not None:
            self._family.made.show_family((), "")

    def _show_versions(self, entries: Sequence[HistoryEntry]) -> None:
        self.versions.show_entries(entries[: self._listed])
        self.versions.show_rest(len(entries) > self._listed)

    def _show_older(self) -> None:
        self._listed += AT_ONCE
        self._refresh()

    def _read(
        self, what: str, read: Callable[[], T], done: Callable[[T], object]
    ) -> None:
        if (last := self._reading.get(what)) is not None:
            last.cancel()
        self._reading[what] = self._page.tasks.run(
            read,
            done=done,
            failed=self._page.services.show_error,
            owner=self,
        )
