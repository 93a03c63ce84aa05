"""The designer's canvas as it is seen: cards by their titles, ports by their names."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QApplication, QTreeView
from walk_eyes import Eyes, _shown, view_of

from studio.gui.designer.items.node_item import NodeItem
from studio.gui.designer.view import CanvasView


@dataclass(frozen=True)
class SeenCard:
    title: str
    state: str
    fact: str
    selected: bool


class Canvas:
    """Looks at the canvas that is in sight."""

    def __init__(self, eyes: Eyes) -> None:
        self._eyes = eyes

    def cards(self) -> dict[str, SeenCard]:
        """What every card says, by title."""
        return self._eyes.ask(_cards)

    def wires(self) -> int:
        return self._eyes.ask(_wires)

    def states(self) -> list[str]:
        return [card.state for card in self.cards().values()]

    def until_all(self, states: set[str], count: int, seconds: float = 90) -> None:
        """Wait until there are `count` cards and each is in one of the states."""

        def settled() -> bool:
            seen = [card.state for card in _cards().values()]
            return len(seen) == count and states.issuperset(seen)

        self._eyes.until(f"{count} cards {sorted(states)}", settled, seconds)

    def until_some(self, *states: str, seconds: float = 60) -> None:
        """Wait until each of the states is on some card at the same time."""

        def mixed() -> bool:
            return set(states) <= {card.state for card in _cards().values()}

        self._eyes.until(f"cards {states}", mixed, seconds)

    def card(self, title: str) -> QPoint:
        return self._eyes.until(f"card “{title}”", lambda: _card_place(title))

    def port(self, title: str, side: str, name: str) -> QPoint:
        look = lambda: _port_place(title, side, name)  # noqa: E731
        return self._eyes.until(f"port {name} of “{title}”", look)

    def until_count(self, count: int) -> None:
        self._eyes.until(f"{count} cards", lambda: len(_items()) == count)

    def until_wires(self, count: int) -> None:
        self._eyes.until(f"{count} wires", lambda: _wires() == count)

    def room(self) -> QPoint:
        """Room on the canvas, low and to the left, where no card is."""
        return self._eyes.ask(_empty_place)

    def component(self, title: str) -> QPoint:
        """Where a component stands in the palette."""
        return self._eyes.until(f"component “{title}”", lambda: _row_place(title))


def _view() -> CanvasView | None:
    return next(_shown(CanvasView), None)


def _items() -> list[NodeItem]:
    view = _view()
    return list(view.editor.scene.nodes.values()) if view else []


def _cards() -> dict[str, SeenCard]:
    found = {}
    for item in _items():
        card = item.card
        found[card.title] = SeenCard(
            card.title, card.look.word, card.subtitle, item.isSelected()
        )
    return found


def _wires() -> int:
    view = _view()
    return len(view.editor.scene.edges) if view else 0


def _on_screen(point: QPointF) -> QPoint | None:
    """A scene point on the screen, if it is in the view and nothing lies above."""
    view = _view()
    if view is None:
        return None
    at = view.mapFromScene(point)
    if not view.viewport().rect().contains(at):
        return None
    place = view.viewport().mapToGlobal(at)
    return place if QApplication.widgetAt(place) is view.viewport() else None


def _card_place(title: str) -> QPoint | None:
    for item in _items():
        if item.card.title == title:
            box = item.box  # beside the middle, where a minimap or a toast seldom is
            return _on_screen(QPointF(box.center().x(), box.top() + 12))
    return None


def _port_place(title: str, side: str, name: str) -> QPoint | None:
    for item in _items():
        if item.card.title == title:
            anchor = item.anchor("in" if side == "in" else "out", name)
            return _on_screen(anchor) if anchor is not None else None
    return None


def _empty_place() -> QPoint:
    view = _view()
    assert view is not None
    lowest = max(item.box.bottom() for item in _items())
    left = min(item.box.left() for item in _items())
    point = view.mapFromScene(QPointF(left + 300, lowest + 90))
    return view.viewport().mapToGlobal(point)


def _row_place(title: str) -> QPoint | None:
    tree = view_of("Components")
    if not isinstance(tree, QTreeView):
        return None
    model = tree.model()
    for head in (model.index(n, 0) for n in range(model.rowCount())):
        for row in range(model.rowCount(head)):
            index = model.index(row, 0, head)
            box = tree.visualRect(index)
            if index.data() == title and tree.viewport().rect().contains(box.center()):
                return tree.viewport().mapToGlobal(box.center())
    return None
