"""Status chips: colour, icon and word together, the same everywhere.

chip = Chip("RUNNING", "Running 37 %")     # tone and icon follow the state
chip.set_state("SUCCEEDED")
paint_chip(painter, rect, "Serving", "ok")  # in a delegate
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.gui.theme import fonts, icons
from studio.gui.theme.theme import tokens
from studio.gui.theme.tokens import RADIUS_CHIP, Tone

HEIGHT, PAD, ICON, GAP = 20, 8, 14, 4


@dataclass(frozen=True)
class StateLook:
    """How a state is shown: its word, colours and icon."""

    word: str
    tone: Tone
    icon: str


_IDLE, _RUN, _OK = "circle-dashed", "circle-notch", "check-circle"
_WARN, _ERR, _DRIFT = "warning", "x-circle", "chart-line-up"
STATES = {
    "QUEUED": StateLook("Queued", "idle", "hourglass"),
    "PENDING": StateLook("Not run", "idle", _IDLE),
    "DRAFT": StateLook("Draft", "idle", _IDLE),
    "PAUSED": StateLook("Paused", "warn", "pause"),
    "RUNNING": StateLook("Running", "run", _RUN),
    "STARTING": StateLook("Starting", "run", _RUN),
    "STOPPING": StateLook("Stopping", "run", _RUN),
    "CANCELLING": StateLook("Cancelling", "run", _RUN),
    "SUCCEEDED": StateLook("Succeeded", "ok", _OK),
    "SERVING": StateLook("Serving", "ok", _OK),
    "REUSED": StateLook("Reused", "ok", "repeat"),
    "READY": StateLook("Ready", "ok", _OK),
    "TRUSTED": StateLook("Trusted", "ok", "shield-check"),
    "WARNING": StateLook("Warning", "warn", _WARN),
    "UNHEALTHY": StateLook("Unhealthy", "warn", _WARN),
    "UNTRUSTED": StateLook("Not trusted", "warn", "shield-warning"),
    "STALE": StateLook("Out of date", "warn", "clock-counter-clockwise"),
    "FAILED": StateLook("Failed", "err", _ERR),
    "CANCELLED": StateLook("Cancelled", "idle", "prohibit"),
    "SKIPPED": StateLook("Skipped", "idle", "skip-forward"),
    "NOTHING_RAN": StateLook("Nothing ran", "idle", "skip-forward"),
    "STOPPED": StateLook("Stopped", "idle", "stop"),
    "ARCHIVED": StateLook("Archived", "idle", "archive"),
    "DRIFT": StateLook("Drift", "drift", _DRIFT),
}


def look(state: str, *, serving: bool = False) -> StateLook:
    """The look of a state; one that is not known is shown as its own name.

    A deployment's RUNNING means it serves: pass `serving`.
    """
    name = "SERVING" if serving and state == "RUNNING" else state
    known = STATES.get(name.upper())
    return known or StateLook(name.replace("_", " ").capitalize(), "idle", _IDLE)


class Chip(QWidget):
    """A chip for a state, or for any short fact with `Chip.of`."""

    def __init__(
        self, state: str = "", text: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._look = StateLook("", "idle", "")
        self._text = ""
        self.set_state(state, text)

    @classmethod
    def of(cls, text: str, tone: Tone = "idle", icon: str = "") -> Chip:
        """A chip with words of its own."""
        made = cls()
        made.set_look(StateLook(text, tone, icon))
        return made

    def set_state(self, state: str, text: str = "", *, serving: bool = False) -> None:
        """Show a state; `text` replaces its word."""
        self.set_look(look(state, serving=serving), text)

    def set_look(self, state_look: StateLook, text: str = "") -> None:
        self._look, self._text = state_look, text or state_look.word
        self.setAccessibleName(self._text)
        self.updateGeometry()
        self.update()

    @property
    def text(self) -> str:
        return self._text

    @property
    def tone(self) -> Tone:
        return self._look.tone

    def sizeHint(self) -> QSize:
        return chip_size(self._text, self._look.icon)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_chip(painter, self.rect(), self._text, self._look.tone, self._look.icon)
        painter.end()


def chip_size(text: str, icon: str = "") -> QSize:
    """The room a chip takes, in logical pixels."""
    metrics = QFontMetrics(fonts.font(12, fonts.SEMIBOLD))
    width = metrics.horizontalAdvance(text) + 2 * PAD + 1
    return QSize(width + (ICON + GAP if icon else 0), fonts.scaled(HEIGHT))


def paint_chip(
    painter: QPainter, rect: QRect, text: str, tone: Tone, icon: str = ""
) -> None:
    """Draw a chip that fills `rect`; the text is elided if it must be."""
    ink, ground = tokens().tone(tone)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(QRectF(rect), RADIUS_CHIP, RADIUS_CHIP)
    left = rect.left() + PAD
    if icon:
        paint_icon(painter, icon, ink, left, rect.center().y() + 1, ICON)
        left += ICON + GAP
    room = QRect(left, rect.top(), rect.right() - PAD - left + 2, rect.height())
    painter.setFont(fonts.font(12, fonts.SEMIBOLD))
    painter.setPen(QColor(ink))
    shown = painter.fontMetrics().elidedText(
        text, Qt.TextElideMode.ElideRight, room.width()
    )
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
    painter.restore()


def paint_icon(
    painter: QPainter, name: str, color: str, left: int, middle: int, size: int
) -> None:
    """Draw an icon at `left`, centred on the line `middle`."""
    ratio = painter.device().devicePixelRatioF()
    picture = icons.pixmap(name, color, size, ratio=ratio)
    painter.drawPixmap(left, middle - size // 2, picture)
