"""What looks the same on many cards, painted once for each zoom and stamped."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform

from studio.gui.theme.theme import tokens
from studio.gui.theme.tokens import Tokens

MOST_PIXELS = 8 << 20
_ANTIALIASED = QPainter.RenderHint.Antialiasing
_UPRIGHT = QTransform()


class Stamps:
    """The pictures of one theme, those used last at the end."""

    def __init__(self, most_pixels: int = MOST_PIXELS) -> None:
        self.most_pixels = most_pixels
        self.tokens: Tokens | None = None
        self.pictures: OrderedDict[Hashable, QPixmap] = OrderedDict()
        self.pixels = 0

    def get(self, key: Hashable, make: Callable[[], QPixmap]) -> QPixmap:
        return self.find(key) or self.keep(key, make())

    def find(self, key: Hashable) -> QPixmap | None:
        """A picture made before in today's colours."""
        self.keep_to_theme()
        return self.take_up(key)

    def keep_to_theme(self) -> None:
        """Forget pictures in other colours than today's."""
        today = tokens()
        if today is not self.tokens:
            self.pictures.clear()
            self.tokens, self.pixels = today, 0

    def take_up(self, key: Hashable) -> QPixmap | None:
        """As `find`, once it is sure that the theme is today's."""
        found = self.pictures.get(key)
        if found is not None:
            self.pictures.move_to_end(key)
        return found

    def keep(self, key: Hashable, picture: QPixmap) -> QPixmap:
        if (old := self.pictures.pop(key, None)) is not None:
            self.pixels -= old.width() * old.height()
        self.pictures[key] = picture
        self.pixels += picture.width() * picture.height()
        while self.pixels > self.most_pixels and len(self.pictures) > 1:
            _, old = self.pictures.popitem(last=False)
            self.pixels -= old.width() * old.height()
        return picture


_stamps = Stamps()


def stamp(
    painter: QPainter,
    area: QRectF,
    look: Hashable,
    paint: Callable[[QPainter], object],
) -> None:
    """Draw what `paint` draws within `area`; `look` is all that it depends on
    beside the size of the area and the theme. It stands on whole pixels."""
    transform = painter.worldTransform()
    ratio = painter.device().devicePixelRatioF()
    scale = transform.m11() * ratio
    key = (look, area.width(), area.height(), scale)
    made = _stamps.get(key, lambda: picture(area, scale, ratio, paint))
    at = transform.map(area.topLeft())
    x, y = (round(part * ratio) / ratio for part in (at.x(), at.y()))
    painter.setWorldTransform(_UPRIGHT)
    painter.drawPixmap(QPointF(x, y), made)
    painter.setWorldTransform(transform)


def stamp_at(
    painter: QPainter,
    points: Iterable[QPointF],
    size: float,
    look: Hashable,
    paint: Callable[[QPainter], object],
) -> None:
    """As `stamp`, around many points: `paint` draws around 0, 0 in a square."""
    transform = painter.worldTransform()
    zoom, ratio = transform.m11(), painter.device().devicePixelRatioF()
    dx, dy, scale, half = transform.dx(), transform.dy(), zoom * ratio, size / 2
    area = QRectF(-half, -half, size, size)
    key = (look, size, size, scale)
    made: QPixmap | None = None
    painter.setWorldTransform(_UPRIGHT)
    for point in points:
        made = made or _stamps.get(key, lambda: picture(area, scale, ratio, paint))
        x, y = (point.x() - half) * zoom + dx, (point.y() - half) * zoom + dy
        at = QPointF(round(x * ratio) / ratio, round(y * ratio) / ratio)
        painter.drawPixmap(at, made)
    painter.setWorldTransform(transform)


def picture(
    area: QRectF, scale: float, ratio: float, paint: Callable[[QPainter], object]
) -> QPixmap:
    """What `paint` draws within `area`, as a picture for screens of that ratio."""
    size = (area.width() * scale, area.height() * scale)
    made = QPixmap(*(max(1, math.ceil(side)) for side in size))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(_ANTIALIASED)
    painter.scale(scale, scale)
    painter.translate(-area.topLeft())
    paint(painter)
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made
