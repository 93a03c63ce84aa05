"""A hand on the canvas: presses, drags, drops and keys, as events only."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from studio.domain.node import Node
from studio.gui.designer.page import DesignerPage
from studio.gui.designer.palette import drag_of

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


class Hand:
    """Points are in scene pixels; steps are named."""

    def __init__(self, page: DesignerPage) -> None:
        self.page, self.view = page, page.view
        self.canvas: QWidget = page.view.viewport()

    def node(self, name: str) -> Node:
        return self.page.editor.pipeline.node(name)

    def middle(self, name: str) -> QPointF:
        return self.page.bench.scene.nodes[self.node(name).id].box.center()

    def port(self, step: str, side: str, name: str) -> QPointF:
        item = self.page.bench.scene.nodes[self.node(step).id]
        at = item.anchor("in" if side == "in" else "out", name)
        assert at is not None, f"{step} has no port {name}"
        return at

    def click(self, at: QPointF, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseClick(self.canvas, LEFT, keys, self._pixel(at))

    def double_click(self, at: QPointF) -> None:
        QTest.mouseDClick(self.canvas, LEFT, NONE, self._pixel(at))

    def press(
        self,
        at: QPointF,
        button: Qt.MouseButton = LEFT,
        keys: Qt.KeyboardModifier = NONE,
    ) -> None:
        QTest.mousePress(self.canvas, button, keys, self._pixel(at))

    def move(self, at: QPointF, keys: Qt.KeyboardModifier = NONE) -> None:
        self._move_pixel(self._pixel(at), keys)

    def release(
        self,
        at: QPointF,
        button: Qt.MouseButton = LEFT,
        keys: Qt.KeyboardModifier = NONE,
    ) -> None:
        QTest.mouseRelease(self.canvas, button, keys, self._pixel(at))

    def drag(
        self, start: QPointF, end: QPointF, keys: Qt.KeyboardModifier = NONE
    ) -> None:
        """Press, move in four pieces, release."""
        self.press(start, keys=keys)
        for part in range(1, 5):
            self.move(start + (end - start) * (part / 4), keys)
        self.release(end, keys=keys)

    def pan(self, start: QPoint, end: QPoint) -> None:
        """The middle button, in the viewport's pixels."""
        middle = Qt.MouseButton.MiddleButton
        QTest.mousePress(self.canvas, middle, NONE, start)
        self._move_pixel((start + end) / 2, NONE)
        self._move_pixel(end, NONE)
        QTest.mouseRelease(self.canvas, middle, NONE, end)

    def drop(self, component: str, at: QPointF) -> None:
        """What the window system sends when a component is dragged in and let go."""
        made = self.page.bench.catalog.named(component)
        assert made is not None
        data = drag_of(made, self.page).mimeData()
        pixel, copy = self._pixel(at), Qt.DropAction.CopyAction
        enter = QDragEnterEvent(pixel, copy, data, LEFT, NONE)
        QApplication.sendEvent(self.canvas, enter)
        assert enter.isAccepted()
        QApplication.sendEvent(
            self.canvas, QDragMoveEvent(pixel, copy, data, LEFT, NONE)
        )
        QApplication.sendEvent(
            self.canvas, QDropEvent(QPointF(pixel), copy, data, LEFT, NONE)
        )

    def drop_files(self, files: list[Path], at: QPointF) -> None:
        """What the window system sends when a file manager's files are let go."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
        pixel, copy = self._pixel(at), Qt.DropAction.CopyAction
        for event in (
            QDragEnterEvent(pixel, copy, data, LEFT, NONE),
            QDragMoveEvent(pixel, copy, data, LEFT, NONE),
            QDropEvent(QPointF(pixel), copy, data, LEFT, NONE),
        ):
            QApplication.sendEvent(self.canvas, event)

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        """A key on the canvas."""
        self.view.setFocus()
        QApplication.processEvents()
        QTest.keyClick(self.view, key, keys)

    def type(self, widget: QWidget, text: str, *, replace: bool = True) -> None:
        """Type into a field as a person does."""
        widget.setFocus()
        if replace:
            QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(widget, text)

    def push(self, name: str) -> None:
        """Click the button of the top bar with that name."""
        window = self.page.window()
        for one in window.findChildren(QWidget):
            if one.accessibleName() == name and one.isVisible():
                QTest.mouseClick(one, LEFT)
                return
        raise AssertionError(f"There is no button '{name}'")

    def _pixel(self, at: QPointF) -> QPoint:
        return self.view.mapFromScene(at)

    def _move_pixel(self, pixel: QPoint, keys: Qt.KeyboardModifier) -> None:
        event = QMouseEvent(
            QMouseEvent.Type.MouseMove,
            QPointF(pixel),
            QPointF(self.canvas.mapToGlobal(pixel)),
            Qt.MouseButton.NoButton,
            LEFT,
            keys,
        )
        QApplication.sendEvent(self.canvas, event)
