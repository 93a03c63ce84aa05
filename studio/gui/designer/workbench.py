"""The open pipeline: palette, canvas, inspector and bottom panel, joined together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from studio.domain.component import Component
from studio.domain.node import Node
from studio.domain.run import StepRun
from studio.domain.validation import Fix, Problem
from studio.gui.designer.bottom.panel import BottomPanel
from studio.gui.designer.catalog import Catalog
from studio.gui.designer.checker import Checked, Checker
from studio.gui.designer.columns import Columns
from studio.gui.designer.document import PipelineDocument
from studio.gui.designer.editor import Editor
from studio.gui.designer.follower import RunFollower
from studio.gui.designer.gathering import Place, reasons_on_canvas, steps_on_canvas
from studio.gui.designer.habits import Habits
from studio.gui.designer.inspector.inspector import Inspector
from studio.gui.designer.inspector.node_panel import NodePanel
from studio.gui.designer.minimap import Minimap
from studio.gui.designer.next_steps import NextSteps
from studio.gui.designer.palette import ComponentPalette
from studio.gui.designer.panes import Panes
from studio.gui.designer.quick_add import QuickAdd
from studio.gui.designer.saving import Saver
from studio.gui.designer.scene import DesignerScene
from studio.gui.designer.situation import Situation
from studio.gui.designer.staleness import Staleness
from studio.gui.designer.view import CanvasView
from studio.gui.settings import Settings
from studio.gui.tasks import Tasks
from studio.gui.widgets.banner import Banner

if TYPE_CHECKING:
    from studio.bootstrap import Studio


class Workbench(QWidget):
    """Knows how the parts speak to each other; the verbs are the page's."""

    refused = Signal(str)
    selection_changed = Signal()
    merge_wanted = Signal()
    """Own edits and a file changed outside are to be brought together."""
    inside_wanted = Signal(object)
    """A step that is a pipeline was opened: the node."""

    def __init__(
        self,
        studio: Studio,
        tasks: Tasks,
        settings: Settings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._studio, self._tasks, self._settings = studio, tasks, settings
        self.scene = DesignerScene(self)
        self.catalog = Catalog()
        self.editor = Editor(self.scene, self.catalog)
        self.editor.tasks = tasks
        self.view = CanvasView(self.editor)
        self.minimap = Minimap(self.view)
        self.quick_add = QuickAdd(self.view)
        self.habits = Habits(settings, self)
        self.next_steps = NextSteps(self.editor, self.view, self.quick_add, self.habits)
        self.palette_panel = ComponentPalette(self.habits)
        self.left = QTabWidget()
        self.inspector = Inspector(self.editor)
        self.bottom = BottomPanel(self.editor, studio.runs, studio.tables, tasks)
        self.follower = RunFollower(studio.runs, tasks, self)
        self.checker = Checker(studio, tasks, self)
        self.columns = Columns(self.editor, studio, tasks, self)
        self.staleness = Staleness(studio, tasks, self)
        self.banner = Banner("warn")
        self.saver: Saver | None = None
        self.place = Place()
        self._problems: tuple[Problem, ...] = ()
        self._seen_run = ("", False)
        self._arrange()
        self._connect()

    # -- opening -------------------------------------------------------------------

    def open(
        self,
        document: PipelineDocument,
        checked: Checked,
        components: Sequence[Component],
        place: Place,
    ) -> Saver:
        """Show a document; its saver is returned."""
        self.close_document()
        self.place = self.checker.place = self.staleness.place = place
        self.catalog.set_components(components)
        self.catalog.learn(checked.components)
        self.palette_panel.set_components(components)
        self.saver = Saver(document, self._studio.pipelines, self._tasks)
        self.saver.conflict.connect(self._show_conflict)
        self.saver.reloaded.connect(self.banner.hide)
        document.changed.connect(self._edited)
        self._problems = checked.problems
        self.editor.open(document)
        self.columns.settle()
        self.view.fit_opening()
        self.attach()
        self._situate()
        self.inspector.follow_selection()
        return self.saver

    def close_document(self) -> None:
        """Put the open document away; what was not saved is saved by the caller."""
        self.checker.stop()
        self.staleness.stop()
        self.quick_add.dismiss()
        self.banner.hide()
        if self.saver is not None:
            self.saver.close()
        document = self.editor.document
        self.editor.open(None)
        self.follower.attach("")
        if document is not None:
            document.deleteLater()
        self.saver = None

    def attach(self) -> None:
        """Show the latest run of the pipeline, or of the one it is looked at from."""
        if self.editor.document is not None:
            self.follower.attach(self.place.root or self.editor.document.name)

    # -- what the parts ask for ------------------------------------------------------

    def go_to(self, problem: Problem) -> None:
        """Select the step of a problem, and the field."""
        node = self.editor.pipeline.by_name.get(problem.step)
        if node is None:
            return
        self.scene.select([node.id])
        self.view.reveal(node.id)
        self.inspector.focus_field(problem.field)

    def go_to_step(self, name: str) -> None:
        self.go_to(Problem("", step=name))

    def show_failure(self, node_id: str) -> None:
        """Select a failed step and show what it printed."""
        if node_id in self.scene.nodes:
            self.scene.select([node_id])
            self.view.reveal(node_id)
            self.bottom.turn_to(self.bottom.log)

    def show_checked(self, checked: Checked) -> None:
        """Problems found, and components learnt on the way."""
        if checked.pipeline.name != self.editor.pipeline.name:
            return
        if self.catalog.learn(checked.components):
            self.editor.derive()
        self._problems = checked.problems
        self.columns.settle()
        self._situate()
        self._ask_staleness()

    def show_components(self, components: Sequence[Component]) -> None:
        """Other components than those offered until now; whole pipelines stay."""
        listed = (*components, *self.catalog.pipelines)
        self.catalog.set_components(listed)
        self.palette_panel.set_components(listed)
        if self.editor.document is not None:
            self.editor.derive()
            self.inspector.follow_selection()
            self.columns.settle()
            self.checker.check_now(self.editor.pipeline)

    def put_above_canvas(self, widget: QWidget) -> None:
        self._above.insertWidget(0, widget)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What would stop a run, and columns that are missing."""
        found = (*self._problems, *self.columns.problems)
        return tuple(map(self.columns.fixable, found))

    def apply_fix(self, problem: Problem, fix: Fix) -> None:
        """Give a problem's field the value that mends it."""
        self.inspector.flush()
        self.editor.apply_fix(problem, fix)

    def show_problems_tab(self) -> None:
        self.bottom.turn_to(self.bottom.problems)

    @property
    def chosen_node(self) -> Node | None:
        """The one selected step."""
        chosen = self.editor.selected()
        return chosen[0] if len(chosen) == 1 else None

    # -- inside ----------------------------------------------------------------------

    def _arrange(self) -> None:
        canvas = QWidget()
        self._above = stack = QVBoxLayout(canvas)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        stack.addWidget(self.banner)
        stack.addWidget(self.view, 1)
        self.banner.setContentsMargins(12, 8, 12, 8)
        self.banner.hide()
        self.left.setDocumentMode(True)
        self.left.tabBar().setDrawBase(False)
        self.left.tabBar().setAccessibleName("Components and outline")
        self.left.addTab(self.palette_panel, "Components")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(
            Panes(self.left, canvas, self.bottom, self.inspector, self._settings)
        )

    def _connect(self) -> None:
        self.scene.picked.connect(self._picked)
        self.editor.refused.connect(self.refused)
        self.editor.added.connect(lambda component: self.habits.used(component.name))
        self.view.opened.connect(self._opened)
        self.palette_panel.chosen.connect(self.next_steps.add_beside)
        self.palette_panel.follow_zoom(lambda: self.view.zoom)
        self.quick_add.closed.connect(self.view.setFocus)
        self.inspector.source_wanted.connect(self.go_to_step)
        self.inspector.left.connect(self.view.setFocus)
        self.inspector.built.connect(self.columns.fill)
        self.columns.changed.connect(self._situate)
        self.bottom.fix_chosen.connect(self.apply_fix)
        self.bottom.problem_chosen.connect(self.go_to)
        self.checker.checked.connect(self.show_checked)
        self.follower.changed.connect(self._situate)
        self.staleness.found.connect(self._situate)

    def _opened(self, node_id: str) -> None:
        node = self.editor.pipeline.by_id.get(node_id)
        if node is not None and node.is_pipeline:
            self.inside_wanted.emit(node)
        else:
            self.inspector.begin_settings()

    def _edited(self) -> None:
        self.checker.check_soon(self.editor.pipeline)
        self.staleness.stop()
        self.inspector.follow_selection()

    def _picked(self) -> None:
        self.inspector.follow_selection()
        self._show_bottom()
        self.bottom.suit(self._step_of(self.chosen_node))
        self.selection_changed.emit()

    def _situate(self) -> None:
        """Bring states and problems to cards, inspector and bottom panel."""
        run = self.follower.run
        pipeline, place = self.editor.pipeline, self.place
        steps = run.steps if run else ()
        now = Situation(
            steps_on_canvas(pipeline, place, steps, self.catalog.of),
            self.follower.active,
            self.problems,
            reasons_on_canvas(pipeline, place, self.staleness.reasons),
        )
        self.editor.show_situation(now)
        self.inspector.show_state()
        self.bottom.show_problems(self.problems)
        self._show_bottom()
        seen = (run.id if run else "", self.follower.active)
        if seen != self._seen_run:  # what it made tells of columns, and can be old
            self._seen_run = seen
            self.columns.settle()
            self._ask_staleness()

    def _show_bottom(self) -> None:
        node = self.chosen_node or self._source_of_wire()
        self.bottom.show_step(self.follower.run, node, self._step_of(node))
        if isinstance(self.inspector.panel, NodePanel):
            self.columns.fill(self.inspector.panel)

    def _source_of_wire(self) -> Node | None:
        """The step whose data flow through the one selected wire."""
        wires = [] if self.scene.selected_ids() else self.scene.selected_edges()
        found = self.editor.pipeline.by_name.get(wires[0].source) if wires else None
        return found if len(wires) == 1 else None

    def _step_of(self, node: Node | None) -> StepRun | None:
        return self.editor.situation.steps.get(node.id) if node else None

    def look_again(self) -> None:
        """Code or data may have been changed by another program."""
        if self.editor.document is not None:
            self.checker.check_now(self.editor.pipeline)

    def _ask_staleness(self) -> None:
        settled = self.follower.run is not None and not self.follower.active
        if settled and not any(p.severity == "error" for p in self._problems):
            self.staleness.ask(self.editor.pipeline)

    def _show_conflict(self, what: str, readable: bool) -> None:
        assert self.saver is not None
        saver = self.saver

        def keep() -> None:
            saver.keep_mine()
            self.banner.hide()

        mine = ("Keep mine", keep)
        theirs = ("Load the other one", saver.load_theirs)
        merge = ("Merge both", self.merge_wanted.emit)
        again = ("Look again", saver.load_theirs)
        fixes = [merge, mine, theirs] if readable else [mine, again]
        hint = "Your edits are kept here, and not saved until you choose."
        self.banner.show_message("warn", what, hint=hint, fixes=fixes)
        self.banner.show()
