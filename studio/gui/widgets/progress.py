"""Long work in one row: what runs, how far, how long, and Cancel.

row = ProgressRow("Importing penguins.csv", cancel=task.cancel)
row.set_progress(0.37, "37 of 100 files")     # None: how far is not known
row.finish()                                  # or row.fail("Disk is full")
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from studio.gui.theme.theme import theme, tokens
from studio.gui.widgets.basics import button, label, row, set_flag
from studio.gui.widgets.formats import format_seconds


class Spinner(QWidget):
    """A turning arc; it stands still where a person wants no motion."""

    def __init__(self, size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(QSize(size, size))
        self.setAccessibleName("Working")
        self._angle = 0
        self._timer = QTimer(self)
        self._timer.setInterval(60)
        self._timer.timeout.connect(self._turn)

    def showEvent(self, event: QShowEvent) -> None:
        if not theme().reduced_motion:
            self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.setPen(QPen(QColor(tokens().border), 2))
        painter.drawEllipse(box)
        pen = QPen(QColor(tokens().accent), 2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawArc(box, -self._angle * 16, 100 * 16)
        painter.end()

    def _turn(self) -> None:
        self._angle = (self._angle + 24) % 360
        self.update()


class ProgressRow(QWidget):
    """A spinner or a bar, a message, the elapsed time and Cancel."""

    def __init__(
        self,
        text: str,
        *,
        cancel: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._started = time.monotonic()
        self._fraction: float | None = None
        self._spinner = Spinner()
        self._text = label(text)
        self._detail = label("", "caption")
        self._elapsed = label("0 s", "caption")
        self._bar = QProgressBar(maximum=1000, textVisible=False)
        self._bar.hide()
        self._cancel = button("Cancel", clicked=cancel or self.hide)
        if cancel is None:
            self._cancel.hide()
        self._build()
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._tick)
        self._clock.start()

    def set_progress(self, fraction: float | None, detail: str = "") -> None:
        """How far it is, 0 to 1, or None while that is not known."""
        self._fraction = fraction
        self._bar.setVisible(fraction is not None)
        if fraction is not None:
            self._bar.setValue(round(1000 * min(1.0, max(0.0, fraction))))
        self._detail.setText(detail)
        self._tick()

    def set_text(self, text: str) -> None:
        self._text.setText(text)

    def restart(self, text: str) -> None:
        """Show other work, from its beginning."""
        self._started = time.monotonic()
        self._text.setText(text)
        self.set_progress(None)

    def finish(self, text: str = "") -> None:
        """The work has ended well."""
        self._end(text, "ok", 1.0)

    def fail(self, text: str) -> None:
        """The work has ended badly, and this is why."""
        self._end(text, "err", self._fraction)

    def _end(self, text: str, tone: str, fraction: float | None) -> None:
        self.set_progress(fraction, self._detail.text())
        self._clock.stop()
        self._spinner.hide()
        self._cancel.hide()
        set_flag(self._bar, "tone", tone)
        if text:
            self._text.setText(text)
        set_flag(self._text, "ink", "err" if tone == "err" else "")

    def _build(self) -> None:
        head = row(self._spinner, self._text, self._detail, None, self._elapsed)
        head.addWidget(self._cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self._bar)

    def _tick(self) -> None:
        known = self._fraction is not None
        percent = f"{round((self._fraction or 0) * 100)} % · " if known else ""
        self._elapsed.setText(
            percent + format_seconds(time.monotonic() - self._started)
        )
