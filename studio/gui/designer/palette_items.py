"""Rows of the palette as items: categories, components, and what can't be used."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QStandardItem

from studio.domain.component import Component
from studio.domain.usual_steps import CATEGORIES
from studio.gui.designer.palette_rows import BROKEN, COMPONENT
from studio.services.components.service import BrokenComponent


def categories(components: Sequence[Component]) -> list[str]:
    """The known ones in the order of the work, then others by name."""
    found = dict.fromkeys(component.category for component in components)
    known = [name for name in CATEGORIES if name in found]
    return known + sorted(name for name in found if name not in CATEGORIES)


def head_row(category: str) -> QStandardItem:
    head = QStandardItem(category)
    head.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
    head.setSizeHint(QSize(0, 28))
    return head


def component_row(component: Component) -> QStandardItem:
    item = QStandardItem(component.title)
    item.setData(component, COMPONENT)
    item.setToolTip(component.description or component.title)
    item.setFlags(
        Qt.ItemFlag.ItemIsEnabled
        | Qt.ItemFlag.ItemIsSelectable
        | Qt.ItemFlag.ItemIsDragEnabled
        | Qt.ItemFlag.ItemNeverHasChildren
    )
    return item


def broken_row(broken: BrokenComponent) -> QStandardItem:
    """Its tip says what is wrong and how it is mended."""
    item = QStandardItem(broken.title)
    item.setData(broken, BROKEN)
    item.setToolTip(f"{broken.reason}\n{broken.hint}".strip())
    item.setAccessibleText(f"{broken.title}, can't be used: {broken.reason}")
    item.setFlags(
        Qt.ItemFlag.ItemIsEnabled
        | Qt.ItemFlag.ItemIsSelectable
        | Qt.ItemFlag.ItemNeverHasChildren
    )
    return item
