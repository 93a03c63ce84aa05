"""The canvas: zoom, pan, the dot grid, and which gesture a press begins."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsView, QWidget

from studio.gui.designer.drops import Drops
from studio.gui.designer.editor import Editor
from studio.gui.designer.geometry import (
    LEAST_ZOOM,
    MOST_ZOOM,
    OPENING_ZOOM,
    READABLE_ZOOM,
)
from studio.gui.designer.gestures.card import card_gesture
from studio.gui.designer.gestures.connect import (
    Answers,
    ConnectGesture,
    Held,
    Refusal,
    held_at_end,
    held_at_port,
    insert_adapter,
)
from studio.gui.designer.gestures.gesture import Gesture
from studio.gui.designer.gestures.marquee import MarqueeGesture
from studio.gui.designer.gestures.pan import PanGesture
from studio.gui.designer.gestures.slab import slab_gesture
from studio.gui.designer.grid import paint_grid
from studio.gui.designer.hint import Hint
from studio.gui.designer.hover import Hover
from studio.gui.designer.painting import Painting
from studio.gui.designer.repair import Repair
from studio.gui.designer.walking import ARROWS, Walk
from studio.gui.theme.theme import theme

EVERYWHERE = QRectF(-100_000, -100_000, 200_000, 200_000)
MARGIN, STEP = 48.0, 1.15
_MEND = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CanvasView(QGraphicsView):
    """Shows the scene of an `Editor`; presses become gestures."""

    quick_add_wanted = Signal(object, object)
    """Scene point, and the `PortRef` a wire was pulled from (or None)."""
    next_wanted = Signal()
    files_dropped = Signal(object, object)
    """Paths, and the scene point."""
    menu_wanted = Signal(object)
    opened = Signal(str)
    edit_wanted = Signal(str)
    """Of a frame or note, by id: its text is to be edited."""
    moved = Signal()
    scrolled = Signal()
    """What stands over the canvas was taken along, too."""

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(editor.scene, parent)
        self.editor = editor
        self.gesture: Gesture | None = None
        self._space = False
        self.hint = Hint(self.viewport())
        self._drops = Drops(editor, self.hint.say, self.files_dropped.emit)
        self.repair = Repair(self.viewport())
        self._walk = Walk(editor, self.reveal, self.middle)
        self._hover = Hover(editor.scene, self.viewport())
        self.painting = Painting(editor.scene, self.viewport(), EVERYWHERE)
        self.setAccessibleName("Canvas")
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setSceneRect(EVERYWHERE)
        never = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setHorizontalScrollBarPolicy(never)
        self.setVerticalScrollBarPolicy(never)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        # The grid fills it: then Qt moves what it has drawn when the view is panned.
        opaque = Qt.WidgetAttribute.WA_OpaquePaintEvent
        self.viewport().setAttribute(opaque)
        theme().changed.connect(self.viewport().update)
        editor.added.connect(self._show_added)

    # -- zoom ------------------------------------------------------------------------

    @property
    def zoom(self) -> float:
        return self.transform().m11()

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Zoom, keeping what is under a viewport point (the middle) where it is."""
        factor = min(MOST_ZOOM, max(LEAST_ZOOM, self.zoom * factor)) / self.zoom
        at = around or QPointF(self.viewport().rect().center())
        before = self.mapToScene(at.toPoint())
        self.scale(factor, factor)
        shift = self.mapFromScene(before) - at.toPoint()
        self._scroll(shift.x(), shift.y())
        self.moved.emit()

    def reset_zoom(self) -> None:
        self.zoom_by(1 / self.zoom)

    def fit(self, *, least: float = LEAST_ZOOM, everything: bool = False) -> None:
        """Show the selected cards, or all; never smaller than `least`."""
        scene = self.editor.scene
        area = scene.content_rect() if everything else scene.area_to_fit()
        if area.isNull():
            self.reset_zoom()
            self.centerOn(0, 0)
            return
        area = area.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        zoom = max(least, self._zoom_for(area))
        self.zoom_by(zoom / self.zoom)
        seen_width = self.viewport().width() / zoom
        middle = area.center()
        if area.width() > seen_width:  # then from the beginning
            middle.setX(area.left() + seen_width / 2)
        self.centerOn(middle)
        self.moved.emit()

    def fit_opening(self) -> None:
        """All of a newly opened pipeline where that can be read, else its beginning,
        larger; the map shows that there is more."""
        self.editor.scene.clearSelection()
        around = (-MARGIN, -MARGIN, MARGIN, MARGIN)
        wanted = self._zoom_for(self.editor.scene.content_rect().adjusted(*around))
        self.fit(least=LEAST_ZOOM if wanted >= READABLE_ZOOM else OPENING_ZOOM)

    def _zoom_for(self, area: QRectF) -> float:
        """That at which an area fits into the view, at most 1."""
        port = self.viewport().size()
        return min(port.width() / area.width(), port.height() / area.height(), 1.0)

    def reveal(self, node_id: str) -> None:
        """Bring a card, frame or note into view, moving no more than needed."""
        scene = self.editor.scene
        item = scene.nodes.get(node_id) or scene.slabs.items.get(node_id)
        if item is not None:
            self.ensureVisible(item.box, 40, 40)
            self.moved.emit()

    def middle(self) -> QPointF:
        """The scene point in the middle of the view."""
        return self.mapToScene(self.viewport().rect().center())

    def seen(self) -> QRectF:
        """What of the scene is in view."""
        return self.mapToScene(self.viewport().rect()).boundingRect()

    # -- mouse -----------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        button, at = event.button(), event.position()
        self.repair.hide()
        if self.gesture is not None:
            return
        self._hover.leave()
        pans = button == Qt.MouseButton.LeftButton and self._space
        if pans or button == Qt.MouseButton.MiddleButton:
            self.gesture = PanGesture(self, at.toPoint())
        elif button == Qt.MouseButton.LeftButton:
            self.gesture = self._begin(self.mapToScene(at.toPoint()), event.modifiers())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if isinstance(self.gesture, PanGesture):
            self.gesture.move_view(event.position().toPoint())
            self.moved.emit()
        elif self.gesture is not None:
            self.hint.place(event.position())
            point = self.mapToScene(event.position().toPoint())
            self.gesture.move(point, event.modifiers())
        elif not self._space:
            self._hover.move(self.mapToScene(event.position().toPoint()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.gesture is None:
            super().mouseReleaseEvent(event)
            return
        gesture, self.gesture = self.gesture, None
        point = self.mapToScene(event.position().toPoint())
        gesture.finish(point, event.modifiers())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        point = self.mapToScene(event.position().toPoint())
        node = self.editor.scene.node_at(point)
        if node is not None:
            self.opened.emit(node.card.id)
        elif self.editor.scene.edge_at(point) is None:
            if (found := self.editor.scene.slabs.at(point)) is not None:
                self.edit_wanted.emit(found[0].thing.id)
            else:
                self.quick_add_wanted.emit(point, None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.menu_wanted.emit(self.by_selection())
            return
        self.editor.scene.select_at(self.mapToScene(event.pos()))
        self.menu_wanted.emit(event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        keys, way = event.modifiers(), event.angleDelta()
        touch = not event.pixelDelta().isNull()
        zooms = not touch or bool(keys & Qt.KeyboardModifier.ControlModifier)
        if keys & Qt.KeyboardModifier.ShiftModifier:
            self._scroll(-(way.y() or way.x()), 0)
        elif zooms and way.y():
            self.zoom_by(STEP ** (way.y() / 120), event.position())
        else:
            moved = event.pixelDelta() if touch else way
            self._scroll(-moved.x(), -moved.y())
        self.moved.emit()
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        pinch = Qt.NativeGestureType.ZoomNativeGesture
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == pinch:
            self.zoom_by(1 + event.value(), event.position())
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._hover.tell(event.globalPos())
            return True
        if event.type() == QEvent.Type.Leave:
            self._hover.leave()
        return super().viewportEvent(event)

    # -- keys ------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self._escape()
        elif key in _MEND and isinstance(self.gesture, ConnectGesture):
            if self.gesture.mend():
                self.gesture = None
        elif key == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._hold_space(True)
        elif key in ARROWS:
            self._arrow(key, event.modifiers())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open_chosen()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._hold_space(False)
        else:
            super().keyReleaseEvent(event)

    def event(self, event: QEvent) -> bool:
        # Not in keyPressEvent: a widget takes Tab for itself before that.
        pressed = event.type() == QEvent.Type.KeyPress
        if pressed and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Tab:
            self.next_wanted.emit()
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._hold_space(False)
        super().focusOutEvent(event)

    # -- drag and drop ---------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._drops.enter(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self.hint.place(event.position())
        self._drops.move(event, self.mapToScene(event.position().toPoint()))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drops.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        self._drops.drop(event, self.mapToScene(event.position().toPoint()))
        self.setFocus()

    # -- painting --------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painting.begin(event.region())
        super().paintEvent(event)
        self.painting.end()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        paint_grid(painter, QRectF(rect), self.zoom)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self.scrolled.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.moved.emit()

    # -- inside ----------------------------------------------------------------------

    def _begin(self, point: QPointF, keys: Qt.KeyboardModifier) -> Gesture | None:
        scene = self.editor.scene
        if self.editor.document is None:
            return None
        if (ref := scene.port_at(point)) is not None:
            return self._connect(held_at_port(self.editor, ref, keys), point)
        if (node := scene.node_at(point)) is not None:
            hint = self.hint.say
            return card_gesture(self.editor, node, point, keys, self.zoom, hint)
        if (edge := scene.edge_at(point)) is not None:
            scene.select([])
            edge.setSelected(True)
            held = held_at_end(self.editor, edge, point)
            return self._connect(held, point) if held else None
        slab = slab_gesture(self.editor, point, keys, self.zoom)
        return slab or MarqueeGesture(scene, point, keys)

    def _connect(self, held: Held, point: QPointF) -> Gesture:
        ask = self.quick_add_wanted.emit
        answers = Answers(self.hint.say, ask, self._offer_repair)
        return ConnectGesture(self.editor, held, point, answers)

    def _offer_repair(self, refusal: Refusal, point: QPointF) -> None:
        words = f"Insert {refusal.chain.title}"
        mend = partial(insert_adapter, self.editor, refusal)
        self.repair.offer(refusal.reason, words, mend, self.mapFromScene(point))

    def _show_added(self) -> None:
        for node_id in self.editor.scene.selected_ids()[:1]:
            self.reveal(node_id)

    def _escape(self) -> None:
        self.repair.hide()
        if self.gesture is not None:
            gesture, self.gesture = self.gesture, None
            gesture.cancel()
        else:
            self.editor.scene.clearSelection()

    def _arrow(self, key: Qt.Key, keys: Qt.KeyboardModifier) -> None:
        if not self._walk.arrow(key, keys):
            x, y = ARROWS[key]
            self._scroll(x * 40, y * 40)

    def _open_chosen(self) -> None:
        scene = self.editor.scene
        if steps := scene.selected_ids():
            self.opened.emit(steps[0])
        elif slabs := scene.slabs.chosen:
            self.edit_wanted.emit(slabs[0].id)

    def by_selection(self) -> QPoint:
        """Where a menu asked for by a key stands: at the selected step."""
        scene = self.editor.scene
        boxes = [scene.nodes[i].box for i in scene.selected_ids()[:1]]
        boxes += [scene.slabs.items[thing.id].box for thing in scene.slabs.chosen]
        point = boxes[0].bottomLeft() if boxes else self.middle()
        return self.viewport().mapToGlobal(self.mapFromScene(point))

    def _hold_space(self, held: bool) -> None:
        self._space = held
        if self.gesture is None:
            hand = Qt.CursorShape.OpenHandCursor
            self.viewport().setCursor(hand) if held else self.viewport().unsetCursor()

    def _scroll(self, x: float, y: float) -> None:
        for bar, by in (
            (self.horizontalScrollBar(), x),
            (self.verticalScrollBar(), y),
        ):
            bar.setValue(bar.value() + round(by))
        self.moved.emit()
