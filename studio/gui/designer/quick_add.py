"""The box that adds a step where the pointer is: type, Enter.

After a wire was let go over nothing it offers what would take it, port by port. For
a selected step it offers what one of its outputs could go to; Ctrl+Space turns to the
next output, and at last to all components.
"""

from __future__ import annotations

from collections.abc import Sequence

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

from studio.domain.component import Component
from studio.domain.component_search import Liking
from studio.gui.designer.items.node_item import PortRef, Side
from studio.gui.designer.palette_rows import paint_component, paint_row_ground
from studio.gui.designer.quick_add_offers import Offer, matching, offers_for
from studio.gui.theme import fonts
from studio.gui.widgets.basics import button, column, label, row
from studio.gui.widgets.pick_list import ENTRY, Index, PickList

WIDTH, ROW, MOST_ROWS = 340, 32, 8
Refs = Sequence[PortRef | None]
_OWN_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_A)


class QuickAdd(QFrame):
    """`chosen(offer, keep_open)`: Enter adds, Ctrl+Enter adds and asks for more."""

    chosen = Signal(object, bool)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setProperty("panel", "dialog")
        self.point = QPointF()
        self._components: Sequence[Component] = ()
        self._liking = Liking()
        self._refs: Refs = (None,)
        self._turn, self._every = 0, False
        self._offers: list[Offer] = []
        self.search = QLineEdit(placeholderText="Add a step")
        self.search.setAccessibleName("Add a step")
        self.list: PickList[Offer] = PickList(_title, _Delegate(self.search))
        self.list.setAccessibleName("Components that fit")
        self._empty = label("Nothing fits; try other words", "caption")
        self.all_button = button("", kind="link", clicked=self.flip_all)
        self.all_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._foot = label("", "caption")
        foot = row(self._foot, None, self.all_button)
        parts = (self.search, self.list, self._empty, foot)
        self.setLayout(column(*parts, margins=(8, 8, 8, 8)))
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list.picked.connect(lambda _: self._choose(False))
        self.hide()

    @property
    def ref(self) -> PortRef | None:
        """The port that what is chosen will be connected to."""
        return self._refs[self._turn]

    @property
    def side(self) -> Side | None:
        """Where what is chosen continues from: right of an output, left of an input."""
        return next((ref.side for ref in self._refs if ref is not None), None)

    def ask(
        self,
        components: Sequence[Component],
        point: QPointF,
        at: QPoint,
        refs: Refs = (None,),
        liking: Liking = Liking(),  # noqa: B008
    ) -> None:
        """Open at a place of the parent; `point` is where the step will be."""
        self.point, self._refs = point, refs or (None,)
        self._components, self._liking = components, liking
        self._turn, self._every = 0, False
        self.search.clear()
        self._offer()
        parent = self._over
        x = min(at.x(), parent.width() - self.width() - 8)
        y = min(at.y(), parent.height() - self.height() - 8)
        self.move(max(8, x), max(8, y))
        self.show()
        self.raise_()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def turn(self) -> None:
        """Offer what fits the next port."""
        self._turn = (self._turn + 1) % len(self._refs)
        self._offer()

    def flip_all(self) -> None:
        """List all components, or again only those that fit."""
        self._every = not self._every
        self._offer()

    def _offer(self) -> None:
        ref = self.ref
        self._offers = offers_for(self._components, ref, every=self._every)
        hint = f"Add a step for {ref.port.name}" if ref else "Add a step"
        self.search.setPlaceholderText(hint)
        self.all_button.setVisible(ref is not None)
        words = "Only what fits" if self._every else "Show all"
        self.all_button.setText(f"{words} (Alt+A)")
        self._foot.setText("Ctrl+Space: next port" if len(self._refs) > 1 else "")
        self._filter(self.search.text())

    def dismiss(self) -> None:
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if isinstance(event, QKeyEvent) and overrides and event.key() in _OWN_KEYS:
            event.accept()  # else the window would run the pipeline at Ctrl+Enter
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        if event.type() == QEvent.Type.FocusOut:
            self.dismiss()
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        keys = event.modifiers()
        control = bool(keys & Qt.KeyboardModifier.ControlModifier)
        match event.key():
            case Qt.Key.Key_Space if control:
                self.turn()
            case Qt.Key.Key_A if keys & Qt.KeyboardModifier.AltModifier:
                self.flip_all()
            case Qt.Key.Key_Down:
                self.list.step(1)
            case Qt.Key.Key_Up:
                self.list.step(-1)
            case Qt.Key.Key_Escape:
                self.dismiss()
            case Qt.Key.Key_Tab:
                self.list.step(1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._choose(control)
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
        found = matching(self._offers, text, self._liking)
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
