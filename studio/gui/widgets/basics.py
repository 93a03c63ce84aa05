"""Labels, buttons, rules and layouts in the house style.

title = label("Runs", "panel-title")      # role: page-title, panel-title, section,
                                          # label, caption, help, error, muted, strong
go = button("Deploy", kind="primary", icon="rocket-launch", clicked=self.deploy)
layout = column(title, go, gap=8, margins=(16, 16, 16, 16))
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias, TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QCursor
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.gui.theme.icons import set_icon

ButtonKind: TypeAlias = Literal["secondary", "primary", "text", "danger", "link"]
_Box = TypeVar("_Box", bound=QBoxLayout)
Margins: TypeAlias = tuple[int, int, int, int]
Item: TypeAlias = QWidget | QLayout | int | None
_INK = {
    "primary": "accent_text",
    "danger": "err",
    "text": "text2",
    "secondary": "text2",
    "link": "link",
}


def label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """A text, always plain: what users type is never read as markup.

    Roles: page-title, display, panel-title, section, label, strong, caption, help,
    error, muted, micro, code.
    """
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    if wrap:
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        made.setMinimumWidth(80)
    return made


def selectable(made: QLabel) -> QLabel:
    """The same label, its text selectable by mouse and keyboard."""
    made.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return made


def button(
    text: str,
    *,
    kind: ButtonKind = "secondary",
    icon: str = "",
    clicked: Callable[[], object] | None = None,
    tip: str = "",
    large: bool = False,
) -> QPushButton:
    """A push button; `text` is a verb."""
    made = QPushButton(text)
    made.setProperty("kind", kind)
    made.setProperty("room", "large" if large else "")
    made.setAutoDefault(False)
    if icon:
        give_icon(made, icon, kind)
    if clicked is not None:
        made.clicked.connect(lambda: clicked())
    if tip:
        made.setToolTip(tip)
    return made


def give_icon(made: QPushButton, icon: str, kind: ButtonKind) -> None:
    """An icon in the ink of the button's kind; filled on the primary one."""
    weight = "fill" if kind == "primary" and icon == "play" else "regular"
    pad = 3 if made.text() else 0
    set_icon(made, icon, _INK[kind], 16, weight=weight, pad=pad)
    made.setIconSize(QSize(16 + pad, 16))


def give_room(box: QComboBox) -> None:
    """A choice as wide as its layout says; its list is as wide as its longest name."""
    policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
    box.setSizeAdjustPolicy(policy)
    box.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)
    box.currentTextChanged.connect(box.setToolTip)


def in_menu(text: str) -> str:
    """A text that people wrote as a menu shows it: `&` isn't a mnemonic of theirs."""
    return text.replace("&", "&&")


def give_menu(made: QPushButton, menu: QMenu) -> None:
    """A menu that opens at a press. Where it closes elsewhere, the button is not told
    that the pointer has left, and would stay lit."""

    def leave() -> None:
        inside = made.rect().contains(made.mapFromGlobal(QCursor.pos()))
        made.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, inside)
        made.update()

    made.setMenu(menu)
    menu.aboutToHide.connect(leave)


def tool_button(
    icon: str,
    name: str,
    clicked: Callable[[], object] | None = None,
    *,
    size: int = 18,
    color: str = "text2",
) -> QToolButton:
    """A button of an icon alone; `name` is its tooltip and accessible name."""
    made = QToolButton()
    set_icon(made, icon, color, size)
    made.setIconSize(QSize(size, size))
    made.setToolTip(name)
    made.setAccessibleName(name)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if clicked is not None:
        made.clicked.connect(lambda: clicked())
    return made


def search_edit(ghost: str) -> QLineEdit:
    """A line to search with; `ghost` says in what."""
    made = QLineEdit()
    made.setPlaceholderText(ghost)
    made.setAccessibleName(ghost)
    made.setClearButtonEnabled(True)
    glass = QAction(made)
    set_icon(glass, "magnifying-glass", "text3", 16)
    made.addAction(glass, QLineEdit.ActionPosition.LeadingPosition)
    return made


def rule(*, vertical: bool = False) -> QFrame:
    """A one pixel line."""
    return frame("rule-vertical" if vertical else "rule")


def frame(panel: str, layout: QLayout | None = None) -> QFrame:
    """A surface: card, surface, plain, well, header, left, right, bottom."""
    made = QFrame()
    made.setProperty("panel", panel)
    if layout is not None:
        made.setLayout(layout)
    return made


def row(*items: Item, gap: int = 8, margins: Margins = (0, 0, 0, 0)) -> QHBoxLayout:
    """Items from left to right; an int is a space, None takes the room left."""
    return _fill(QHBoxLayout(), items, gap, margins)


def column(*items: Item, gap: int = 8, margins: Margins = (0, 0, 0, 0)) -> QVBoxLayout:
    """Items from top to bottom; an int is a space, None takes the room left."""
    return _fill(QVBoxLayout(), items, gap, margins)


def wrap_in(layout: QLayout) -> QWidget:
    """A plain widget around a layout."""
    made = QWidget()
    made.setLayout(layout)
    return made


def clear(layout: QLayout) -> None:
    """Delete everything within a layout."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)


def restyle(widget: QWidget) -> None:
    """Apply the style sheet again after a property it asks for has changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def set_flag(widget: QWidget, name: str, value: bool | str) -> None:
    """Set a property that the style sheet asks for."""
    text = value if isinstance(value, str) else ("true" if value else "false")
    if widget.property(name) != text:
        widget.setProperty(name, text)
        restyle(widget)


def _fill(layout: _Box, items: tuple[Item, ...], gap: int, margins: Margins) -> _Box:
    layout.setSpacing(gap)
    layout.setContentsMargins(*margins)
    for item in items:
        match item:
            case None:
                layout.addStretch(1)
            case int():
                layout.addSpacing(item)
            case QWidget():
                layout.addWidget(item)
            case _:
                layout.addLayout(item)
    return layout
