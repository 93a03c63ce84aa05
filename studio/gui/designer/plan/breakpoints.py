"""Pausing: a mark on the card, F9 to set it, F8 to go on, from the window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QBoxLayout

from studio.domain.component import Component, Scalar
from studio.domain.composition import JOINT
from studio.domain.node import FromInput, FromPath, FromStep, Node, Value
from studio.domain.pipeline import Pipeline
from studio.domain.run import StepRun, StepState
from studio.gui.actions import Action
from studio.gui.designer.geometry import around
from studio.gui.theme.theme import tokens
from studio.gui.widgets.banner import Banner

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage

DISC = 14.0


@dataclass(frozen=True)
class BreakMark:
    """A disc at the lower left corner of a card; its result doesn't depend on it."""

    def paint_under(self, painter: QPainter, card: QRectF) -> None:
        """Nothing."""

    def paint_over(self, painter: QPainter, card: QRectF) -> None:
        middle = card.bottomLeft()
        painter.setPen(QPen(QColor(tokens().canvas), 2))
        painter.setBrush(QColor(tokens().err))
        painter.drawEllipse(around(middle, DISC))
        painter.setPen(QPen(QColor(tokens().surface), 2))
        for shift in (-2.0, 2.0):
            at = middle + QPointF(shift, 0)
            painter.drawLine(at - QPointF(0, 2.5), at + QPointF(0, 2.5))


class Breakpoints(QObject):
    """Sets them, shows them, and lets paused steps go on."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page, self._bench = page, page.bench
        self._marked: frozenset[str] = frozenset()
        self._paused: frozenset[str] = frozenset()
        self.banner = Banner("warn")
        self.banner.setContentsMargins(12, 8, 12, 8)
        self.banner.hide()
        canvas = page.bench.view.parentWidget()
        beside = canvas.layout() if canvas is not None else None
        assert isinstance(beside, QBoxLayout)
        beside.insertWidget(0, self.banner)
        page.editor.opened.connect(self._opened)
        page.bench.follower.changed.connect(self._run_changed)

    def verbs(self) -> Sequence[Action]:
        return (
            Action(
                "run.breakpoint",
                "Pause before the selected step",
                "pause",
                "F9",
                "Run",
                self.flip,
                self._page.has_selection,
                checked=self._is_set,
            ),
            Action(
                "run.continue",
                "Continue the paused step",
                "play",
                "F8",
                "Run",
                self.go_on,
                lambda: self._waiting() is not None,
            ),
        )

    def canvas_verbs(self) -> Sequence[str]:
        return ("run.breakpoint",)

    @property
    def marked(self) -> frozenset[str]:
        """Ids of the steps that carry a mark."""
        return self._marked

    def flip(self) -> None:
        """Set or clear the breakpoint of the selected steps, as one edit."""
        document, chosen = self._page.document, self._page.editor.selected()
        plain = [node for node in chosen if not node.is_pipeline]
        if len(plain) < len(chosen):
            text = "Open the pipeline and set it on a step inside"
            self._page.services.toast(text, tone="warn")
        if document is None or not plain:
            return
        wanted = not all(node.breakpoint for node in plain)
        after = document.pipeline
        for node in plain:
            after = after.update(replace(node, breakpoint=wanted))
            self._tell_run(node, wanted)
        verb = "Set" if wanted else "Clear"
        document.edit(after, f"{verb} breakpoint")

    def go_on(self) -> None:
        """Let the paused step begin, with its parameters as they are drawn now."""
        step, run = self._waiting(), self._bench.follower.run
        if step is None or run is None:
            return
        self._bench.inspector.flush()
        node = self._here().get(step.node_id)
        component = self._page.editor.catalog.of(node) if node else None
        values: Mapping[str, Scalar] = {}
        if node is not None and component is not None:
            values = changed_values(self._drawn, node, component, step)
        self._page.tasks.run(
            partial(self._page.studio.control.go_on, run.id, step.name, values),
            done=lambda _: self.banner.hide(),
            failed=self._page.services.show_error,
            owner=self,
        )

    # -- inside ----------------------------------------------------------------------

    def _opened(self) -> None:
        if self._page.document is not None:
            self._page.document.changed.connect(self._show_marks)
        self.banner.hide()
        self._paused = frozenset()
        self._show_marks()

    def _show_marks(self) -> None:
        pipeline = self._page.editor.pipeline
        before, cards = self._marked, self._bench.scene.nodes
        self._marked = frozenset(n.id for n in pipeline.nodes if n.breakpoint)
        for node_id in before | self._marked:
            if node_id in cards:
                mark = BreakMark() if node_id in self._marked else None
                cards[node_id].set_mark("breakpoint", mark)

    def _tell_run(self, node: Node, wanted: bool) -> None:
        """A run that goes on takes it into account if it hasn't come there yet."""
        run_id = self._bench.place.run_id(node)
        step, run = self._bench.follower.step(run_id), self._bench.follower.run
        if run is None or step is None or step.state is not StepState.PENDING:
            return
        if not run.state.ended:
            control = self._page.studio.control
            self._page.tasks.run(
                partial(control.pause_before, run.id, step.name, wanted),
                failed=lambda _: None,  # it has begun meanwhile
                owner=self,
            )

    def _run_changed(self) -> None:
        run = self._bench.follower.run
        steps = run.steps if run is not None and not run.state.ended else ()
        paused = frozenset(s.node_id for s in steps if s.state is StepState.PAUSED)
        new, self._paused = paused - self._paused, paused
        if new:
            self._show_paused(next(s for s in steps if s.node_id in new))
        elif not paused:
            self.banner.hide()

    def _show_paused(self, step: StepRun) -> None:
        """Go to the step, its inputs and its parameters."""
        node = self._card_of(step)
        title = self._title(step, node)
        self.banner.show_message(
            "warn",
            f"Paused before {title}",
            hint="Its inputs are shown below. You can edit its parameters before it "
            "goes on; the run waits, even when this window is closed.",
            fixes=[("Continue", self.go_on), ("Stop the run", self._page.running.stop)],
        )
        self.banner.show()
        if node is not None:
            self._bench.scene.select([node.id])
            self._bench.view.reveal(node.id)
            self._bench.bottom.turn_to(self._bench.bottom.output)
        self._page.services.actions.refresh()

    def _waiting(self) -> StepRun | None:
        """The paused step that is selected, else the first one."""
        run = self._bench.follower.run
        paused = [s for s in run.steps if s.node_id in self._paused] if run else []
        chosen = {node.id for node in self._page.editor.selected()}
        cards = ((step, self._card_of(step)) for step in paused)
        first = paused[0] if paused else None
        return next((s for s, card in cards if card and card.id in chosen), first)

    @property
    def _drawn(self) -> Pipeline:
        """From inside, what comes in from outside isn't known here."""
        drawn = self._page.editor.pipeline
        return replace(drawn, inputs={}) if self._bench.place.within else drawn

    def _here(self) -> dict[str, Node]:
        """The steps of the canvas by their ids in the outermost pipeline's runs."""
        place = self._bench.place
        return {place.run_id(node): node for node in self._page.editor.pipeline.nodes}

    def _card_of(self, step: StepRun) -> Node | None:
        """The step of the canvas that is, or holds, a step of the run."""
        within = (
            node
            for run_id, node in self._here().items()
            if step.node_id == run_id or step.node_id.startswith(f"{run_id}.")
        )
        return next(within, None)

    def _title(self, step: StepRun, card: Node | None) -> str:
        if card is None:
            return step.name.replace(JOINT, " › ")
        inside = step.node_id.removeprefix(self._bench.place.run_id(card))
        return card.title + inside.replace(".", " › ")

    def _is_set(self) -> bool:
        chosen = self._page.editor.selected() if self._page.is_open() else []
        return bool(chosen) and all(node.breakpoint for node in chosen)


def changed_values(
    pipeline: Pipeline, node: Node, component: Component, step: StepRun
) -> dict[str, Scalar]:
    """Parameters whose value isn't the one that the paused step was planned with."""
    values: dict[str, Scalar] = {}
    for parameter in component.parameters:
        bound = node.inputs.get(parameter.name)
        value: object = bound.value if isinstance(bound, Value) else parameter.default
        if isinstance(bound, FromInput):
            declared = pipeline.inputs.get(bound.name)
            value = declared.value if declared else None
        if value is None or isinstance(value, (FromPath, FromStep)):
            continue
        if not _same(str(value), step.parameters.get(parameter.name)):
            values[parameter.name] = value  # type: ignore[assignment]
    return values


def _same(now: str, then: str | None) -> bool:
    if then is None or now == then:
        return now == then
    try:
        return float(now) == float(then)
    except ValueError:
        return False
