"""All cards of an area in one pass: pictures near, blocks further out, boxes far out.

A frame has little time, so it makes few new pictures: a card without one for today's
zoom is drawn with an older one scaled, or without words, and `unfinished` asks for
another frame.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple, TypeAlias, cast

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QTransform

from studio.gui.designer.geometry import BLOCK_ZOOM, WIDTH
from studio.gui.designer.items.card_paint import paint_ground
from studio.gui.designer.items.node_item import NodeItem
from studio.gui.designer.items.stamps import Stamps, picture
from studio.gui.designer.sheets import Box, Sheet, Sheets
from studio.gui.theme import fonts
from studio.gui.theme.theme import tokens
from studio.gui.theme.tokens import Tone

MOST_PIXELS = 12 << 20
BUDGET_SECONDS = 0.002
STILL_BUDGET_SECONDS = 0.03
"""For few cards that don't move: better whole a moment later than without words."""
TINY_ZOOM = 0.1
FEW = 60
"""Cards whose scaled pictures can be smooth within a frame."""
_UPRIGHT = QTransform()
_Block: TypeAlias = tuple[float, float, Hashable, NodeItem]
"""Left, top, and all that a small card's picture depends on."""


class _Look(NamedTuple):
    """All that a card's picture depends on beside the card."""

    zoom: float
    ratio: float
    letters: int


class CardPass:
    """Paints cards, and keeps the pictures of those painted lately."""

    def __init__(self) -> None:
        self.unfinished = False
        """Whether any patch since `begin` was drawn in haste."""
        self._pictures, self._blocks = Stamps(MOST_PIXELS), Stamps()
        self._made: dict[NodeItem, tuple[int, _Look]] = {}

    def begin(self) -> None:
        """A frame begins; it may be painted in several patches."""
        self.unfinished = False

    def forget(self, card: NodeItem) -> None:
        """A card is gone for good."""
        self._made.pop(card, None)

    def paint(
        self,
        painter: QPainter,
        cards: Sheets[NodeItem],
        area: Box,
        *,
        moving: bool,
        plain: bool,
    ) -> None:
        """Draw every card that may touch an area of the scene; `plain` as boxes.

        While the zoom is `moving`, pictures made for another zoom are good enough.
        """
        zoom = painter.worldTransform().m11()
        if plain:
            _paint_boxes(painter, cards.sheets(area))
            return
        if zoom < BLOCK_ZOOM:
            self._paint_blocks(painter, cards.sheets(area))
        else:
            seen = sorted(cards.near(area), key=attrgetter("number"))
            self._paint_pictures(painter, seen, moving)

    def _paint_pictures(
        self, painter: QPainter, cards: Sequence[NodeItem], moving: bool
    ) -> None:
        transform = painter.worldTransform()
        zoom, ratio = transform.m11(), painter.device().devicePixelRatioF()
        dx, dy = transform.dx(), transform.dy()
        look = _Look(zoom, ratio, fonts.scaled(1000))
        still = not moving and len(cards) <= FEW
        budget = STILL_BUDGET_SECONDS if still else BUDGET_SECONDS
        until = time.perf_counter() + budget
        bare: list[NodeItem] = []
        painter.setWorldTransform(_UPRIGHT)
        smooth = len(cards) <= FEW
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        self._pictures.keep_to_theme()
        find, known, draw = self._pictures.take_up, self._made.get, painter.drawPixmap
        for card in cards:
            left, top, right, bottom = card.bounds
            x = round((left * zoom + dx) * ratio) / ratio
            y = round((top * zoom + dy) * ratio) / ratio
            made = find(card)
            stale = made is None or known(card) != (card.revision, look)
            if stale and not (moving and made) and time.perf_counter() < until:
                made, stale = self._make(card, look), False
            self.unfinished |= stale
            if made is None:
                bare.append(card)
            elif stale:
                to = QRectF(x, y, (right - left) * zoom, (bottom - top) * zoom)
                draw(to, made, QRectF(made.rect()))
            else:
                draw(QPointF(x, y), made)
        painter.setWorldTransform(transform)
        _paint_grounds(painter, bare)

    def _paint_blocks(
        self, painter: QPainter, sheets: Iterable[Sheet[NodeItem]]
    ) -> None:
        """Small cards: so many look alike that one picture serves them."""
        transform = painter.worldTransform()
        zoom, ratio = transform.m11(), painter.device().devicePixelRatioF()
        dx, dy, draw = transform.dx(), transform.dy(), painter.drawPixmap
        looks: dict[Hashable, QPixmap] = {}
        painter.setWorldTransform(_UPRIGHT)
        for sheet in sheets:
            for left, top, look, item in _blocks_on(sheet):
                made = looks.get(look)
                if made is None:
                    made = looks[look] = self._block(item, zoom, ratio, look)
                x, y = (left * zoom + dx) * ratio, (top * zoom + dy) * ratio
                draw(QPointF(round(x) / ratio, round(y) / ratio), made)
        painter.setWorldTransform(transform)

    def _block(
        self, item: NodeItem, zoom: float, ratio: float, look: Hashable
    ) -> QPixmap:
        return self._blocks.get(
            (look, zoom, ratio),
            lambda: picture(item.boundingRect(), zoom * ratio, ratio, item.paint),
        )

    def _make(self, card: NodeItem, look: _Look) -> QPixmap:
        scale = look.zoom * look.ratio
        made = picture(card.boundingRect(), scale, look.ratio, card.paint)
        self._made[card] = (card.revision, look)
        return self._pictures.keep(card, made)


def _paint_grounds(painter: QPainter, cards: Iterable[NodeItem]) -> None:
    transform = painter.worldTransform()
    zoom = transform.m11()
    for card in cards:
        x, y = card.x * zoom + transform.dx(), card.y * zoom + transform.dy()
        painter.setWorldTransform(QTransform(zoom, 0, 0, zoom, x, y))
        paint_ground(painter, card.card, card.mood, zoom)
    painter.setWorldTransform(transform)


def _paint_boxes(painter: QPainter, sheets: Iterable[Sheet[NodeItem]]) -> None:
    """Coloured rectangles, all of one tone at once."""
    boxes: defaultdict[Tone, list[QRectF]] = defaultdict(list)
    chosen: list[QRectF] = []
    for sheet in sheets:
        for tone, rects in _boxes_on(sheet).items():
            (chosen if tone is None else boxes[tone]).extend(rects)
    today, tiny = tokens(), painter.worldTransform().m11() < TINY_ZOOM
    for tone, rects in boxes.items():
        ink, ground = today.tone(tone)
        painter.setPen(Qt.PenStyle.NoPen if tiny else _cosmetic(ink, 1))
        painter.setBrush(QColor(ink if tiny else ground))
        painter.drawRects(rects)
    if chosen:
        painter.setPen(_cosmetic(today.focus, today.focus_width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRects(chosen)


def boxes_by_tone(cards: Sheets[NodeItem]) -> dict[Tone, list[QRectF]]:
    """The boxes of all cards, by the tone of their state."""
    found: defaultdict[Tone, list[QRectF]] = defaultdict(list)
    for sheet in cards.all:
        for tone, boxes in _boxes_on(sheet).items():
            if tone is not None:
                found[tone].extend(boxes)
    return found


def _blocks_on(sheet: Sheet[NodeItem]) -> list[_Block]:
    """A sheet's cards in their order; those of one look share a picture."""
    found = sheet.drawn.get("blocks")
    if found is None:
        cards = sorted(sheet.things, key=lambda item: item.number)
        found = [(*item.bounds[:2], _look_of(item), item) for item in cards]
        sheet.drawn["blocks"] = found
    return cast("list[_Block]", found)


def _look_of(item: NodeItem) -> Hashable:
    card = item.card
    mood = (card.whole, item.selected, item.hovered, item.marks, item.opacity)
    return (card.icon, card.look, card.dimmed, *mood, item.height)


def _boxes_on(sheet: Sheet[NodeItem]) -> dict[Tone | None, list[QRectF]]:
    """The boxes of a sheet's cards by tone, and (None) of the selected ones."""
    found = sheet.drawn.get("boxes")
    if found is None:
        made: defaultdict[Tone | None, list[QRectF]] = defaultdict(list)
        for item in sheet.things:
            box = QRectF(item.x, item.y, WIDTH, item.height)
            made[item.card.look.tone].append(box)
            if item.selected:
                made[None].append(box)
        found = sheet.drawn["boxes"] = made
    return cast("dict[Tone | None, list[QRectF]]", found)


def _cosmetic(color: str, width: float) -> QPen:
    pen = QPen(QColor(color), width)
    pen.setCosmetic(True)
    return pen
