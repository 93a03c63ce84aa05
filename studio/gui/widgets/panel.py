"""A panel with the window's section header, and a section that folds.

panel = Panel("Inspector", side="right", width=300)
panel.set_content(form)
panel.add_button(tool_button("x", "Close", panel.hide))
advanced = Section("Advanced", content, open=False)
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from studio.gui.theme.icons import set_icon
from studio.gui.widgets.basics import button, frame, label

Side: TypeAlias = Literal["left", "right", "bottom", "plain", "surface"]
HEADER, LEAST_WIDTH = 31, 180


class Panel(QFrame):
    """A framed area; `side` says where its one border is. `width` is where a splitter
    starts; a person can change it."""

    def __init__(
        self,
        title: str = "",
        *,
        side: Side = "plain",
        width: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("panel", side)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._title = label(title, "section")
        self._header = QHBoxLayout()
        self._content: QWidget | None = None
        if title:
            self._add_header()
        self._width = width
        self.setMinimumWidth(min(width, LEAST_WIDTH))

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(self._width or hint.width(), hint.height())

    def set_title(self, title: str) -> None:
        self._title.setText(title)

    def add_button(self, made: QWidget) -> None:
        """Put a small button at the right of the header."""
        self._header.addWidget(made)

    def set_content(
        self, content: QWidget, *, scroll: bool = False, widest: int = 0
    ) -> None:
        """Fill the panel; with `scroll`, a long content scrolls within it.

        A content that asks for more than `widest` pixels gets no more.
        """
        shown = scrolled(content, widest=widest) if scroll else content
        if self._content is not None:
            self._layout.removeWidget(self._content)
            _put_away(self._content)
        self._content = shown
        self._layout.addWidget(shown, 1)

    def _add_header(self) -> None:
        header = frame("header", self._header)
        header.setFixedHeight(HEADER)
        self._header.setContentsMargins(16, 0, 8, 0)
        self._header.setSpacing(4)
        self._header.addWidget(self._title)
        self._header.addStretch(1)
        self._layout.addWidget(header)


def _put_away(old: QWidget) -> None:
    """Out of sight at once: it is deleted a moment later, and may be painted before.
    Its focus goes first, else hiding it would hand the focus to a stranger."""
    focus = old.focusWidget()
    if focus is not None and focus.hasFocus():
        focus.clearFocus()
    old.hide()
    old.deleteLater()


class Section(QWidget):
    """A heading that folds what is under it."""

    toggled = Signal(bool)

    def __init__(
        self,
        title: str,
        content: QWidget,
        *,
        open: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._content = content
        self.is_open = open
        self._head = button(title, kind="text")
        self._head.setProperty("fold", "true")
        self._head.setStyleSheet("text-align: left; font-weight: 600; padding: 0;")
        self._head.clicked.connect(lambda: self.set_open(not self.is_open))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._head)
        layout.addWidget(content)
        self.set_open(open)

    def set_open(self, open: bool) -> None:
        self.is_open = open
        self._content.setVisible(open)
        set_icon(self._head, "caret-down" if open else "caret-right", "text2", 12)
        self._head.setAccessibleDescription("Expanded" if open else "Collapsed")
        self.toggled.emit(open)


BAR_MARGIN = 8


class _Column(QScrollArea):
    """Never narrower than its content, which has no bar to be moved sideways by."""

    widest = 0
    """Asks for no more than this, if set: a word may have hundreds of letters."""

    def __init__(self) -> None:
        super().__init__()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._show_focus)

    def minimumSizeHint(self) -> QSize:
        content = self.widget()
        width = content.minimumSizeHint().width() if content is not None else 0
        bar = self.verticalScrollBar().sizeHint().width()
        width = min(width, self.widest or width)
        return QSize(width + bar + BAR_MARGIN, super().minimumSizeHint().height())

    def _show_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        """Bring into sight what a key leads to from outside; Qt does it within."""
        content = self.widget() if isValid(self) else None
        if content is None or now is None or not content.isAncestorOf(now):
            return
        from_within = before is not None and content.isAncestorOf(before)
        if not from_within and QApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self.ensureWidgetVisible(now)


def scrolled(content: QWidget, name: str = "", *, widest: int = 0) -> QScrollArea:
    """A content that scrolls down, never sideways.

    With a `name` Tab stops at it: for contents without a control to stop at.
    """
    content.setProperty("canvas", "plain")
    area = _Column()
    area.widest = widest
    if widest:
        content.setMinimumWidth(1)  # as wide as the area, whatever its words ask for
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    policy = Qt.FocusPolicy
    area.setFocusPolicy(policy.StrongFocus if name else policy.NoFocus)
    area.setAccessibleName(name)
    return area
