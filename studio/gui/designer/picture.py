"""A picture in pixels of a picture to scale."""

from __future__ import annotations

from xml.sax.saxutils import escape

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from studio.interchange.pipeline_svg import FONT

SCALE, MOST_PIXELS = 2.0, 12_000.0


def png_of(svg: str, scale: float = SCALE) -> bytes:
    """Drawn at that scale, less where a side would have more than 12,000 pixels.

    May be called in a worker thread: it paints on an image and on nothing else.
    """
    # Qt reads one family, not a list of them.
    family = escape(QGuiApplication.font().family(), {'"': "&quot;"})
    own = svg.replace(FONT, family, 1)
    renderer = QSvgRenderer(QByteArray(own.encode()))
    size = renderer.defaultSize()
    side = max(size.width(), size.height(), 1)
    image = QImage(size * min(scale, MOST_PIXELS / side), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())
