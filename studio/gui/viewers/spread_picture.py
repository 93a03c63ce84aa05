"""One column's values in a large picture, with what the pointer is over."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.domain.table import ColumnProfile
from studio.gui.theme import fonts
from studio.gui.theme.theme import theme, tokens
from studio.gui.viewers.spread import figure, paint_bars, share, told

PAD, HEAD, FOOT, LINE = 16, 26, 20, 22
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class SpreadPicture(QWidget):
    """A histogram of numbers and times, the most frequent of other values.

    The arrow keys walk from bar to bar.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._profile: ColumnProfile | None = None
        self._at = -1
        self.setMinimumWidth(200)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Spread of the column")
        theme().changed.connect(self.update)

    def show_profile(self, profile: ColumnProfile | None) -> None:
        """Draw another column, or nothing."""
        self._profile, self._at = profile, -1
        words = f"{profile.column.name}: {told(profile)}" if profile else ""
        self.setAccessibleDescription(words)
        self.update()

    @property
    def words(self) -> str:
        """Of the bar under the pointer, else of the whole column."""
        profile = self._profile
        if profile is None:
            return ""
        if 0 <= self._at < len(profile.bars):
            low, high, count = profile.bars[self._at]
            return f"{figure(low)} to {figure(high)}: {share(count, profile.count)}"
        if profile.bars:
            return f"{profile.count:,} values"
        return f"{profile.distinct or 0:,} different values"

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self._bar_at(event.position()))

    def leaveEvent(self, event: object) -> None:
        self._point_at(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        bars = len(self._profile.bars) if self._profile else 0
        if step is None or not bars:
            super().keyPressEvent(event)
            return
        self._point_at(min(bars - 1, max(0, self._at + step)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens().surface))
        if self._profile is not None:
            self._paint_head(painter, self._profile)
            if self._profile.bars:
                self._paint_histogram(painter, self._profile)
            else:
                self._paint_top(painter, self._profile)
        if self.hasFocus():
            painter.setPen(QColor(tokens().focus))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(PAD, HEAD + 22, -PAD, -FOOT)

    def _bar_at(self, point: QPointF) -> int:
        area, profile = self._area(), self._profile
        if profile is None or not profile.bars or not area.contains(point):
            return -1
        part = (point.x() - area.left()) / area.width()
        return min(len(profile.bars) - 1, int(part * len(profile.bars)))

    def _point_at(self, bar: int) -> None:
        if bar != self._at:
            self._at = bar
            self.setAccessibleDescription(self.words)
            self.update()

    def _paint_head(self, painter: QPainter, profile: ColumnProfile) -> None:
        today, width = tokens(), self.width() - 2 * PAD
        painter.setFont(fonts.font(13, fonts.SEMIBOLD))
        painter.setPen(QColor(today.text))
        _text(painter, QRectF(PAD, 4, width, HEAD - 4), profile.column.name, _LEFT)
        painter.setFont(fonts.font(12, tabular=True))
        painter.setPen(QColor(today.text3))
        _text(painter, QRectF(PAD, HEAD - 2, width, 18), self.words, _LEFT)

    def _paint_histogram(self, painter: QPainter, profile: ColumnProfile) -> None:
        area, today = self._area(), tokens()
        if self._at >= 0:
            step = area.width() / len(profile.bars)
            lit = QRectF(area.left() + self._at * step, area.top(), step, area.height())
            painter.fillRect(lit, QColor(today.hover))
        paint_bars(painter, area, [count for _, _, count in profile.bars])
        painter.setPen(QColor(today.border))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.setPen(QColor(today.text3))
        painter.setFont(fonts.font(11, tabular=True))
        foot = QRectF(area.left(), area.bottom() + 2, area.width(), FOOT - 4)
        painter.drawText(foot, _LEFT, figure(profile.bars[0][0]))
        painter.drawText(foot, _RIGHT, figure(profile.bars[-1][1]))

    def _paint_top(self, painter: QPainter, profile: ColumnProfile) -> None:
        today, area = tokens(), self._area()
        most = max((count for _, count in profile.top), default=1)
        painter.setFont(fonts.font(12, tabular=True))
        for number, (value, count) in enumerate(profile.top):
            top = area.top() + number * LINE
            if top + LINE > self.height():
                break
            line = QRectF(area.left(), top, area.width(), LINE - 4)
            bar = QRectF(line)
            bar.setWidth(line.width() * count / most)
            painter.fillRect(bar, QColor(today.selected))
            painter.setPen(QColor(today.text))
            room = line.adjusted(6, 0, -110, 0)
            _text(painter, room, value or "(empty)", _LEFT)
            painter.setPen(QColor(today.text2))
            painter.drawText(
                line.adjusted(0, 0, -6, 0), _RIGHT, share(count, profile.count)
            )


def _text(painter: QPainter, area: QRectF, text: str, flags: int) -> None:
    elide = Qt.TextElideMode.ElideRight
    shown = painter.fontMetrics().elidedText(text, elide, int(area.width()))
    painter.drawText(area, flags, shown)
