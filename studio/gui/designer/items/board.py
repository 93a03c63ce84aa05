"""What cards and wires tell the scene they lie on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from studio.gui.designer.sheets import Box

if TYPE_CHECKING:
    from studio.gui.designer.items.edge_item import EdgeItem
    from studio.gui.designer.items.node_item import NodeItem


class Board(Protocol):
    def redraw_node(self, item: NodeItem) -> None:
        """A card looks different where it lies."""

    def redraw_edge(self, item: EdgeItem) -> None:
        """A wire looks different where it lies."""

    def lay_node(self, item: NodeItem, before: Box) -> None:
        """A card lies elsewhere, or is of another size, than where it was `before`."""

    def pick(self, item: NodeItem | EdgeItem) -> None:
        """A card or wire is selected now, or isn't any more."""
