"""A live log: appended in slices, followed, filtered, copied; 100,000 lines and more.

view = LogView()
tasks.stream(follow, on_item=view.append, owner=view)   # any chunks of text
view.set_text(whole)  /  view.clear()
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QMouseEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from studio.gui.theme import fonts
from studio.gui.theme.theme import theme, tokens
from studio.gui.widgets.basics import (
    button,
    frame,
    label,
    row,
    search_edit,
    tool_button,
)

MOST_LINES = 200_000
SLICE_LINES = 1_500
FLUSH_MS = 33
_ANSI = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])"
)
_ERROR = re.compile(r"\b(?:error|critical|fatal|exception|traceback)\b", re.IGNORECASE)
_WARNING = re.compile(r"\bwarn(?:ing)?\b", re.IGNORECASE)
_PLACE = re.compile(r'File "([^"]+)", line (\d+)')


def strip_ansi(text: str) -> str:
    """A text without terminal colours, links and cursor moves."""
    return _ANSI.sub("", text) if "\x1b" in text else text


class LogView(QWidget):
    """`place_clicked(file, line)` follows a click on a place in a traceback."""

    place_clicked = Signal(str, int)
    copied = Signal(str)
    """What was put on the clipboard, in words."""

    def __init__(self, *, tools: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: deque[str] = deque(maxlen=MOST_LINES)
        self._pending: deque[str] = deque()
        self._part = ""
        self._following = True
        self.edit = _Lines()
        self.edit.place_clicked.connect(self.place_clicked)
        self._levels = _Levels(self.edit.document())
        self._search = search_edit("Filter lines")
        self._count = label("", "caption")
        self._follow = button("Follow", kind="text", icon="arrow-line-down")
        self._timer = QTimer(self, interval=FLUSH_MS)
        self._timer.timeout.connect(self._flush)
        self._build(tools)

    def append(self, text: str) -> None:
        """Add a chunk; a line may arrive in several."""
        lines = (self._part + strip_ansi(text)).split("\n")
        self._part = lines.pop()
        self._take(line.rstrip("\r").rpartition("\r")[2] for line in lines)

    def append_lines(self, lines: Iterable[str]) -> None:
        """Add whole lines."""
        self._take(strip_ansi(line.rstrip("\r\n")) for line in lines)

    def set_text(self, text: str) -> None:
        """Replace everything."""
        self.clear()
        self.append(text if text.endswith("\n") or not text else text + "\n")

    def clear(self) -> None:
        self._lines.clear()
        self._pending.clear()
        self._part = ""
        self.edit.clear()
        self._say_count()

    def text(self) -> str:
        """All lines, filtered or not."""
        return "\n".join(self._lines)

    def shown_text(self) -> str:
        """The lines that pass the filter and have been drawn."""
        return self.edit.toPlainText()

    @property
    def busy(self) -> bool:
        """Whether lines still wait to be drawn."""
        return bool(self._pending)

    @property
    def following(self) -> bool:
        return self._following

    def set_following(self, following: bool) -> None:
        self._following = following
        self._follow.setChecked(following)
        if following:
            self._to_end()

    def set_filter(self, text: str) -> None:
        """Show only lines that contain a text, case ignored."""
        self._search.setText(text)

    def copy(self) -> None:
        """Put the selection, or all that is shown, on the clipboard."""
        chosen = self.edit.textCursor().selectedText().replace("\u2029", "\n")
        text = chosen or self.shown_text()
        QGuiApplication.clipboard().setText(text)
        lines = len(text.splitlines())
        self.copied.emit(f"Copied {lines:,} line{'' if lines == 1 else 's'}")

    def _build(self, tools: bool) -> None:
        self._search.setMaximumWidth(280)
        self._search.textChanged.connect(self._refilter)
        self._follow.setCheckable(True)
        self._follow.setChecked(True)
        self._follow.clicked.connect(self.set_following)
        copy = tool_button("copy", "Copy", self.copy, size=16)
        self._wrap = button("Wrap", kind="text", tip="Wrap long lines")
        self._wrap.setCheckable(True)
        self._wrap.setChecked(True)
        self._wrap.toggled.connect(self.edit.set_wrapped)
        bar = frame(
            "header",
            row(
                self._search,
                self._count,
                None,
                self._wrap,
                self._follow,
                copy,
                gap=8,
                margins=(8, 4, 8, 4),
            ),
        )
        if not tools:
            bar.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(self.edit, 1)
        self.edit.verticalScrollBar().actionTriggered.connect(self._scrolled)
        self.edit.verticalScrollBar().rangeChanged.connect(self._follow_on)
        self.edit.wheeled.connect(self._scrolled)

    def _take(self, lines: Iterable[str]) -> None:
        wanted = self._search.text().casefold()
        for line in lines:
            self._lines.append(line)
            if not wanted or wanted in line.casefold():
                self._pending.append(line)
        if self._pending and not self._timer.isActive():
            self._timer.start()

    def _flush(self) -> None:
        count = min(SLICE_LINES, len(self._pending))
        if count:
            self.edit.add("\n".join(self._pending.popleft() for _ in range(count)))
            if self._following:
                self._to_end()
            self._say_count()
        if not self._pending:
            self._timer.stop()

    def _refilter(self, text: str) -> None:
        wanted = text.casefold()
        self.edit.clear()
        self._pending = deque(
            line for line in self._lines if not wanted or wanted in line.casefold()
        )
        self._timer.start()
        self._say_count()

    def _say_count(self) -> None:
        total = len(self._lines)
        if self._search.text():
            shown = self.edit.line_count() + len(self._pending)
            self._count.setText(f"{shown:,} of {total:,} lines")
        else:
            lines = "1 line" if total == 1 else f"{total:,} lines"
            self._count.setText(lines if total else "")

    def _scrolled(self) -> None:
        # The bar takes its new value after this signal.
        QTimer.singleShot(0, self, self._check_following)

    def _check_following(self) -> None:
        bar = self.edit.verticalScrollBar()
        self._following = bar.value() >= bar.maximum() - 1
        self._follow.setChecked(self._following)

    def _follow_on(self) -> None:
        """Lines have come, or they have less room than before."""
        if self._following:
            self._to_end()

    def _to_end(self) -> None:
        bar = self.edit.verticalScrollBar()
        bar.setValue(bar.maximum())


class _Lines(QPlainTextEdit):
    """The text itself; adding keeps the selection and the place."""

    wheeled = Signal()
    place_clicked = Signal(str, int)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("panel", "log")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setMaximumBlockCount(MOST_LINES)
        self.setAccessibleName("Log")
        self._empty = True
        self.setMouseTracking(True)
        theme().changed.connect(self._dress)
        self._dress()

    def set_wrapped(self, wrapped: bool) -> None:
        """Whether lines longer than the view go on in the next one."""
        mode = QPlainTextEdit.LineWrapMode
        self.setLineWrapMode(mode.WidgetWidth if wrapped else mode.NoWrap)

    def add(self, text: str) -> None:
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(text if self._empty else "\n" + text)
        self._empty = False

    def clear(self) -> None:
        super().clear()
        self._empty = True

    def line_count(self) -> int:
        return 0 if self._empty else self.blockCount()

    def wheelEvent(self, event: object) -> None:
        super().wheelEvent(event)  # type: ignore[arg-type]
        self.wheeled.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        over = self._place_at(event.position().toPoint()) is not None
        shape = Qt.CursorShape
        self.viewport().setCursor(
            shape.PointingHandCursor if over else shape.IBeamCursor
        )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        place = self._place_at(event.position().toPoint())
        chosen = self.textCursor().hasSelection()
        if place and event.button() == Qt.MouseButton.LeftButton and not chosen:
            self.place_clicked.emit(place[1], int(place[2]))

    def _place_at(self, point: QPoint) -> re.Match[str] | None:
        """What a traceback names under a point."""
        cursor = self.cursorForPosition(point)
        place = _PLACE.search(cursor.block().text())
        column = cursor.positionInBlock()
        on_it = place is not None and place.start() <= column <= place.end()
        return place if on_it else None

    def _dress(self) -> None:
        self.setFont(fonts.mono(12))
        self.document().setDocumentMargin(8)


class _Levels(QSyntaxHighlighter):
    """Errors and warnings in their colours; places of code look like links."""

    def highlightBlock(self, text: str) -> None:
        token = "err" if _ERROR.search(text) else ""
        token = token or ("warn" if _WARNING.search(text) else "")
        if token:
            ink = QTextCharFormat()
            ink.setForeground(QColor(tokens().color(token)))
            self.setFormat(0, len(text), ink)
        if (place := _PLACE.search(text)) is not None:
            link = QTextCharFormat()
            link.setForeground(QColor(tokens().color("link")))
            link.setFontUnderline(True)
            self.setFormat(place.start(), len(place[0]), link)
