"""How a card looks: on the canvas, and as the ghost under a dragged component."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from studio.gui.designer.cards import Card
from studio.gui.designer.geometry import (
    BLOCK_ZOOM,
    DETAIL_ZOOM,
    MARGIN,
    RADIUS,
    WIDTH,
    card_height,
)
from studio.gui.designer.items.shapes import soft_shadow
from studio.gui.designer.items.stamps import stamp
from studio.gui.theme import fonts, icons
from studio.gui.theme.theme import tokens
from studio.resources import resource_path

STRIPE, TILE, TILE_AT, TEXT_LEFT = 4.0, 32.0, 16.0, 58.0
STATUS, BAR = 16.0, 3.0
TEXT_ROOM = WIDTH - TEXT_LEFT - 12
TITLE_ROOM = WIDTH - TEXT_LEFT - STATUS - 16
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class CardMood:
    """What a hand does with the card at the moment."""

    selected: bool = False
    hovered: bool = False


def paint_card(
    painter: QPainter, card: Card, mood: CardMood, zoom: float = 1.0
) -> None:
    """Draw a card at 0, 0; details go when it is drawn small."""
    box = paint_ground(painter, card, mood, zoom)
    if zoom < BLOCK_ZOOM:
        return
    before = painter.opacity()
    painter.setOpacity(before * _strength(card))
    _paint_words(painter, box, card, zoom)
    if card.progress is not None:
        _paint_bar(painter, box, card.progress)
    painter.setOpacity(before)


def paint_ground(
    painter: QPainter, card: Card, mood: CardMood, zoom: float = 1.0
) -> QRectF:
    """What many cards share, without words: a picture made once; the card's box."""
    box = QRectF(0, 0, WIDTH, card_height(len(card.inputs), len(card.outputs)))
    grown = box.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
    icon, status, small = bundled_icon(card.icon), card.look.icon, zoom < BLOCK_ZOOM
    look = (icon, card.look.tone, status, card.dimmed, card.whole, mood, small)
    paint = _paint_block if small else _paint_all_but_words
    stamp(painter, grown, look, lambda to: paint(to, box, card, mood))
    return box


def _paint_all_but_words(
    painter: QPainter, box: QRectF, card: Card, mood: CardMood
) -> None:
    """What many cards share: ground, icon and status."""
    if mood.selected:
        _ring(painter, box)
    soft_shadow(painter, box, RADIUS)
    _paint_ground(painter, box, card, mood)
    painter.setOpacity(_strength(card))
    _paint_tile(painter, box, card)
    _paint_status(painter, card)


def _strength(card: Card) -> float:
    return 0.55 if card.dimmed else 1.0


@cache
def bundled_icon(name: str) -> str:
    """The icon's name, or `cube` for one that isn't bundled."""
    path = resource_path(f"icons/regular/{name}.svg")
    return name if name and path.is_file() else "cube"


def _ring(painter: QPainter, box: QRectF) -> None:
    today = tokens()
    width = float(today.focus_width)
    painter.setPen(QPen(QColor(today.focus), width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    grown = box.adjusted(-width / 2, -width / 2, width / 2, width / 2)
    painter.drawRoundedRect(grown, RADIUS + 1, RADIUS + 1)


def _paint_block(painter: QPainter, box: QRectF, card: Card, mood: CardMood) -> None:
    if mood.selected:
        _ring(painter, box)
    ink, ground = tokens().tone(card.look.tone)
    painter.setPen(QPen(QColor(ink), 2))
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(box, RADIUS, RADIUS)
    _icon(painter, bundled_icon(card.icon), ink, box.center(), 32)


def _paint_ground(painter: QPainter, box: QRectF, card: Card, mood: CardMood) -> None:
    today = tokens()
    outline = QPainterPath()
    outline.addRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
    painter.fillPath(outline, QColor(today.surface))
    painter.save()
    painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)
    stripe = QRectF(0, 0, STRIPE, box.height())
    painter.fillRect(stripe, QColor(today.color(card.look.tone)))
    painter.restore()
    border = today.border_strong if mood.hovered else today.border
    painter.setPen(QPen(QColor(border), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(outline)
    if card.whole:
        inner = box.adjusted(STRIPE + 2.5, 3.5, -3.5, -3.5)
        painter.drawRoundedRect(inner, RADIUS - 3, RADIUS - 3)


def _paint_tile(painter: QPainter, box: QRectF, card: Card) -> None:
    tile = QRectF(TILE_AT, (box.height() - TILE) / 2, TILE, TILE)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens().sunken))
    painter.drawRoundedRect(tile, 6, 6)
    _icon(painter, bundled_icon(card.icon), "text", tile.center(), 20)


def _paint_words(painter: QPainter, box: QRectF, card: Card, zoom: float) -> None:
    today, middle = tokens(), box.height() / 2
    detailed = zoom >= DETAIL_ZOOM
    painter.setFont(_font(13, True, fonts.scaled(1000)))
    painter.setPen(QColor(today.text))
    top = middle - 21 if detailed else middle - 11
    title = QRectF(TEXT_LEFT, top, TITLE_ROOM, 22)
    painter.drawText(title, int(_LEFT), elided(card.title, 13, True, TITLE_ROOM))
    if not detailed:
        return
    painter.setFont(_font(12, False, fonts.scaled(1000)))
    failed = card.look.tone == "err"
    painter.setPen(QColor(today.err if failed else today.text3))
    fact = QRectF(TEXT_LEFT, middle, TEXT_ROOM, 20)
    painter.drawText(fact, int(_LEFT), elided(card.subtitle, 12, False, TEXT_ROOM))


def _paint_status(painter: QPainter, card: Card) -> None:
    middle = QPointF(WIDTH - 12 - STATUS / 2, 8 + STATUS / 2 + 3)
    _icon(painter, card.look.icon, card.look.tone, middle, int(STATUS))


def _paint_bar(painter: QPainter, box: QRectF, progress: float) -> None:
    today = tokens()
    outline = QPainterPath()
    outline.addRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
    painter.save()
    painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)
    track = QRectF(0, box.height() - BAR - 0.5, box.width(), BAR)
    painter.fillRect(track, QColor(today.run_bg))
    # How far isn't known: a short piece in the middle, no false promise.
    share = progress if progress >= 0 else 0.3
    left = 0.0 if progress >= 0 else box.width() * 0.35
    done = QRectF(left, track.top(), box.width() * min(1.0, share), BAR)
    painter.fillRect(done, QColor(today.run))
    painter.restore()


@cache
def _font(size: float, strong: bool, scale: int) -> QFont:
    weight = fonts.SEMIBOLD if strong else fonts.REGULAR
    return fonts.font(size, weight, tabular=not strong)


def elided(text: str, size: float, strong: bool, room: float) -> str:
    """A text cut to its room with an ellipsis, in one line."""
    return _elided(text, size, strong, room, fonts.scaled(1000))


@lru_cache(maxsize=4096)
def _elided(text: str, size: float, strong: bool, room: float, scale: int) -> str:
    metrics = QFontMetricsF(_font(size, strong, scale))
    line = " ".join(text.split())
    return metrics.elidedText(line, Qt.TextElideMode.ElideRight, room)


def _icon(painter: QPainter, name: str, color: str, middle: QPointF, size: int) -> None:
    # Drawn for the zoom it is seen at, else it would be blurred.
    scale = painter.worldTransform().m11() * painter.device().devicePixelRatioF()
    ratio = max(1.0, min(4.0, round(scale * 4) / 4))
    picture = icons.pixmap(name, color, size, ratio=ratio)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    at = QRectF(middle.x() - size / 2, middle.y() - size / 2, size, size)
    painter.drawPixmap(at, picture, QRectF(picture.rect()))
