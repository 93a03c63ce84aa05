"""The box that adds a step where the pointer is: type, Enter.

After a wire was let go over nothing it offers what would take it, port by port.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QEvent,
    QObject,
    QPoint,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.domain.component import Component, Port, why_incompatible
from studio.gui.designer.items.node_item import PortRef
from studio.gui.designer.palette_rows import (
    hits_of,
    paint_component,
    paint_row_ground,
    words_of,
)
from studio.gui.theme import fonts
from studio.gui.widgets.basics import column, label
from studio.gui.widgets.pick_list import ENTRY, Index, PickList

WIDTH, ROW, MOST_ROWS = 340, 32, 8


@dataclass(frozen=True)
class Offer:
    """A component, and which of its ports would be connected."""

    component: Component
    port: Port | None = None


def offers_for(components: Sequence[Component], ref: PortRef | None) -> list[Offer]:
    """What can be added: everything, or every port that a wire could go to."""
    if ref is None:
        return [Offer(component) for component in components]
    found = []
    for component in components:
        ports = component.inputs if ref.side == "out" else component.outputs
        for port in ports:
            ends = (ref.port, port) if ref.side == "out" else (port, ref.port)
            if not why_incompatible(*ends):
                found.append(Offer(component, port))
    return found


def matching(offers: Sequence[Offer], text: str) -> list[Offer]:
    """Those that hold every word; names before synonyms."""
    words = text.casefold().split()
    found = [o for o in offers if all(hits_of(w, words_of(o.component)) for w in words)]
    first = words[0] if words else ""
    return sorted(found, key=lambda o: first not in o.component.title.casefold())


class QuickAdd(QFrame):
    """`chosen(offer, keep_open)`: Enter adds, Ctrl+Enter adds and asks for more."""

    chosen = Signal(object, bool)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setProperty("panel", "dialog")
        self.point = QPointF()
        self.ref: PortRef | None = None
        self._offers: list[Offer] = []
        self.search = QLineEdit(placeholderText="Add a step")
        self.search.setAccessibleName("Add a step")
        self.list: PickList[Offer] = PickList(_title, _Delegate(self.search))
        self.list.setAccessibleName("Components that fit")
        self._empty = label("Nothing fits; try other words", "caption")
        self.setLayout(
            column(self.search, self.list, self._empty, margins=(8, 8, 8, 8))
        )
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list.picked.connect(lambda _: self._choose(False))
        self.hide()

    def ask(
        self,
        components: Sequence[Component],
        point: QPointF,
        at: QPoint,
        ref: PortRef | None = None,
    ) -> None:
        """Open at a place of the parent; `point` is where the step will be."""
        self.point, self.ref = point, ref
        self._offers = offers_for(components, ref)
        hint = f"Add a step for {ref.port.name}" if ref else "Add a step"
        self.search.setPlaceholderText(hint)
        self.search.clear()
        self._filter("")
        parent = self._over
        x = min(at.x(), parent.width() - self.width() - 8)
        y = min(at.y(), parent.height() - self.height() - 8)
        self.move(max(8, x), max(8, y))
        self.show()
        self.raise_()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def dismiss(self) -> None:
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        if event.type() == QEvent.Type.FocusOut:
            self.dismiss()
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        match event.key():
            case Qt.Key.Key_Down:
                self.list.step(1)
            case Qt.Key.Key_Up:
                self.list.step(-1)
            case Qt.Key.Key_Escape:
                self.dismiss()
            case Qt.Key.Key_Tab:
                self.list.step(1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                keys = event.modifiers()
                self._choose(bool(keys & Qt.KeyboardModifier.ControlModifier))
            case _:
                return False
        return True

    def _choose(self, keep_open: bool) -> None:
        offer = self.list.current()
        if offer is None:
            return
        if not keep_open:
            self.hide()
        self.chosen.emit(offer, keep_open)
        if not keep_open:
            self.closed.emit()

    def _filter(self, text: str) -> None:
        found = matching(self._offers, text)
        self.list.show_values(found)
        self.list.fit(fonts.scaled(ROW), MOST_ROWS)
        self.list.setVisible(bool(found))
        self._empty.setVisible(not found)
        self.setFixedWidth(WIDTH)
        self.adjustSize()


def _title(offer: Offer) -> str:
    port = f" · {offer.port.name}" if offer.port else ""
    return offer.component.title + port


class _Delegate(QStyledItemDelegate):
    def __init__(self, search: QLineEdit) -> None:
        super().__init__()
        self._search = search

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, fonts.scaled(ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        offer: Offer = index.data(ENTRY)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_row_ground(painter, rect, state)
        aside = offer.port.name if offer.port else offer.component.category
        text = self._search.text()
        paint_component(painter, rect, offer.component, text, left=8, aside=aside)
        painter.restore()
