"""Parallel coordinates: one line for each trial, across an axis for each value.

plot = ParallelPlot("Trials as parallel coordinates")
plot.show_traces(axes, traces)
plot.brushed.connect(self.filter)      # keys of the lines inside every brush, or None
plot.picked.connect(table.select_key)
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from studio.gui.theme import fonts
from studio.gui.theme.theme import theme, tokens
from studio.gui.widgets.parallel_axes import Axis, Brush, Trace, nearest
from studio.gui.widgets.parallel_keys import WHOLE, AxisHold, moved
from studio.gui.widgets.parallel_paint import (
    Look,
    paint_axis,
    paint_brush,
    paint_focus,
    paint_trace,
)

LEFT, RIGHT, HEAD, FOOT = 72, 40, 30, 14
TITLE_GAP, MANY = 12.0, 150
REACH, GRAB, LEAST_BRUSH = 7.0, 12.0, 3.0
_SOON = "Lines follow with the trials"


class ParallelPlot(QWidget):
    """Drag along an axis to keep only the lines that cross it there; a click beside
    the brush, or Escape, takes it away. Up and Down walk the lines by how good they
    are, Page Up and Page Down by number. Left and Right go to an axis: there Up and
    Down move the upper end of its range, with Shift the lower one, Escape clears it."""

    picked = Signal(object)
    """The key of a line chosen by mouse or keys."""
    brushed = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.axes: tuple[Axis, ...] = ()
        self.traces: tuple[Trace, ...] = ()
        self.brushes: dict[int, Brush] = {}
        self.holds: list[AxisHold] = []
        self._chosen: int | None = None
        self._hovered: int | None = None
        self._pulled: tuple[int, float] | None = None
        self._picture: QPixmap | None = None
        self._corners: dict[int, list[tuple[float, float]]] = {}
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(QSize(240, 110))
        theme().changed.connect(self._move)

    def show_traces(self, axes: Sequence[Axis], traces: Sequence[Trace]) -> None:
        """Draw these; brushes stay while the axes have the same titles."""
        if [axis.title for axis in axes] != [axis.title for axis in self.axes]:
            self.brushes.clear()
        self.axes, self.traces = tuple(axes), tuple(traces)
        self._hold_axes()
        self._move()
        if self.brushes:
            self.brushed.emit(self.kept)

    def choose(self, key: int | None) -> None:
        """Stress one line, without telling `picked`."""
        if key != self._chosen:
            self._chosen = key
            self._tell()

    @property
    def chosen(self) -> int | None:
        return self._chosen

    @property
    def told(self) -> str:
        """What is said of the line under the pointer, else of the chosen one."""
        key = self._hovered if self._hovered is not None else self._chosen
        return next((one.told for one in self.traces if one.key == key), "")

    @property
    def kept(self) -> frozenset[int] | None:
        """The lines inside every brush; None while there is none."""
        if not self.brushes:
            return None
        return frozenset(one.key for one in self.traces if self._inside(one))

    @property
    def axis(self) -> int | None:
        """The axis that has the focus."""
        return next((n for n, hold in enumerate(self.holds) if hold.hasFocus()), None)

    def clear_brushes(self) -> None:
        if self.brushes:
            self.brushes.clear()
            self._brushes_changed()

    def point(self, axis: int, place: float) -> QPointF:
        """Where a place of an axis is drawn."""
        area = self._area()
        gaps = max(1, len(self.axes) - 1)
        x = area.left() + area.width() * axis / gaps
        return QPointF(x, area.bottom() - place * area.height())

    # -- events ------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        axis = self._axis_at(event.position())
        if axis is not None:
            self._pulled = (axis, event.position().y())
        elif (key := self._line_at(event.position())) is not None:
            self._pick(key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._pulled is not None:
            self._brush(*self._pulled, at.y())
            return
        over = self._axis_at(at) is not None
        shape = Qt.CursorShape.SplitVCursor if over else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)
        self._hover(None if over else self._line_at(at))
        if self._hovered is not None:
            QToolTip.showText(event.globalPosition().toPoint(), self.told, self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pulled is None:
            return
        axis, start = self._pulled
        self._pulled = None
        if abs(event.position().y() - start) >= LEAST_BRUSH:
            return
        if self.brushes.pop(axis, None) is not None:
            self._brushes_changed()
        elif (key := self._line_at(event.position())) is not None:
            self._pick(key)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self._axis_key(key, event.modifiers()):
            return
        if key == Qt.Key.Key_Escape and self.brushes:
            self.clear_brushes()
        elif key in _STEPS and self.traces:
            self._walk(*_STEPS[key])
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._move()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture is None:
            self._picture = self._drawn()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for key, width in ((self._chosen, 3.0), (self._hovered, 2.5)):
            for trace in self.traces:
                if trace.key == key:
                    paint_trace(painter, self._points(trace), trace, "lit", width)
        for number, axis in enumerate(self.axes):
            foot, head = self.point(number, 0.0), self.point(number, 1.0)
            paint_axis(painter, axis, foot, head, self._room())
        for number, brush in self.brushes.items():
            top, bottom = (self.point(number, place) for place in reversed(brush))
            paint_brush(painter, top, bottom)
        if (at := self.axis) is not None:
            ends = self.point(at, 1.0), self.point(at, 0.0)
            words = self.axes[at].range_words(*self.brushes.get(at, WHOLE))
            paint_focus(painter, *ends, words)
        self._paint_frame(painter)
        painter.end()

    # -- inside ------------------------------------------------------------------------

    def _axis_key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        """Whether it was a key that is about an axis."""
        at = self.axis
        if (step := _ACROSS.get(key)) is not None and self.holds:
            last = len(self.holds) - 1
            start = 0 if step > 0 else last
            self.holds[start if at is None else min(last, max(0, at + step))].setFocus()
        elif at is None:
            return False
        elif (way := _ALONG.get(key)) is not None:
            lower = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
            axis, brush = self.axes[at], self.brushes.get(at)
            self._set_brush(at, moved(axis, brush, way, top=not lower))
        elif key == Qt.Key.Key_Escape and at in self.brushes:
            self._set_brush(at, None)
        elif key == Qt.Key.Key_Escape:
            self.setFocus()
        else:
            return False
        return True

    def _set_brush(self, axis: int, brush: Brush | None) -> None:
        if brush == self.brushes.get(axis):
            return
        self.brushes.pop(axis, None)
        if brush is not None:
            self.brushes[axis] = brush
        self._brushes_changed()

    def _hold_axes(self) -> None:
        """One for each axis, of which the first stay as long as there are as many."""
        while len(self.holds) > len(self.axes):
            gone = self.holds.pop()
            if gone.hasFocus():
                self.setFocus()
            gone.deleteLater()
        while len(self.holds) < len(self.axes):
            self.holds.append(AxisHold(self))
            self.holds[-1].show()

    def _tell_axes(self) -> None:
        for number, (axis, hold) in enumerate(zip(self.axes, self.holds, strict=True)):
            head, foot = self.point(number, 1.0), self.point(number, 0.0)
            box = QRectF(head.x() - GRAB, head.y(), 2 * GRAB, foot.y() - head.y())
            hold.setGeometry(box.toRect())
            brush = self.brushes.get(number)
            inside = len(self.traces if self.kept is None else self.kept)
            hold.tell(axis, brush, inside, len(self.traces))

    def _paint_frame(self, painter: QPainter) -> None:
        today = tokens()
        if not self.traces:
            painter.setPen(QColor(today.text3))
            painter.setFont(fonts.font(12))
            middle = int(Qt.AlignmentFlag.AlignCenter)
            box = painter.boundingRect(self.rect(), middle, _SOON)
            painter.fillRect(box.adjusted(-8, 0, 8, 0), QColor(today.surface))
            painter.drawText(box, middle, _SOON)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(today.focus))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _drawn(self) -> QPixmap:
        """All lines, worst first: what hovering and choosing don't change."""
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(tokens().surface))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        kept = self.kept
        usual = 1.5 if len(self.traces) <= MANY else 1.0  # thin lines are drawn fast
        for trace in sorted(self.traces, key=lambda one: self._order(one, kept)):
            out = kept is not None and trace.key not in kept
            look: Look = "out" if out else "faint" if trace.faint else "plain"
            width = 2.5 if trace.rank == 1 and not out else usual
            paint_trace(painter, self._points(trace), trace, look, width)
        painter.end()
        return picture

    def _order(self, trace: Trace, kept: frozenset[int] | None) -> tuple[bool, float]:
        inside = kept is None or trace.key in kept
        return inside, -1.0 if trace.rank is None else trace.rank

    def _area(self) -> QRectF:
        head, foot = fonts.scaled(HEAD), fonts.scaled(FOOT)
        left, right = fonts.scaled(LEFT), fonts.scaled(RIGHT)
        return QRectF(self.rect()).adjusted(left, head, -right, -foot)

    def _room(self) -> float:
        """How wide an axis's title may be."""
        gap = self._area().width() / max(1, len(self.axes) - 1)
        return max(24.0, gap - TITLE_GAP)

    def _points(self, trace: Trace) -> list[tuple[float, float]]:
        """The corners of a line, remembered until something moves."""
        found = self._corners.get(trace.key)
        if found is None:
            found = self._corners[trace.key] = self._corners_of(trace)
        return found

    def _corners_of(self, trace: Trace) -> list[tuple[float, float]]:
        """Up to the first axis on which the line has no place."""
        found: list[tuple[float, float]] = []
        pairs = zip(self.axes, trace.values, strict=True)
        for number, (axis, value) in enumerate(pairs):
            place = axis.place(value)
            if place is None:
                break
            at = self.point(number, place)
            found.append((at.x(), at.y()))
        return found

    def _inside(self, trace: Trace) -> bool:
        for number, (low, high) in self.brushes.items():
            place = self.axes[number].place(trace.values[number])
            if place is None or not low - 1e-9 <= place <= high + 1e-9:
                return False
        return True

    def _axis_at(self, at: QPointF) -> int | None:
        area = self._area()
        if not area.top() - GRAB <= at.y() <= area.bottom() + GRAB:
            return None
        for number in range(len(self.axes)):
            if abs(self.point(number, 0).x() - at.x()) <= GRAB:
                return number
        return None

    def _line_at(self, at: QPointF) -> int | None:
        kept = self.kept
        lines = (
            (one.key, self._points(one))
            for one in self.traces
            if kept is None or one.key in kept
        )
        return nearest(lines, at.x(), at.y(), REACH)

    def _brush(self, axis: int, start: float, end: float) -> None:
        if abs(end - start) < LEAST_BRUSH:
            return
        area = self._area()
        places = [(area.bottom() - y) / area.height() for y in (start, end)]
        low, high = (min(1.0, max(0.0, place)) for place in sorted(places))
        self.brushes[axis] = (low, high)
        self._brushes_changed()

    def _brushes_changed(self) -> None:
        self._redraw()
        self.brushed.emit(self.kept)

    def _walk(self, step: int, by_rank: bool) -> None:
        kept = self.kept
        shown = [one for one in self.traces if kept is None or one.key in kept]
        if by_rank:
            shown = [one for one in shown if one.rank is not None]
            shown.sort(key=lambda one: (one.rank or 0.0, one.key))
        else:
            shown.sort(key=lambda one: one.key)
        if not shown:
            return
        keys = [one.key for one in shown]
        if self._chosen in keys:
            at = min(len(keys) - 1, max(0, keys.index(self._chosen) + step))
        else:
            at = -1 if by_rank else 0
        self._pick(keys[at])

    def _pick(self, key: int) -> None:
        self.choose(key)
        self.picked.emit(key)

    def _hover(self, key: int | None) -> None:
        if key != self._hovered:
            self._hovered = key
            if key is None:
                QToolTip.hideText()
            self._tell()

    def _tell(self) -> None:
        self.setAccessibleDescription(self.told)
        self.update()

    def _move(self) -> None:
        self._corners.clear()
        self._redraw()

    def _redraw(self) -> None:
        self._picture = None
        self._tell_axes()
        self.update()


_STEPS = {
    Qt.Key.Key_PageUp: (-1, False),
    Qt.Key.Key_PageDown: (1, False),
    Qt.Key.Key_Down: (-1, True),
    Qt.Key.Key_Up: (1, True),
}
_ACROSS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_ALONG = {Qt.Key.Key_Down: -1, Qt.Key.Key_Up: 1}
