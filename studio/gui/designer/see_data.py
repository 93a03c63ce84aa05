"""A click on a port or a wire shows its data; resting on a port tells its columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QCursor, QMouseEvent
from PySide6.QtWidgets import QToolTip

from studio.domain.component import describe
from studio.domain.node import Edge
from studio.domain.run import StepState
from studio.domain.table import TableShape
from studio.gui.actions import Action
from studio.gui.designer.items.node_item import PortRef

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.gui.designer.page import DesignerPage

REST_MS, CLICK, SHOWN_COLUMNS, WARM_AFTER_MS = 400, 4, 12, 800


class SeeDataFeature(QObject):
    """Watches the canvas; presses and drags are its gestures' own."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page, self._bench, self._view = page, page.bench, page.bench.view
        self._scene = page.bench.scene
        self._pressed: QPoint | None = None
        self._shapes: dict[str, TableShape | None] = {}
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._rested)
        self._view.viewport().installEventFilter(self)
        # Not at once: what a person does first must not wait for its imports.
        self._warming = QTimer(self, singleShot=True, interval=WARM_AFTER_MS)
        self._warming.timeout.connect(self._warm)
        page.editor.opened.connect(self._warming.start)

    def verbs(self) -> Sequence[Action]:
        return [
            Action(
                "canvas.see_data",
                "See the data of the selected step",
                "table",
                "Shift+F6",
                "View",
                self.see_selected,
                lambda: self._bench.chosen_node is not None,
            )
        ]

    def canvas_verbs(self) -> Sequence[str]:
        return ["canvas.see_data"]

    def _warm(self) -> None:
        """Start the process that reads tables, so that the first one comes quickly."""
        tables = self._page.studio.tables
        self._page.tasks.run(tables.prepare, failed=lambda _: None, owner=self)

    def see_selected(self) -> None:
        """Show the output of the selected step, ready for the keyboard."""
        self._show("")
        page = self._bench.bottom.output.page
        if page is not None:
            page.setFocus()

    def see_port(self, ref: PortRef) -> None:
        """What a port gave out, or what the wire into it brings."""
        if ref.side == "out":
            self._bench.bottom.output.expect(ref.port.name)
            self._scene.select([ref.node_id])
            self._show(ref.port.name)
        elif (edge := self._page.editor.connections.edge_into(ref)) is not None:
            self.see_edge(edge)

    def see_edge(self, edge: Edge) -> None:
        """Select a wire and show what flows through it."""
        found = (item for item in self._scene.edges.values() if item.edge == edge)
        item = next(found, None)
        if item is not None:
            self._scene.select([])
            self._bench.bottom.output.expect(edge.output)
            item.setSelected(True)
        self._show(edge.output)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.MouseMove:
            self._rest.start()
        elif kind in (QEvent.Type.Leave, QEvent.Type.Wheel, QEvent.Type.KeyPress):
            self._rest.stop()
        elif kind == QEvent.Type.ToolTip:
            return self._ref_under_pointer() is not None  # ours is told already
        elif isinstance(event, QMouseEvent):
            self._press_or_release(event)
        return False

    def _press_or_release(self, event: QMouseEvent) -> None:
        self._rest.stop()
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        left = event.button() == Qt.MouseButton.LeftButton and plain
        at = event.position().toPoint()
        if event.type() == QEvent.Type.MouseButtonPress:
            self._pressed = at if left else None
        elif event.type() == QEvent.Type.MouseButtonRelease and self._pressed:
            moved = (at - self._pressed).manhattanLength() >= CLICK
            self._pressed = None
            if not moved:  # after the gesture of this press has ended
                point = self._view.mapToScene(at)
                QTimer.singleShot(0, self, partial(self._clicked, point))

    def _clicked(self, point: QPointF) -> None:
        if (ref := self._scene.port_at(point)) is not None:
            self.see_port(ref)
        elif self._scene.node_at(point) is None:
            item = self._scene.edge_at(point)
            if item is not None:
                self.see_edge(item.edge)

    def _show(self, output: str) -> None:
        bottom = self._bench.bottom
        if output:
            bottom.output.choose(output)
        bottom.show_output()

    # -- resting on a port -------------------------------------------------------------

    def _rested(self) -> None:
        ref = self._ref_under_pointer()
        if ref is None or self._view.gesture is not None:
            return
        digest = self._digest(ref)
        if digest and digest not in self._shapes:
            self._page.tasks.run(
                partial(_shape, self._page.studio, digest),
                done=partial(self._learn, ref, digest),
                failed=lambda _: self._learn(ref, digest, None),
                owner=self,
            )
        self._tell(ref, digest)

    def _learn(self, ref: PortRef, digest: str, shape: TableShape | None) -> None:
        self._shapes[digest] = shape
        if self._ref_under_pointer() == ref:
            self._tell(ref, digest)

    def _tell(self, ref: PortRef, digest: str) -> None:
        words = tip(ref, digest, self._shapes.get(digest))
        QToolTip.showText(QCursor.pos(), words, self._view.viewport())

    def _ref_under_pointer(self) -> PortRef | None:
        at = self._view.viewport().mapFromGlobal(QCursor.pos())
        if not self._view.viewport().rect().contains(at):
            return None
        return self._scene.port_at(self._view.mapToScene(at))

    def _digest(self, ref: PortRef) -> str:
        """Of what a port gave out or takes in; "" if it was not made yet."""
        node_id, name = ref.node_id, ref.port.name
        if ref.side == "in":
            edge = self._page.editor.connections.edge_into(ref)
            steps = self._page.editor.pipeline.by_name
            source = steps.get(edge.source) if edge else None
            if edge is None or source is None:
                return ""
            node_id, name = source.id, edge.output
        step = self._page.editor.situation.steps.get(node_id)
        made = step is not None and step.state is StepState.SUCCEEDED
        return step.outputs.get(name, "") if step is not None and made else ""


def tip(ref: PortRef, digest: str, shape: TableShape | None) -> str:
    """A port's name and type, and what is known of the data there."""
    optional = ", optional" if ref.port.optional else ""
    lines = [f"{ref.port.name}: {describe(ref.port.type)}{optional}"]
    if ref.port.description:
        lines.append(ref.port.description)
    if shape is not None:
        rows = f"{shape.rows:,} rows × " if shape.rows is not None else ""
        lines.append(f"{rows}{len(shape.columns):,} columns")
        shown = shape.columns[:SHOWN_COLUMNS]
        lines += [f"  {column.name}: {column.type}" for column in shown]
        if len(shape.columns) > len(shown):
            lines.append(f"  and {len(shape.columns) - len(shown):,} more")
    elif not digest:
        lines.append("Nothing here yet: run the pipeline")
    if digest or ref.side == "in":
        lines.append("Click to see it below")
    return "\n".join(lines)


def _shape(studio: Studio, digest: str) -> TableShape | None:
    return studio.tables.open(studio.runs.output_path(digest), digest).shape()
