"""What draws a dragged card into line: cards nearby, and its own wires."""

from __future__ import annotations

from collections.abc import Container, Iterator

from PySide6.QtCore import QPointF

from studio.domain.alignment import Box
from studio.domain.guides import Pull, lined_up
from studio.gui.designer.geometry import WIDTH, snapped
from studio.gui.designer.items.guide_lines import GuideLines
from studio.gui.designer.items.node_item import NodeItem
from studio.gui.designer.scene import DesignerScene

REACH, MOST_REACH, NEAR = 6.0, 16.0, 640.0


class Lining:
    """Asked with each movement of a card; cards that move along don't count."""

    def __init__(
        self, scene: DesignerScene, card: NodeItem, moved: Container[str], zoom: float
    ) -> None:
        self._scene, self._card, self._moved = scene, card, moved
        self._reach = min(MOST_REACH, REACH / zoom)
        self._lines: GuideLines | None = None

    def place(self, at: QPointF) -> tuple[float, float]:
        """Where the card goes for a pointer that would put it there."""
        card = self._card
        box = Box(at.x(), at.y(), WIDTH, card.height)
        others, pulls = list(self._others(box)), list(self._pulls(at))
        lined = lined_up(box, others, pulls, self._reach)
        if self._lines is None:
            self._lines = GuideLines()
            self._scene.addItem(self._lines)
        self._lines.show_guides(lined.guides)
        x, y = snapped(at)
        return (
            x if lined.dx is None else at.x() + lined.dx,
            y if lined.dy is None else at.y() + lined.dy,
        )

    def clear(self) -> None:
        """Take the lines away."""
        if self._lines is not None:
            self._scene.removeItem(self._lines)
            self._lines = None

    def _others(self, box: Box) -> Iterator[Box]:
        area = (box.left - NEAR, box.top - NEAR, box.right + NEAR, box.bottom + NEAR)
        for item in self._scene.cards.near(area):
            if item.card.id not in self._moved:
                yield Box(item.x, item.y, WIDTH, item.height)

    def _pulls(self, at: QPointF) -> Iterator[Pull]:
        own, nodes = self._card, self._scene.nodes
        for source, output, target, name in self._scene.wires_at(own.card.id):
            start = nodes[source].port_place("out", output)
            end = nodes[target].port_place("in", name)
            if start is None or end is None:
                continue
            leaves = own.card.id == source
            if (target if leaves else source) not in self._moved:
                mine, theirs = (start, end) if leaves else (end, start)
                x, y = mine[0] - own.x + at.x(), mine[1] - own.y + at.y()
                yield Pull(x, y, *theirs)
