"""The parts that never leave the window: top bar, rail and status bar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.gui.page import PageSpec
from studio.gui.theme import fonts
from studio.gui.theme.icons import set_icon
from studio.gui.theme.theme import theme
from studio.gui.widgets.basics import label, row
from studio.gui.widgets.elided import ElidedLabel, WholePartsLabel

TOP, RAIL, ITEM_WIDTH, ITEM_HEIGHT, LOW_HEIGHT = 46, 84, 76, 56, 40
RAIL_ICON, RAIL_GAP = 22, 5


class TopBar(QFrame):
    """The title of what is shown, and the page's own buttons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "topbar")
        self.setFixedHeight(TOP)
        self._title = ElidedLabel("page-title")
        self._caption = ElidedLabel("caption")
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._shown: list[QWidget] = []
        layout = row(self._title, self._caption, None, gap=12, margins=(12, 0, 8, 0))
        layout.addLayout(self._buttons)
        self.setLayout(layout)

    def set_heading(self, title: str, caption: str = "") -> None:
        self._title.setText(title)
        self._caption.setText(caption)

    def set_buttons(self, buttons: Sequence[QWidget]) -> None:
        """Show these; the ones before are only hidden, they belong to their page."""
        for old in self._shown:
            self._buttons.removeWidget(old)
            old.hide()
        self._shown = list(buttons)
        for new in self._shown:
            self._buttons.addWidget(new)
            new.show()

    @property
    def title(self) -> str:
        return self._title.text()


class Rail(QFrame):
    """The pages in their order. On low windows the words go and the icons stay."""

    picked = Signal(str)
    settings_wanted = Signal()

    def __init__(
        self, pages: Sequence[PageSpec], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("panel", "rail")
        self.setFixedWidth(RAIL)
        self._items: dict[str, QToolButton] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(4, 6, 3, 6)
        self._layout.setSpacing(RAIL_GAP)
        for spec in pages:
            self._add_page(spec)
        self._layout.addStretch(1)
        self.settings = self._item("Settings", "gear-six")
        self.settings.clicked.connect(self.settings_wanted)
        self._layout.addWidget(self.settings)
        theme().changed.connect(self._fit)

    def select(self, page_id: str) -> None:
        """Mark the page that is shown."""
        for known, item in self._items.items():
            item.setChecked(known == page_id)

    def set_ready(self, ready: bool) -> None:
        """Whether there is a workspace to show pages of."""
        for item in self._items.values():
            item.setEnabled(ready)

    def item(self, page_id: str) -> QToolButton:
        return self._items[page_id]

    @property
    def labelled(self) -> bool:
        style = self.settings.toolButtonStyle()
        return style == Qt.ToolButtonStyle.ToolButtonTextUnderIcon

    def items(self) -> Iterable[QToolButton]:
        return (*self._items.values(), self.settings)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _add_page(self, spec: PageSpec) -> None:
        item = self._item(spec.title, spec.icon)
        item.setCheckable(True)
        item.clicked.connect(lambda: self._pick(spec.id))
        self._items[spec.id] = item
        self._layout.addWidget(item)

    def _pick(self, page_id: str) -> None:
        self.select(page_id)
        self.picked.emit(page_id)

    def _item(self, title: str, icon: str) -> QToolButton:
        made = QToolButton()
        made.setProperty("kind", "rail")
        made.setText(title)
        made.setToolTip(title)
        made.setAccessibleName(title)
        made.setIconSize(QSize(RAIL_ICON, RAIL_ICON))
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_icon(made, icon, "text2", RAIL_ICON, on="accent")
        return made

    def _fit(self) -> None:
        count = len(self._items) + 1
        item_height = max(ITEM_HEIGHT, 34 + fonts.scaled(22))
        needed = count * (item_height + RAIL_GAP) + 16
        metrics = QFontMetrics(fonts.font(11, fonts.SEMIBOLD))
        widest = max(metrics.horizontalAdvance(item.text()) for item in self.items())
        width = max(ITEM_WIDTH, widest + 8)
        words = self.height() >= needed
        style = Qt.ToolButtonStyle
        for item in self.items():
            item.setToolButtonStyle(
                style.ToolButtonTextUnderIcon if words else style.ToolButtonIconOnly
            )
            item.setFixedSize(width, item_height if words else LOW_HEIGHT)
        self.setFixedWidth(width + RAIL - ITEM_WIDTH)


class StatusBar(QFrame):
    """Workspace, worker, GPU and database at a glance, and what keys do now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "statusbar")
        self._facts: dict[str, QLabel] = {}
        self._hints = WholePartsLabel("caption")
        self._row = row(None, self._hints, gap=20, margins=(8, 0, 8, 0))
        self.setLayout(self._row)
        theme().changed.connect(self._fit)
        self._fit()

    def set_fact(self, name: str, text: str, tip: str = "", tone: str = "") -> None:
        """Show or change one fact; an empty text takes it away."""
        shown = self._facts.get(name)
        if shown is None:
            shown = self._facts[name] = label("", "label")
            self._row.insertWidget(len(self._facts) - 1, shown)
        shown.setText(text)
        shown.setToolTip(tip)
        shown.setProperty("ink", tone)
        shown.style().unpolish(shown)
        shown.style().polish(shown)
        shown.setVisible(bool(text))

    def set_hints(self, text: str) -> None:
        """What keys do now, at the right."""
        self._hints.setText(text)
        self._hints.setAccessibleName(f"Keys: {text}" if text else "")

    @property
    def hints(self) -> str:
        return self._hints.text()

    def _fit(self) -> None:
        self.setFixedHeight(fonts.scaled(26))

    def fact(self, name: str) -> str:
        return self._facts[name].text() if name in self._facts else ""
