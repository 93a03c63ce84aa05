"""Things to press on the first page: tiles that start something, rows that lead on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from studio.gui.theme import fonts
from studio.gui.theme.theme import theme, tokens
from studio.gui.theme.tokens import RADIUS_CARD, RADIUS_CONTROL
from studio.gui.widgets.chip import paint_icon

PAD, TILE, TILE_ICON, GAP = 12, 32, 20, 10
_ELIDE = Qt.TextElideMode.ElideRight
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop


class _Pressable(QAbstractButton):
    """A surface that is a button: pointer, hover, focus, Space and Enter."""

    def __init__(self, text: str, description: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(text)
        self.setAccessibleDescription(description)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hovered = False
        theme().changed.connect(self.updateGeometry)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.hovered = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered = False
        self.update()

    def keyPressEvent(self, event: object) -> None:
        if getattr(event, "key", int)() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)  # type: ignore[arg-type]


class ActionCard(_Pressable):
    """A tile with an icon, a verb and what it does."""

    def __init__(
        self,
        icon: str,
        text: str,
        description: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, description, parent)
        self._icon, self._description = icon, description
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        line = QFontMetrics(fonts.font(12)).lineSpacing()
        title = QFontMetrics(fonts.font(13, fonts.SEMIBOLD)).lineSpacing()
        return QSize(160, 2 * PAD + TILE + GAP + title + 2 + 2 * line)

    def minimumSizeHint(self) -> QSize:
        return QSize(124, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_card(painter, self.rect(), hovered=self.hovered, focused=self.hasFocus())
        paint_tile(painter, self._icon, PAD, PAD, enabled=self.isEnabled())
        self._paint_words(painter)
        painter.end()

    def _paint_words(self, painter: QPainter) -> None:
        today, on = tokens(), self.isEnabled()
        room = self.rect().adjusted(PAD, PAD + TILE + GAP, 4 - PAD, -PAD)
        painter.setFont(fonts.font(13, fonts.SEMIBOLD))
        painter.setPen(QColor(today.text if on else today.disabled))
        used = painter.drawText(room, int(_WRAP), self.text())
        rest = room.adjusted(0, used.height() + 2, 0, 4)
        painter.setFont(fonts.font(12))
        painter.setPen(QColor(today.text3 if on else today.disabled))
        painter.drawText(rest, int(_WRAP), self._description)


class LinkRow(_Pressable):
    """A row that leads to a thing: an icon in a token's ink, its name, a fact at
    the right and a detail under the name."""

    def __init__(
        self,
        text: str,
        fact: str = "",
        *,
        icon: str,
        ink: str = "text2",
        detail: str = "",
        is_path: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        said = ", ".join(part for part in (detail, fact) if part)
        super().__init__(text, said, parent)
        self._fact, self._icon, self._ink, self._detail = fact, icon, ink, detail
        self._elide = Qt.TextElideMode.ElideMiddle if is_path else _ELIDE
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, fonts.scaled(48 if self._detail else 34))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        inner = self.rect().adjusted(12, 0, -12, 0)
        ink = tokens().color(self._ink)
        middle = inner.center().y() + 1
        paint_icon(painter, self._icon, ink, inner.left(), middle, 18)
        right = self._paint_fact(painter, inner)
        left = inner.left() + 28
        self._paint_name(painter, QRect(left, 0, right - left, self.height()))
        painter.end()

    def _paint_ground(self, painter: QPainter) -> None:
        today = tokens()
        if self.hovered or self.isDown():
            painter.fillRect(self.rect(), QColor(today.hover))
        if self.hasFocus():
            _paint_focus(painter, QRectF(self.rect()).adjusted(2, 2, -2, -2))

    def _paint_fact(self, painter: QPainter, inner: QRect) -> int:
        painter.setFont(fonts.font(12, tabular=True))
        painter.setPen(QColor(tokens().text3))
        width = painter.fontMetrics().horizontalAdvance(self._fact)
        painter.drawText(inner, int(_MIDDLE | Qt.AlignmentFlag.AlignRight), self._fact)
        return inner.right() - (width + 8 if width else 0)

    def _paint_name(self, painter: QPainter, room: QRect) -> None:
        half = room.height() // 2
        upper = room.adjusted(0, 5, 0, -half) if self._detail else room
        painter.setFont(fonts.font(13))
        painter.setPen(QColor(tokens().text))
        name = painter.fontMetrics().elidedText(self.text(), _ELIDE, room.width())
        painter.drawText(upper, int(_MIDDLE), name)
        painter.setFont(fonts.font(12))
        painter.setPen(QColor(tokens().text3))
        shown = painter.fontMetrics().elidedText(
            self._detail, self._elide, room.width()
        )
        painter.drawText(room.adjusted(0, half, 0, -5), int(_MIDDLE), shown)


def paint_card(
    painter: QPainter, rect: QRect, *, hovered: bool = False, focused: bool = False
) -> None:
    """A card's surface and border, with a focus ring where it has the focus."""
    today = tokens()
    box = QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setBrush(QColor(today.surface))
    painter.setPen(QPen(QColor(today.border_strong if hovered else today.border), 1))
    painter.drawRoundedRect(box, RADIUS_CARD, RADIUS_CARD)
    if focused:
        _paint_focus(painter, box.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CARD)


def paint_tile(
    painter: QPainter, icon: str, left: int, top: int, *, enabled: bool = True
) -> None:
    """An icon on its sunken tile, as on the cards of the canvas."""
    today = tokens()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(today.sunken))
    box = QRectF(left, top, TILE, TILE)
    painter.drawRoundedRect(box, RADIUS_CONTROL, RADIUS_CONTROL)
    ink = today.text2 if enabled else today.disabled
    inset = (TILE - TILE_ICON) // 2
    paint_icon(painter, icon, ink, left + inset, top + TILE // 2, TILE_ICON)


def _paint_focus(
    painter: QPainter, box: QRectF, radius: float = RADIUS_CONTROL
) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(tokens().focus), tokens().focus_width))
    painter.drawRoundedRect(box, radius, radius)


class IconTile(QWidget):
    """An icon on a sunken tile, as part of a card."""

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setFixedSize(TILE, TILE)

    def set_icon(self, icon: str) -> None:
        self._icon = icon
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_tile(painter, self._icon, 0, 0)
        painter.end()
