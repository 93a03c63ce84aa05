"""Compare with…: the data of two ports, also of two runs, side by side below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QComboBox, QMenu, QWidget

from studio.domain.run import Run, StepState
from studio.gui.actions import Action
from studio.gui.designer.items.node_item import PortRef
from studio.gui.tasks import Tasks
from studio.gui.viewers.side_by_side import Side, SideBySide
from studio.gui.widgets.basics import (
    column,
    give_room,
    in_menu,
    row,
    tool_button,
    wrap_in,
)
from studio.gui.widgets.formats import format_time

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage
    from studio.services.runs.service import RunService
    from studio.services.tables.service import TableService

MOST_RUNS = 40
TITLE = "Side by side"


@dataclass(frozen=True)
class Place:
    """An output of a step of a run."""

    run: str
    step: str
    output: str


class Picker(QWidget):
    """A run and one of the outputs that it made."""

    changed = Signal()

    def __init__(self, side: str) -> None:
        super().__init__()
        self._runs: tuple[Run, ...] = ()
        self.run, self.output = QComboBox(), QComboBox()
        for box, name in ((self.run, "Run"), (self.output, "Output")):
            box.setAccessibleName(f"{name} on the {side}")
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(14)
            give_room(box)
        self.run.activated.connect(self._turn_run)
        self.output.activated.connect(lambda _: self.changed.emit())
        layout = row(self.run, self.output, gap=4)
        for number in (0, 1):
            layout.setStretch(number, 1)
        self.setLayout(layout)

    def offer(self, runs: tuple[Run, ...], place: Place | None) -> None:
        """List the runs, and choose a place."""
        self._runs = runs
        self.run.clear()
        for number, run in enumerate(runs):
            self.run.addItem(run_words(run, newest=number == 0), run.id)
        if place is not None:
            self.run.setCurrentIndex(max(0, self.run.findData(place.run)))
        self._list_outputs(place)

    @property
    def place(self) -> Place | None:
        chosen = self.output.currentData()
        return chosen if isinstance(chosen, Place) else None

    @property
    def digest(self) -> str:
        return _digest(self._runs, self.place)

    def _turn_run(self) -> None:
        self._list_outputs(self.place)
        self.changed.emit()

    def _list_outputs(self, wanted: Place | None) -> None:
        at = self.run.currentIndex()
        self.output.clear()
        if not 0 <= at < len(self._runs):
            return
        for place in places_of(self._runs[at]):
            self.output.addItem(f"{place.step} · {place.output}", place)
            if wanted and (place.step, place.output) == (wanted.step, wanted.output):
                self.output.setCurrentIndex(self.output.count() - 1)


class CompareTab(QWidget):
    """Two pickers above what they picked."""

    def __init__(self, runs: RunService, tables: TableService, tasks: Tasks) -> None:
        super().__init__()
        self._service = runs
        self.left, self.right = Picker("left"), Picker("right")
        self.swap_button = tool_button("swap", "Swap the sides", self.swap)
        self.view = SideBySide(tables, tasks)
        for picker in (self.left, self.right):
            picker.changed.connect(self.show_both)
        bar = row(self.left, self.swap_button, self.right, margins=(8, 4, 8, 4))
        bar.setStretch(0, 1)
        bar.setStretch(2, 1)
        layout = column(wrap_in(bar), gap=0)
        layout.addWidget(self.view, 1)
        self.setLayout(layout)
        self.setAccessibleName(TITLE)

    def offer(
        self, runs: tuple[Run, ...], left: Place | None, right: Place | None
    ) -> None:
        """What can be compared, and what is compared first."""
        self.left.offer(runs, left)
        self.right.offer(runs, right)
        self.show_both()

    def show_both(self) -> None:
        digests = self.left.digest, self.right.digest
        if not all(digests):
            self.view.say("Nothing to compare yet", "Run the pipeline first.")
            return
        sides = [
            Side(partial(self._service.output_path, digest), digest)
            for digest in digests
        ]
        self.view.show_sides(sides[0], sides[1])

    def swap(self) -> None:
        """Left to right and right to left."""
        runs, left, right = self.left._runs, self.left.place, self.right.place
        self.offer(runs, right, left)


class ComparingData(QObject):
    """Opens the tab at a port or a step; it is made when it is first wanted."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page, self._bench = page, page.bench
        self.tab: CompareTab | None = None
        self._port: PortRef | None = None
        self._pipeline = ""
        page.editor.opened.connect(self._opened)
        page.view.menu_wanted.connect(self._look_for_port)

    def verbs(self) -> Sequence[Action]:
        return [
            Action(
                "canvas.compare_data",
                "Compare the data with…",
                "columns",
                "Ctrl+Shift+F6",
                "View",
                self.compare_selected,
                lambda: self._bench.chosen_node is not None,
            )
        ]

    def canvas_verbs(self) -> Sequence[str]:
        return ["canvas.compare_data"]

    def add_to_canvas_menu(self, menu: QMenu) -> None:
        """For the port that was pressed."""
        ref, self._port = self._port, None
        if ref is None:
            return
        menu.addSeparator()
        name = in_menu(ref.port.name)
        menu.addAction(f"Compare {name} with…").triggered.connect(
            lambda *_: self.compare_port(ref)
        )

    def compare_selected(self) -> None:
        """The output that is shown of the selected step, or its first one."""
        node = self._bench.chosen_node
        if node is not None:
            self._open(node.name, self._bench.bottom.output.choice.currentText())

    def compare_port(self, ref: PortRef) -> None:
        """What a port gave out, or what the wire into it brings."""
        editor = self._page.editor
        if ref.side == "out":
            self._open(editor.pipeline.by_id[ref.node_id].name, ref.port.name)
        elif (edge := editor.connections.edge_into(ref)) is not None:
            self._open(edge.source, edge.output)
        else:
            self._page.editor.refused.emit(f"Nothing is connected to {ref.port.name}")

    # -- inside ------------------------------------------------------------------------

    def _opened(self) -> None:
        """What is compared belongs to one pipeline, and goes when it is left."""
        document = self._page.document
        if document is None or document.name == self._pipeline:
            return
        self._pipeline = document.name
        if self.tab is not None:
            self.tab.offer((), None, None)
            self._bench.bottom.removeTab(self._bench.bottom.indexOf(self.tab))

    def _look_for_port(self, at: QPoint) -> None:
        view = self._page.view
        point = view.mapToScene(view.viewport().mapFromGlobal(at))
        self._port = self._bench.scene.port_at(point)

    def _open(self, step: str, output: str) -> None:
        output = output.split(" · ")[0]
        page, name = self._page, self._page.editor.pipeline.name

        def offer(runs: tuple[Run, ...]) -> None:
            if page.editor.pipeline.name == name:
                self._offer(runs, step, output)

        page.tasks.run(
            partial(page.studio.runs.list, pipeline=name, limit=MOST_RUNS),
            done=offer,
            owner=self,
        )

    def _offer(self, runs: tuple[Run, ...], step: str, output: str) -> None:
        bottom = self._bench.bottom
        if self.tab is None:
            page = self._page
            self.tab = CompareTab(page.studio.runs, page.studio.tables, page.tasks)
        if bottom.indexOf(self.tab) < 0:
            bottom.addTab(self.tab, TITLE)
        runs = tuple(run for run in runs if places_of(run))
        left, right = first_places(runs, step, output, self._before(step))
        self.tab.offer(runs, left, right)
        bottom.show()
        bottom.turn_to(self.tab)
        self.tab.right.output.setFocus()

    def _before(self, step: str) -> tuple[str, str] | None:
        """The first output that comes into a step."""
        pipeline = self._page.editor.pipeline
        edges = (edge for edge in pipeline.edges if edge.target == step)
        edge = next(edges, None)
        return (edge.source, edge.output) if edge else None


def run_words(run: Run, *, newest: bool) -> str:
    """`Latest run, Today 09:12`, `21 Nov 14:02`."""
    words, clock = format_time(run.created_at), f"{run.created_at.astimezone():%H:%M}"
    if clock not in words:
        words = f"{words} {clock}"
    return f"Latest run, {words}" if newest else words


def places_of(run: Run) -> tuple[Place, ...]:
    """The outputs that a run has made."""
    return tuple(
        Place(run.id, step.name, name)
        for step in run.steps
        if step.state is StepState.SUCCEEDED
        for name in step.outputs
    )


def first_places(
    runs: Sequence[Run], step: str, output: str, before: tuple[str, str] | None
) -> tuple[Place | None, Place | None]:
    """An older result of the same output left, the newest right.

    Where no run made another, what came into the step; else the newest twice.
    """
    made = [
        place
        for run in runs
        for place in places_of(run)
        if place.step == step and (place.output == output or not output)
    ]
    if not made:
        return None, None
    newest = made[0]
    same = [place for place in made if place.output == newest.output]
    digest = _digest(runs, newest)
    older = (place for place in same if _digest(runs, place) != digest)
    if (other := next(older, None)) is not None:
        return other, newest
    if before is not None:
        came = Place(newest.run, *before)
        if _digest(runs, came):
            return came, newest
    return newest, newest


def _digest(runs: Sequence[Run], place: Place | None) -> str:
    found = next((run for run in runs if place and run.id == place.run), None)
    step = found.step(place.step) if found and place else None
    return step.outputs.get(place.output, "") if step and place else ""
