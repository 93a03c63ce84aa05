"""A text edited where it stands on the canvas."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from studio.gui.designer.view import CanvasView
from studio.gui.theme import fonts

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_OWN = (*_ENTER, Qt.Key.Key_Escape)
_KEEPS = Qt.FocusReason.PopupFocusReason


class InPlace(QPlainTextEdit):
    """Escape, Ctrl+Enter or a click elsewhere keeps what was typed: undo brings back
    what was there. Of one `line` Enter alone keeps it too, and Escape gives up.

    It stays at its `area` of the scene.
    """

    ended = Signal()
    """It goes; if its text is kept, that is told next."""

    def __init__(
        self,
        view: CanvasView,
        area: Callable[[], QRectF],
        text: str,
        done: Callable[[str], object],
        *,
        name: str,
        line: bool,
    ) -> None:
        super().__init__(view.viewport())
        self._view, self._area, self._done = view, area, done
        self._line, self._over = line, False
        self.setAccessibleName(name)
        self.setPlainText(text)
        if line:
            self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.selectAll()
        self.setTabChangesFocus(True)
        view.moved.connect(self.follow)
        self.follow()
        self.show()
        self.setFocus()

    def follow(self) -> None:
        """Stand over the same part of the scene after it was moved or zoomed."""
        zoom = max(0.75, min(1.5, self._view.zoom))
        self.setFont(
            fonts.font(13 * zoom, fonts.SEMIBOLD if self._line else fonts.REGULAR)
        )
        shown = self._view.mapFromScene(self._area()).boundingRect()
        least = self.fontMetrics().height() + 12
        shown.setHeight(least if self._line else max(3 * least, shown.height()))
        shown.setWidth(max(160, shown.width()))
        self.setGeometry(shown)

    def keep(self) -> None:
        """Take the text over and go."""
        self._end(self.toPlainText())

    def give_up(self) -> None:
        self._end(None)

    def event(self, event: QEvent) -> bool:
        # The window has shortcuts for these keys; here they are the text's.
        asks = event.type() == QEvent.Type.ShortcutOverride
        if asks and isinstance(event, QKeyEvent) and event.key() in _OWN:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_Escape and self._line:
            self.give_up()
        elif event.key() == Qt.Key.Key_Escape or (
            event.key() in _ENTER and (ctrl or self._line)
        ):
            self.keep()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() is not _KEEPS:
            self.keep()

    def _end(self, text: str | None) -> None:
        if self._over:
            return
        self._over = True
        had_focus = self.hasFocus()
        self._view.moved.disconnect(self.follow)
        self.hide()
        if had_focus:
            self._view.setFocus()
        self.deleteLater()
        self.ended.emit()
        if text is not None:
            self._done(text)
