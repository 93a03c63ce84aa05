"""Rows to pick from while the keys stay in a search field.

rows = PickList(lambda offer: offer.title, delegate_class(), search)
rows.show_values(offers)
rows.picked.connect(self.add)         # a click, or Enter in the search field
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QFrame, QListView, QStyledItemDelegate, QWidget

T = TypeVar("T")
ENTRY = Qt.ItemDataRole.UserRole
"""The role of a row's value, for delegates."""
Index = QModelIndex | QPersistentModelIndex


class PickList(QListView, Generic[T]):
    """`picked(value)` by a click; `step` and `current` are for the field's keys."""

    picked = Signal(object)

    def __init__(
        self,
        text: Callable[[T], str],
        delegate: QStyledItemDelegate,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._rows: _Values[T] = _Values(text, self)
        delegate.setParent(self)
        self.setModel(self._rows)
        self.setItemDelegate(delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(lambda index: self.picked.emit(index.data(ENTRY)))

    @property
    def values(self) -> list[T]:
        """What is listed now."""
        return list(self._rows.values)

    def show_values(self, values: Sequence[T]) -> None:
        """List these, the first one chosen."""
        self._rows.show_values(values)
        self.setCurrentIndex(self._rows.index(0, 0))

    def current(self) -> T | None:
        number = self.currentIndex().row()
        return self._rows.values[number] if number >= 0 else None

    def step(self, by: int) -> None:
        """Choose another row; after the last comes the first."""
        if count := len(self._rows.values):
            row = (self.currentIndex().row() + by) % count
            self.setCurrentIndex(self._rows.index(row, 0))

    def fit(self, row_height: int, most: int) -> None:
        """As high as its rows, and at most as high as `most` of them."""
        self.setFixedHeight(max(1, min(most, len(self._rows.values)) * row_height))


class _Values(QAbstractListModel, Generic[T]):
    def __init__(self, text: Callable[[T], str], parent: QObject) -> None:
        super().__init__(parent)
        self._text = text
        self.values: list[T] = []

    def show_values(self, values: Sequence[T]) -> None:
        self.beginResetModel()
        self.values = list(values)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.values)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        value = self.values[index.row()]
        if role == ENTRY:
            return value
        return self._text(value) if role == Qt.ItemDataRole.DisplayRole else None
