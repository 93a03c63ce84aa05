"""Short messages at the bottom right of the window, at most three at a time.

toasts.show("Archived churn:3", undo=restore)
toasts.show("Could not save", tone="err")      # errors stay until dismissed
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from studio.gui.theme import icons
from studio.gui.theme.tokens import Tone
from studio.gui.widgets.basics import button, label, row, tool_button

WIDTH, SECONDS, MOST, MARGIN, GAP = 320, 6, 3, 16, 8
_ICONS: dict[str, str] = {
    "ok": "check-circle",
    "run": "circle-notch",
    "warn": "warning",
    "err": "x-circle",
    "idle": "info",
    "drift": "chart-line-up",
}


class Toast(QFrame):
    """One message; it leaves by itself unless it tells of an error."""

    closed = Signal()

    def __init__(
        self,
        parent: QWidget,
        text: str,
        tone: Tone,
        act: tuple[str, Callable[[], object]] | None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("panel", "toast")
        self.setFixedWidth(WIDTH)
        self.text = text
        picture = QLabel()
        picture.setPixmap(
            icons.pixmap(_ICONS[tone], tone, 18, ratio=self.devicePixelRatioF())
        )
        words = label(text, wrap=True)
        inner = row(picture, gap=8, margins=(12, 8, 8, 8))
        inner.addWidget(words, 1)
        if act is not None:
            self.button = button(act[0], kind="link", clicked=lambda: self._act(act[1]))
            inner.addWidget(self.button)
        inner.addWidget(tool_button("x", "Dismiss", self.leave, size=14))
        self.setLayout(inner)
        self._timer = QTimer(self, singleShot=True, interval=SECONDS * 1000)
        self._timer.timeout.connect(self.leave)
        if tone != "err":
            self._timer.start()

    def wanted_height(self) -> int:
        """The height of the whole text at the fixed width."""
        layout = self.layout()
        return layout.totalHeightForWidth(WIDTH) if layout is not None else 0

    def leave(self) -> None:
        """Take the message away."""
        self._timer.stop()
        self.hide()
        self.closed.emit()
        self.deleteLater()

    def _act(self, act: Callable[[], object]) -> None:
        self.leave()
        act()


class Toasts(QObject):
    """The messages of one window, newest at the bottom."""

    def __init__(self, area: QWidget) -> None:
        super().__init__(area)
        self._area = area
        self._shown: list[Toast] = []
        area.installEventFilter(self)

    def show(
        self,
        text: str,
        *,
        undo: Callable[[], object] | None = None,
        action: tuple[str, Callable[[], object]] | None = None,
        tone: Tone = "idle",
    ) -> Toast:
        """Show a message; `undo` (or another action) becomes its button."""
        for same in [one for one in self._shown if one.text == text]:
            same.leave()
        act = ("Undo", undo) if undo is not None else action
        toast = Toast(self._area, text, tone, act)
        toast.closed.connect(lambda: self._forget(toast))
        self._shown.append(toast)
        for old in self._shown[:-MOST]:
            old.leave()
        toast.show()
        self._place()
        _announce(self._area, text)
        return toast

    @property
    def shown(self) -> list[Toast]:
        return list(self._shown)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _forget(self, toast: Toast) -> None:
        if toast in self._shown:
            self._shown.remove(toast)
            self._place()

    def _place(self) -> None:
        bottom = self._area.height() - MARGIN
        left = self._area.width() - WIDTH - MARGIN
        for toast in reversed(self._shown):
            toast.resize(WIDTH, toast.wanted_height())
            bottom -= toast.height()
            toast.move(left, bottom)
            toast.raise_()
            bottom -= GAP


def _announce(widget: QWidget, text: str) -> None:
    if QAccessible.isActive():
        event = QAccessibleAnnouncementEvent(widget, text)
        QAccessible.updateAccessibility(event)
