"""The open pipeline: palette, canvas, inspector and bottom panel, joined together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from studio.domain.component import Component
from studio.domain.node import Node
from studio.domain.run import StepRun
from studio.domain.validation import Fix, Problem
from studio.gui.designer.bottom.panel import HEIGHT as BOTTOM_HEIGHT
from studio.gui.designer.bottom.panel import BottomPanel
from studio.gui.designer.catalog import Catalog
from studio.gui.designer.checker import Checked, Checker
from studio.gui.designer.columns import Columns
from studio.gui.designer.document import PipelineDocument
from studio.gui.designer.editor import Editor
from studio.gui.designer.follower import RunFollower
from studio.gui.designer.gathering import Place, reasons_on_canvas, steps_on_canvas
from studio.gui.designer.habits import Habits
from studio.gui.designer.inspector.inspector import WIDTH as INSPECTOR_WIDTH
from studio.gui.designer.inspector.inspector import Inspector
from studio.gui.designer.inspector.node_panel import NodePanel
from studio.gui.designer.items.node_item import PortRef, Side
from studio.gui.designer.minimap import Minimap
from studio.gui.designer.palette import WIDTH as PALETTE_WIDTH
from studio.gui.designer.palette import ComponentPalette
from studio.gui.designer.quick_add import QuickAdd
from studio.gui.designer.quick_add_offers import Offer, liking_at
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

NEXT_STEP, WAY = 264.0, 108.0
"""From card to card, and from a card's middle to its ports."""


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

    def add_beside(self, component: Component) -> None:
        """Add at the middle of the view, or after the selected step if that is seen."""
        chosen = self.editor.selected()
        middle = self.view.middle()
        if len(chosen) == 1:
            item = self.scene.nodes[chosen[0].id]
            beside = item.box.center() + QPointF(NEXT_STEP, 0)
            middle = beside if self.view.seen().contains(beside) else middle
        self.editor.add(component, middle)

    def ask_quick_add(self, point: QPointF, ref: PortRef | None) -> None:
        """Open the quick add box for a scene point."""
        self._ask_for(point, (ref,))

    def ask_for_next(self) -> None:
        """Open it beside the one selected step, for what its outputs could go to."""
        node = self.chosen_node
        if node is None:
            self._ask_for(self.view.middle(), (None,))
            return
        item = self.scene.nodes[node.id]
        refs = tuple(PortRef(node.id, "out", port) for port in item.card.outputs)
        self._ask_for(item.box.center() + QPointF(NEXT_STEP - WAY, 0), (*refs, None))

    def _ask_for(self, point: QPointF, refs: Sequence[PortRef | None]) -> None:
        if self.editor.document is not None:
            at: QPoint = self.view.mapFromScene(point)
            known, pipeline = self.catalog.components, self.editor.pipeline
            liking = liking_at(refs, pipeline, self.catalog, self.habits)
            self.quick_add.ask(known, point, at, refs, liking)

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
        return (*self._problems, *self.columns.problems)

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
        self._middle = QSplitter(Qt.Orientation.Vertical)
        self._middle.addWidget(canvas)
        self._middle.addWidget(self.bottom)
        self._middle.setSizes([700, BOTTOM_HEIGHT])
        self._middle.setStretchFactor(0, 1)
        self._whole = QSplitter(Qt.Orientation.Horizontal)
        for part in (self.left, self._middle, self.inspector):
            self._whole.addWidget(part)
        self._whole.setSizes([PALETTE_WIDTH, 800, INSPECTOR_WIDTH])
        self._whole.setStretchFactor(1, 1)
        for name, splitter in self._splitters.items():
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
            splitter.restoreState(self._settings.state(f"designer/{name}"))
            splitter.splitterMoved.connect(self._remember_sizes)
        self.left.setMinimumWidth(220)
        self.inspector.setMinimumWidth(252)
        self.bottom.setMinimumHeight(80)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._whole)

    @property
    def _splitters(self) -> dict[str, QSplitter]:
        return {"middle": self._middle, "whole": self._whole}

    def _remember_sizes(self) -> None:
        for name, splitter in self._splitters.items():
            self._settings.set(f"designer/{name}", splitter.saveState())

    def _connect(self) -> None:
        self.scene.picked.connect(self._picked)
        self.editor.refused.connect(self.refused)
        self.editor.added.connect(lambda component: self.habits.used(component.name))
        self.view.quick_add_wanted.connect(self.ask_quick_add)
        self.view.next_wanted.connect(self.ask_for_next)
        self.view.opened.connect(self._opened)
        self.palette_panel.chosen.connect(self.add_beside)
        self.palette_panel.follow_zoom(lambda: self.view.zoom)
        self.quick_add.chosen.connect(self._add_offer)
        self.quick_add.closed.connect(self.view.setFocus)
        self.inspector.source_wanted.connect(self.go_to_step)
        self.inspector.left.connect(self.view.setFocus)
        self.inspector.built.connect(self.columns.fill)
        self.columns.changed.connect(self._situate)
        self.bottom.fix_chosen.connect(self.apply_fix)
        self.bottom.problem_chosen.connect(self.go_to)
        self.checker.checked.connect(self.show_checked)
        self.follower.changed.connect(self._situate)
        self.follower.ended.connect(lambda _: self._ask_staleness())
        self.staleness.found.connect(self._situate)

    def _opened(self, node_id: str) -> None:
        node = self.editor.pipeline.by_id.get(node_id)
        if node is not None and node.is_pipeline:
            self.inside_wanted.emit(node)
        else:
            self.inspector.begin_rename()

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
        if seen != self._seen_run:  # what it made tells of columns
            self._seen_run = seen
            self.columns.settle()

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

    def _add_offer(self, offer: Offer, keep_open: bool) -> None:
        ref, side = self.quick_add.ref, self.quick_add.side
        joined = (ref, offer.port) if ref is not None and offer.port else None
        # The new card's port stands where the wire was let go.
        way = {"out": WAY, "in": -WAY, None: 0.0}[side]
        point = self.quick_add.point + QPointF(way, 0)
        made = self.editor.add(offer.component, point, joined=joined)
        if keep_open:
            self._ask_after(made, backwards=side == "in")

    def _ask_after(self, node_id: str, *, backwards: bool) -> None:
        """Go on with the chain: the next step is joined to the one just added."""
        item = self.scene.nodes[node_id]
        side: Side = "in" if backwards else "out"
        refs = tuple(PortRef(node_id, side, port) for port in item.ports(side))
        way = WAY - NEXT_STEP if backwards else NEXT_STEP - WAY
        self._ask_for(item.box.center() + QPointF(way, 0), (*refs, None))

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
