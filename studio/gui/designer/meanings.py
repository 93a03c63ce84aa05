"""Colours by what they mean, in today's theme."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPixmap

from studio.gui.designer.geometry import RADIUS
from studio.gui.theme.theme import tokens

NO_COLOUR = "No colour"
BAR, SWATCH = 4.0, 16
_TOKENS = {
    "data": "port_table",
    "prepare": "port_env",
    "train": "port_model",
    "evaluate": "port_metric",
    "deploy": "port_artifact",
    "attention": "err",
}


def ink_of(colour: str, alpha: float = 1.0) -> QColor:
    """A colour for lines, or faint for grounds."""
    made = QColor(tokens().color(_TOKENS.get(colour, "text3")))
    made.setAlphaF(alpha)
    return made


def swatch(colour: str) -> QIcon:
    """A dot for a menu; a ring for no colour."""
    picture = QPixmap(SWATCH * 2, SWATCH * 2)
    picture.setDevicePixelRatio(2)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(ink_of(colour))
    painter.setBrush(ink_of(colour, 1.0 if colour else 0.0))
    painter.drawEllipse(QRectF(2.5, 2.5, SWATCH - 5, SWATCH - 5))
    painter.end()
    return QIcon(picture)


@dataclass(frozen=True)
class ColourMark:
    """A bar along the upper edge of a card."""

    colour: str

    def paint_under(self, painter: QPainter, card: QRectF) -> None:
        """Nothing."""

    def paint_over(self, painter: QPainter, card: QRectF) -> None:
        outline = QPainterPath()
        outline.addRoundedRect(card, RADIUS, RADIUS)
        bar = QPainterPath()
        bar.addRect(QRectF(card.left(), card.top(), card.width(), BAR))
        painter.fillPath(outline & bar, ink_of(self.colour))
