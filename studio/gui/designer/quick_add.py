"""The box that adds a step where the pointer is: type, Enter.

After a wire was let go over nothing it offers what would take it, port by port.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
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
    QListView,
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

WIDTH, ROW, MOST_ROWS = 340, 32, 8
ENTRY = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex


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
        self.list = QListView()
        self.list.setAccessibleName("Components that fit")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._rows = _Rows(self)
        self.list.setModel(self._rows)
        self.list.setItemDelegate(_Delegate(self.search, self.list))
        self._empty = label("Nothing fits; try other words", "caption")
        self.setLayout(
            column(self.search, self.list, self._empty, margins=(8, 8, 8, 8))
        )
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list.clicked.connect(lambda _: self._choose(False))
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
                self._step(1)
            case Qt.Key.Key_Up:
                self._step(-1)
            case Qt.Key.Key_Escape:
                self.dismiss()
            case Qt.Key.Key_Tab:
                self._step(1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                keys = event.modifiers()
                self._choose(bool(keys & Qt.KeyboardModifier.ControlModifier))
            case _:
                return False
        return True

    def _step(self, by: int) -> None:
        count = self._rows.rowCount()
        if count:
            row = (self.list.currentIndex().row() + by) % count
            self.list.setCurrentIndex(self._rows.index(row, 0))

    def _choose(self, keep_open: bool) -> None:
        offer = self.list.currentIndex().data(ENTRY)
        if offer is None:
            return
        if not keep_open:
            self.hide()
        self.chosen.emit(offer, keep_open)
        if not keep_open:
            self.closed.emit()

    def _filter(self, text: str) -> None:
        self._rows.set_offers(matching(self._offers, text))
        count = self._rows.rowCount()
        self.list.setVisible(count > 0)
        self._empty.setVisible(count == 0)
        self.list.setFixedHeight(min(count, MOST_ROWS) * fonts.scaled(ROW) + 4)
        if count:
            self.list.setCurrentIndex(self._rows.index(0, 0))
        self.setFixedWidth(WIDTH)
        self.adjustSize()


class _Rows(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._offers: list[Offer] = []

    def set_offers(self, offers: list[Offer]) -> None:
        self.beginResetModel()
        self._offers = offers
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._offers)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        offer = self._offers[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            port = f" · {offer.port.name}" if offer.port else ""
            return offer.component.title + port
        return offer if role == ENTRY else None


class _Delegate(QStyledItemDelegate):
    def __init__(self, search: QLineEdit, parent: QObject) -> None:
        super().__init__(parent)
        self._search = search

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(120, fonts.scaled(ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index
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
