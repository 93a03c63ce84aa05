"""Errors as a person sees them, and the log of those nobody expected.

    show_error(self, error, retry=self.save)      # in `failed=` of a task, or an except

A StudioError says what failed and how to fix it. Anything else is a bug of ours: it
is logged with its traceback and offered as a report.
"""

from __future__ import annotations

import logging
import logging.handlers
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from platformdirs import user_log_path
from PySide6 import __version__ as qt_version
from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPlainTextEdit, QWidget

from studio import __version__
from studio.domain.errors import StudioError
from studio.gui.settings import APP
from studio.gui.theme import fonts, icons
from studio.gui.widgets.basics import button, column, label, row, selectable
from studio.gui.widgets.hints import in_window

log = logging.getLogger("studio.gui")
_QUIET = ("propagateSizeHints", "QFont::setPointSize", "XDG_RUNTIME_DIR")
WIDTH = 480


class ErrorDialog(QDialog):
    """What failed, how to fix it, the details on request."""

    def __init__(
        self,
        parent: QWidget | None,
        error: BaseException,
        retry: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.error = error
        self.title, self.hint = _words(error)
        self.details = details(error)
        self._retry = retry
        self.setWindowTitle("Something failed")
        self.setMinimumWidth(WIDTH)
        self._box = QPlainTextEdit(self.details)
        self._box.setReadOnly(True)
        self._box.setFont(fonts.mono(12))
        self._box.setMinimumHeight(200)
        self._box.hide()
        self._build()

    def copy(self) -> None:
        """Put the whole report on the clipboard."""
        QGuiApplication.clipboard().setText(self.details)

    def _build(self) -> None:
        picture = QLabel()
        picture.setAlignment(Qt.AlignmentFlag.AlignTop)
        ratio = self.devicePixelRatioF()
        picture.setPixmap(icons.pixmap("x-circle", "err", 24, ratio=ratio))
        title = selectable(label(self.title, "panel-title", wrap=True))
        words = column(title, gap=8)
        if self.hint:
            words.addWidget(label("How to fix it", "section"))
            words.addWidget(selectable(label(self.hint, "muted", wrap=True)))
        head = row(picture, gap=12)
        head.addLayout(words, 1)
        self._more = button("Show details", kind="text", clicked=self._toggle)
        copy = button("Copy details", kind="text", icon="copy", clicked=self.copy)
        last = close = button("Close", clicked=self.reject)
        buttons = row(self._more, copy, None, close)
        if self._retry is not None:
            last = button("Try again", kind="primary", clicked=self._try_again)
            buttons.addWidget(last)
        last.setDefault(True)
        content = column(head, self._box, buttons, gap=16, margins=(24, 24, 24, 16))
        self.setLayout(content)
        last.setFocus()  # the way out: Qt would choose the first button

    def _toggle(self) -> None:
        shown = self._box.isHidden()
        self._box.setVisible(shown)
        self._more.setText("Hide details" if shown else "Show details")
        self.adjustSize()

    def _try_again(self) -> None:
        self.accept()
        if self._retry is not None:
            self._retry()


def show_error(
    parent: QWidget | None,
    error: BaseException,
    retry: Callable[[], object] | None = None,
) -> ErrorDialog:
    """Open a dialog about an error; it doesn't block."""
    if not isinstance(error, StudioError):
        log.error("Unexpected error", exc_info=error)
    window = parent.window() if parent is not None else None
    for open_one in QApplication.topLevelWidgets():
        if isinstance(open_one, ErrorDialog) and _same(open_one, error):
            open_one.raise_()
            return open_one
    dialog = ErrorDialog(window, error, retry)
    dialog.open()
    return dialog


def details(error: BaseException) -> str:
    """A report to copy: versions, the message, the traceback. No secrets, no data."""
    head = (
        f"MLOps Studio {__version__}, Python {platform.python_version()}, "
        f"Qt {qt_version}, {platform.platform()}"
    )
    told = "".join(traceback.format_exception(error)).rstrip()
    hint = getattr(error, "hint", "")
    return "\n\n".join(part for part in (head, told, hint) if part)


class _Bugs(QObject):
    """Carries bugs from any thread to the window's."""

    found = Signal(object)


class Hooks:
    """The places where errors end that nobody caught; `remove` restores them."""

    def __init__(self, window: Callable[[], QWidget | None]) -> None:
        self._window = window
        self._bugs = _Bugs()
        self._bugs.found.connect(self._show)
        self._old = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._on_main
        threading.excepthook = self._on_thread
        qInstallMessageHandler(_on_qt_message)

    def remove(self) -> None:
        sys.excepthook, threading.excepthook = self._old
        qInstallMessageHandler(None)

    def _on_main(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        self._bugs.found.emit(error)

    def _on_thread(self, told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None:
            self._bugs.found.emit(told.exc_value)

    def _show(self, error: BaseException) -> None:
        show_error(self._window(), error)


def start_log(folder: Path | None = None) -> Path:
    """Write warnings and errors of the window to a file; returns its path."""
    place = folder or user_log_path(APP, appauthor=False)
    place.mkdir(parents=True, exist_ok=True)
    path = place / "window.log"
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    root = logging.getLogger("studio")
    root.addHandler(handler)
    return path


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    if any(quiet in message for quiet in _QUIET):
        return
    levels = {
        QtMsgType.QtWarningMsg: logging.WARNING,
        QtMsgType.QtCriticalMsg: logging.ERROR,
        QtMsgType.QtFatalMsg: logging.CRITICAL,
    }
    log.log(levels.get(kind, logging.DEBUG), "Qt: %s", message)


def _words(error: BaseException) -> tuple[str, str]:
    if isinstance(error, StudioError):
        return error.message, in_window(error.hint)
    said = str(error).strip().splitlines()
    what = f"{type(error).__name__}: {said[0]}" if said else type(error).__name__
    return (
        "Something went wrong in the studio itself",
        f"{what}\nYour work is kept. Copy the details and report them; "
        "if the window misbehaves, close and open it again.",
    )


def _same(dialog: ErrorDialog, error: BaseException) -> bool:
    shown = (type(dialog.error), str(dialog.error))
    return dialog.isVisible() and shown == (type(error), str(error))
