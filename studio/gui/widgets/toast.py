"""Short messages at the bottom right of the window, at most three at a time.

toasts.show("Archived churn:3", undo=restore)
toasts.show("Run failed", tone="err", key=pipeline)    # errors stay longer
toasts.withdraw(pipeline)                              # when it isn't so any more
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QEnterEvent
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from studio.gui.theme import icons
from studio.gui.theme.tokens import Tone
from studio.gui.widgets.basics import button, label, row, tool_button

WIDTH, MOST, MARGIN, GAP = 320, 3, 16, 8
SECONDS, ERROR_SECONDS = 6, 15
_ICONS: dict[str, str] = {
    "ok": "check-circle",
    "run": "circle-notch",
    "warn": "warning",
    "err": "x-circle",
    "idle": "info",
    "drift": "chart-line-up",
}


Over = Callable[[], QWidget | None]


class Toast(QFrame):
    """One message; it leaves by itself, an error later and only if it isn't pinned.

    It stays while the pointer is on it.
    """

    closed = Signal()

    def __init__(
        self,
        parent: QWidget,
        text: str,
        tone: Tone,
        act: tuple[str, Callable[[], object]] | None,
        key: str = "",
        times: int = 1,
    ) -> None:
        super().__init__(parent)
        self.key, self.times = key, times
        self.setProperty("panel", "toast")
        self.setFixedWidth(WIDTH)
        self.text = text
        picture = QLabel()
        picture.setPixmap(
            icons.pixmap(_ICONS[tone], tone, 18, ratio=self.devicePixelRatioF())
        )
        words = label(text if times == 1 else f"{text} ({times} times)", wrap=True)
        inner = row(picture, gap=8, margins=(12, 8, 8, 8))
        inner.addWidget(words, 1)
        if act is not None:
            self.button = button(act[0], kind="link", clicked=lambda: self._act(act[1]))
            inner.addWidget(self.button)
        self.pin = tool_button("push-pin", "Keep this message", size=14)
        self.pin.setCheckable(True)
        self.pin.setVisible(tone == "err")
        self.pin.toggled.connect(self._count)
        inner.addWidget(self.pin)
        inner.addWidget(tool_button("x", "Dismiss", self.leave, size=14))
        self.setLayout(inner)
        seconds = ERROR_SECONDS if tone == "err" else SECONDS
        self._timer = QTimer(self, singleShot=True, interval=seconds * 1000)
        self._timer.timeout.connect(self.leave)
        self._count()

    @property
    def leaves(self) -> bool:
        """Whether it will go by itself."""
        return self._timer.isActive()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._count()
        super().leaveEvent(event)

    def _count(self) -> None:
        if self.pin.isChecked():
            self._timer.stop()
        else:
            self._timer.start()

    def wanted_height(self) -> int:
        """The height of the whole text at the fixed width."""
        layout = self.layout()
        if layout is None or not layout.hasHeightForWidth():
            return self.sizeHint().height()
        return layout.totalHeightForWidth(WIDTH)

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

    def __init__(self, area: QWidget, over: Over | None = None) -> None:
        """`over()` is the part of the area that they may cover."""
        super().__init__(area)
        self._area, self._over = area, over
        self._watched: set[QWidget] = set()
        self._shown: list[Toast] = []
        area.installEventFilter(self)

    def show(
        self,
        text: str,
        *,
        undo: Callable[[], object] | None = None,
        action: tuple[str, Callable[[], object]] | None = None,
        tone: Tone = "idle",
        key: str = "",
    ) -> Toast:
        """Show a message; `undo` (or another action) becomes its button.

        It takes the place of one about the same `key`, or with the same text. An
        error that comes again counts how often.
        """
        times = 1
        for same in [one for one in self._shown if _alike(one, text, key)]:
            times += same.times if tone == "err" and same.text == text else 0
            same.leave()
        act = ("Undo", undo) if undo is not None else action
        toast = Toast(self._area, text, tone, act, key, times)
        toast.closed.connect(lambda: self._forget(toast))
        self._shown.append(toast)
        for old in self._shown[:-MOST]:
            old.leave()
        toast.show()
        self.place()
        announce(self._area, text)
        return toast

    def withdraw(self, key: str) -> None:
        """Take away what was said about a key, unless it was pinned."""
        for one in [one for one in self._shown if one.key == key]:
            if not one.pin.isChecked():
                one.leave()

    @property
    def shown(self) -> list[Toast]:
        return list(self._shown)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self.place()
        return False

    def _forget(self, toast: Toast) -> None:
        if toast in self._shown:
            self._shown.remove(toast)
            self.place()

    def place(self) -> None:
        """Put them where they belong now, above all else."""
        room = self._room() if self._shown else QRect()
        bottom = room.bottom() + 1 - MARGIN
        left = room.right() + 1 - WIDTH - MARGIN
        for toast in reversed(self._shown):
            toast.resize(WIDTH, toast.wanted_height())
            bottom -= toast.height()
            toast.move(left, bottom)
            toast.raise_()
            bottom -= GAP

    def _room(self) -> QRect:
        over = self._over() if self._over is not None else None
        if over is None or not over.isVisibleTo(self._area):
            return self._area.rect()
        if over not in self._watched:
            self._watched.add(over)
            over.installEventFilter(self)
            over.destroyed.connect(partial(self._watched.discard, over))
        room = QRect(over.mapTo(self._area, QPoint()), over.size())
        return room if room.width() >= WIDTH + 2 * MARGIN else self._area.rect()


def _alike(one: Toast, text: str, key: str) -> bool:
    return one.key == key if key else one.text == text


def announce(widget: QWidget, text: str) -> None:
    """Let a screen reader say it, if one is there."""
    if QAccessible.isActive():
        event = QAccessibleAnnouncementEvent(widget, text)
        QAccessible.updateAccessibility(event)
