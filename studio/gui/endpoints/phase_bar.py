"""How long each part of a deployment's start took, as one bar with its words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.domain.endpoint import Phase
from studio.gui.endpoints.facts import phase_name
from studio.gui.theme import fonts
from studio.gui.theme.theme import tokens
from studio.gui.widgets.formats import format_seconds

BAR, GAP, DOT, LEAST = 6, 6, 8, 0.04
_INKS = ("port_table", "port_env", "port_metric", "port_artifact", "port_model")


class PhaseBar(QWidget):
    """Empty while nothing is known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._phases: tuple[Phase, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_phases(self, phases: Sequence[Phase]) -> None:
        """Show these, in their order."""
        self._phases = tuple(phases)
        words = ", ".join(_words(phase) for phase in self._phases)
        self.setAccessibleName(f"Start: {words}" if words else "Start")
        self.setToolTip(words)
        self.setVisible(bool(self._phases))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, BAR + GAP + QFontMetrics(fonts.font(12)).height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def shares(self) -> list[float]:
        """Each phase's part of the bar; short ones are kept visible. Sums to 1."""
        total = sum(phase.seconds for phase in self._phases) or 1.0
        wide = [max(LEAST, phase.seconds / total) for phase in self._phases]
        return [share / sum(wide) for share in wide]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_bar(painter)
        self._paint_words(painter)
        painter.end()

    def _paint_bar(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        ends = [0.0]
        for share in self.shares():
            ends.append(ends[-1] + share * self.width())
        for number, (left, right) in enumerate(pairwise(ends)):
            painter.setBrush(_ink(number))
            box = QRectF(left, 0, max(2.0, right - left - 2), BAR)
            painter.drawRoundedRect(box, BAR / 2, BAR / 2)

    def _paint_words(self, painter: QPainter) -> None:
        painter.setFont(fonts.font(12, tabular=True))
        metrics, left = painter.fontMetrics(), 0
        top = BAR + GAP
        for number, phase in enumerate(self._phases):
            text = _words(phase)
            width = metrics.horizontalAdvance(text)
            if left + DOT + 4 + width > self.width():
                return
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_ink(number))
            middle = top + metrics.height() / 2 + 1
            painter.drawEllipse(QRectF(left, middle - DOT / 2, DOT, DOT))
            painter.setPen(QColor(tokens().text2))
            painter.drawText(left + DOT + 5, top + metrics.ascent() + 1, text)
            left += DOT + 5 + width + 16


def _ink(number: int) -> QColor:
    return QColor(tokens().color(_INKS[number % len(_INKS)]))


def _words(phase: Phase) -> str:
    return f"{phase_name(phase.name)} {format_seconds(phase.seconds)}"
