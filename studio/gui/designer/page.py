"""The designer's page: opening pipelines, its verbs, and what its top bar says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from studio.gui.actions import Action
from studio.gui.designer.captions import caption_of, counted
from studio.gui.designer.document import PipelineDocument
from studio.gui.designer.drifting import Drifting
from studio.gui.designer.edit_verbs import EditVerbs
from studio.gui.designer.features import Feature, Keeps, Listens, Targeted, features_of
from studio.gui.designer.gathering import Place
from studio.gui.designer.kept_edits import KeptEdits
from studio.gui.designer.key_hints import key_hints
from studio.gui.designer.library import OUTSIDE, Library, Opened
from studio.gui.designer.menus import Menus
from studio.gui.designer.panels import Panels
from studio.gui.designer.plan.feature import RunPlan
from studio.gui.designer.recovery import Recovery
from studio.gui.designer.run_news import RunNews
from studio.gui.designer.running import Running
from studio.gui.designer.start_page import StartPage
from studio.gui.designer.verbs import verbs_of
from studio.gui.designer.walking import KEYS
from studio.gui.designer.workbench import Workbench
from studio.gui.page import Page, WindowServices
from studio.gui.tasks import Tasks
from studio.gui.widgets.basics import column

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.events import Event

LAST = "designer/last"
_RUNS = {"RunCreated", "RunStarted", "RunEnded", "RunDeleted"}
_LIST = {"PipelineSaved", "PipelineDeleted"}


class DesignerPage(Page):
    id = "pipelines"
    title = "Pipelines"
    icon = "flow-arrow"

    def __init__(self, studio: Studio, tasks: Tasks, window: WindowServices) -> None:
        super().__init__(studio, tasks, window)
        self.bench = Workbench(studio, tasks, window.settings)
        self.editor, self.view = self.bench.editor, self.bench.view
        self.library = Library(studio, tasks, window, self)
        self.running = Running(studio, tasks, window, self.bench, self)
        self.edit_verbs = EditVerbs(self.editor, self.bench.bottom, self.view.seen)
        self.start = StartPage(window.settings)
        self.menus = Menus(self)
        self.panels = Panels(self.bench)
        self.news = RunNews(self)
        self.kept = KeptEdits(self)
        self.plan = RunPlan(self)
        self.features: tuple[Feature, ...] = (self.plan, *features_of(self))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.start)
        self._stack.addWidget(self.bench)
        layout = column(gap=0)
        layout.addWidget(self._stack)
        self.setLayout(layout)
        self._first = True
        self._refreshing = QTimer(self, singleShot=True, interval=0)
        self._refreshing.timeout.connect(self._tell)
        self._connect()

    @property
    def document(self) -> PipelineDocument | None:
        return self.editor.document

    # -- the page's contract ---------------------------------------------------------

    @property
    def heading(self) -> str:
        return self.editor.pipeline.title if self.document else self.title

    @property
    def caption(self) -> str:
        if self.document is None:
            return counted(len(self.library.summaries))
        follower = self.bench.follower
        return caption_of(self.document, follower.run if follower.active else None)

    @property
    def key_hints(self) -> str:
        return key_hints(self)

    @property
    def is_covered(self) -> bool:
        """Whether something is shown in place of the open pipeline."""
        return self._stack.currentWidget() not in (self.start, self.bench)

    def page_actions(self) -> Sequence[Action]:
        return verbs_of(self)

    def own_keys(self) -> Sequence[tuple[str, str]]:
        return KEYS

    def top_bar_widgets(self) -> Sequence[QWidget]:
        made = self.services.actions.button
        return (
            self.menus.switcher(),
            made("edit.undo", icon_only=True),
            made("edit.redo", icon_only=True),
            made("pipeline.clone"),
            made("run.validate"),
            made("run.stop"),
            made("run.start", kind="primary"),
            self.plan.menu_button(),
        )

    def activated(self) -> None:
        if self._first:
            self._first = False
            self.library.refresh(then=self._open_last)
        self._soon()

    def take_focus(self) -> None:
        (self.view if self.document is not None else self).setFocus()

    def toast_place(self) -> QWidget | None:
        return self.view if self.document is not None else None

    def refresh(self, events: Sequence[Event]) -> None:
        types = {event.type for event in events}
        if not events or types & _LIST:
            self.library.refresh()
        mine = {event.subject for event in events if event.type in _RUNS}
        if self.document is not None and (not events or mine):
            self.bench.attach()
        if "PipelineSaved" in types and any(
            node.is_pipeline for node in self.editor.pipeline.nodes
        ):
            self.bench.checker.check_soon(self.editor.pipeline)
        for feature in self.features:
            if isinstance(feature, Listens):
                feature.refresh(events)

    def open_target(self, **target: Any) -> None:
        """`name` opens a pipeline, `step` selects a step, `sweep` shows a sweep."""
        self._first = False
        if name := str(target.get("name") or target.get("pipeline") or ""):
            self._wanted_step = str(target.get("step", ""))
            self._wanted = target
            self.open(name)

    def unsaved(self) -> str:
        self.bench.inspector.flush()
        dirty = self.document is not None and self.document.dirty
        held = [f"Changes of “{self.heading}”"] if dirty else []
        held += [f.unsaved() for f in self.features if isinstance(f, Keeps)]
        return ", ".join(filter(None, held))

    def put_away(self) -> None:
        self.bench.close_document()

    def save_all(self) -> None:
        for feature in self.features:
            if isinstance(feature, Keeps):
                feature.save_all()
        if self.bench.saver is not None:
            self.bench.saver.save_blocking()

    # -- opening ---------------------------------------------------------------------

    _wanted_step = ""
    _wanted: Mapping[str, Any] = MappingProxyType({})

    def open(self, name: str, place: Place = OUTSIDE, step: str = "") -> None:
        """Open a pipeline by name, after saving the open one, and go to a step."""
        self._wanted_step = step or self._wanted_step
        self._leave(lambda: self.library.open(name, place))

    def show_all(self) -> None:
        """The list of all pipelines."""
        self._leave(self._close)

    def show_over(self, widget: QWidget) -> None:
        """Show something in place of the open pipeline, until `show_bench`."""
        if self._stack.indexOf(widget) < 0:
            self._stack.addWidget(widget)
        self._stack.setCurrentWidget(widget)
        self._soon()

    def show_bench(self) -> None:
        """The open pipeline again."""
        if self.document is not None:
            self._stack.setCurrentWidget(self.bench)
            self.bench.bottom.canvas_wanted.emit()
            self.view.setFocus()
            self._soon()

    def _leave(self, then: Any) -> None:
        self.bench.inspector.flush()
        if self.bench.saver is not None:
            self.bench.saver.save(then=then)
        else:
            then()

    def _close(self) -> None:
        self.bench.close_document()
        self._stack.setCurrentWidget(self.start)
        self.start.table.setFocus()
        self.library.refresh()
        self._soon()

    def _open_last(self) -> None:
        names = [summary.name for summary in self.library.summaries]
        last = self.services.settings.text(self._last_key)
        readable = [s.name for s in self.library.summaries if not s.message]
        if last in names:
            self.open(last)
        elif len(readable) == 1:
            self.open(readable[0])

    def _opened(self, opened: Opened) -> None:
        stored, checked, components, place = opened
        document = self.kept.document_of(stored)
        document.state_changed.connect(self._soon)
        saver = self.bench.open(document, checked, components, place)
        saver.failed.connect(self.services.show_error)
        saver.reloaded.connect(
            lambda: self.services.toast("Loaded the change made outside")
        )
        if stored.unsaved is not None:
            Recovery(self, stored.unsaved).offer()
        elif stored.drift is not None:
            Drifting(self, stored.drift).offer()
        self.services.settings.set(self._last_key, document.name)
        self._stack.setCurrentWidget(self.bench)
        made, self.library.just_made = self.library.just_made, ""
        inside = self.isAncestorOf(QApplication.focusWidget() or self.window())
        if inside or (made == document.name and self.isVisible()):
            self.view.setFocus()
        if self._wanted_step:
            self.bench.go_to_step(self._wanted_step)
            self._wanted_step = ""
        wanted, self._wanted = self._wanted, {}
        for feature in self.features:
            if isinstance(feature, Targeted):
                feature.open_target(wanted)
        self._soon()

    @property
    def _last_key(self) -> str:
        return f"{LAST}/{self.services.workspace.name}"

    # -- verbs -----------------------------------------------------------------------

    def is_open(self) -> bool:
        return self.document is not None

    def has_selection(self) -> bool:
        return self.is_open() and bool(self.editor.selected())

    def has_any_selection(self) -> bool:
        return self.is_open() and self.bench.scene.has_selection()

    def can_undo(self) -> bool:
        return self.document is not None and self.document.stack.canUndo()

    def can_redo(self) -> bool:
        return self.document is not None and self.document.stack.canRedo()

    def undo(self) -> None:
        self.bench.inspector.flush()
        if self.document is not None:
            self.document.stack.undo()

    def redo(self) -> None:
        if self.document is not None:
            self.document.stack.redo()

    def save(self) -> None:
        self.bench.inspector.flush()
        if self.bench.saver is not None:
            self.bench.saver.save()

    def clone(self) -> None:
        """A copy under another name; this one stays as it is."""
        name, title = self.editor.pipeline.name, self.heading
        self._leave(lambda: self.library.clone(name, title))

    def rename_pipeline(self) -> None:
        self.bench.scene.select([])
        self.bench.inspector.begin_rename()

    def rename_step(self) -> None:
        """Its name, or the text of a selected frame or note."""
        if things := self.bench.scene.slabs.chosen:
            self.view.edit_wanted.emit(things[0].id)
        else:
            self.bench.inspector.begin_rename()

    def delete_pipeline(self) -> None:
        self.library.ask_to_delete(self.editor.pipeline.name, self.heading)

    def quick_add_here(self) -> None:
        self.bench.next_steps.ask_for_next()

    def search_components(self) -> None:
        self.bench.left.show()
        self.bench.left.setCurrentWidget(self.bench.palette_panel)
        self.bench.palette_panel.focus_search()

    # -- inside ----------------------------------------------------------------------

    def _connect(self) -> None:
        self.library.opened.connect(self._opened)
        self.library.listed.connect(self.start.show_pipelines)
        self.library.listed.connect(self._soon)
        self.library.deleted.connect(self._deleted)
        self.start.open_wanted.connect(self.open)
        self.start.delete_wanted.connect(self._ask_to_delete)
        self.start.new_wanted.connect(self.library.new)
        self.start.import_wanted.connect(self.library.ask_for_file)
        self.start.sample_wanted.connect(self.library.open_sample)
        self.bench.refused.connect(lambda text: self.services.toast(text, tone="warn"))
        self.bench.bottom.copied.connect(lambda text: self.services.toast(text))
        self.bench.selection_changed.connect(self._soon)
        self.bench.follower.changed.connect(self._soon)
        self.running.changed.connect(self._soon)
        self.view.menu_wanted.connect(self.menus.show_canvas_menu)

    def _soon(self) -> None:
        """Tell title and buttons once, after everything that happens now."""
        self._refreshing.start()

    def _tell(self) -> None:
        self.services.actions.refresh()
        self.heading_changed.emit()

    def _deleted(self, name: str) -> None:
        if self.document is not None and self.document.name == name:
            self._close()

    def _ask_to_delete(self, name: str) -> None:
        titles = {summary.name: summary.title for summary in self.library.summaries}
        self.library.ask_to_delete(name, titles.get(name, name))
