"""A package while it is made, with its log; then what to do with it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from studio.domain.packaging import Packaged, run_command
from studio.gui.files import show_folder
from studio.gui.tab_order import move_focus
from studio.gui.theme import fonts
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import button, column, frame, label, row, wrap_in
from studio.gui.widgets.formats import format_bytes, format_seconds
from studio.gui.widgets.hints import in_window
from studio.gui.widgets.log_view import LogView
from studio.gui.widgets.progress import ProgressRow
from studio.gui.works import Work, Works

WIDTH, HEIGHT, MARGIN = 740, 500, 24
WARNING = "] Warning: "


class PackageProgress(QDialog):
    """Follows one work; closing it leaves the work alone. `change_wanted(Work)` asks
    for the settings again."""

    change_wanted = Signal(object)

    def __init__(
        self, works: Works, work: Work, made: Packaged | None, parent: QWidget
    ) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(work.title)
        self.work = work
        self._lines = 0
        self.progress = ProgressRow("Under way", cancel=self._cancel)
        self.banner = Banner("ok")
        self.warnings = Banner("warn")
        self.log = LogView()
        self.command = _line()
        self.copy = button("Copy", icon="copy", clicked=self._copy)
        self.change = button("Change settings", clicked=self._change)
        self.open_folder = button("Open folder", kind="primary", icon="folder-open")
        self.close_button = button("Hide", tip="It goes on", clicked=self.accept)
        self._build()
        self._follow(work)
        if not work.goes_on:
            self._end(work, made)
        works.changed.connect(self._follow)
        works.ended.connect(self._end)

    def focusNextPrevChild(self, forward: bool) -> bool:
        return move_focus(self, forward)

    def _follow(self, work: Work) -> None:
        """What it has told since, and how far it is."""
        if work is not self.work:
            return
        self.log.append_lines(work.lines[self._lines :])
        self._lines = len(work.lines)
        if work.goes_on:
            told = work.progress
            fraction = told.done / told.total if told.total else None
            self.progress.set_text(_phase(told.phase))
            self.progress.set_progress(fraction, told.message[:70])

    def _end(self, work: Work, made: Packaged | None) -> None:
        if work is not self.work:
            return
        self.progress.hide()
        self.close_button.setText("Close")
        self.close_button.setToolTip("")
        warned = _warnings(work)
        self.warnings.show_message("warn", "\n".join(warned))
        self.warnings.setVisible(bool(warned))
        if made is not None:
            self._show_made(made)
        elif work.state == "CANCELLED":
            self.banner.show_message("info", "Cancelled: nothing of it is left")
        else:
            error = work.error
            message = getattr(error, "message", f"{type(error).__name__}: {error}")
            hint = in_window(getattr(error, "hint", ""))
            self.banner.show_message("err", message, hint=hint)
        self.banner.show()
        if made is None:
            self.change.show()
            self.change.setFocus()

    def _show_made(self, made: Packaged) -> None:
        size, took = format_bytes(made.size_bytes), format_seconds(made.seconds)
        self.banner.show_message(
            "ok",
            told_of(made),
            hint=f"{size} in {took}, for the packages of {made.environment}"
            + ("" if made.digest else ". Its README.md says how to start it."),
        )
        if made.digest:
            self.command.setText(run_command(made))
            self.command.setToolTip(self.command.text())
            self.command.setCursorPosition(0)
            self.next.show()
            self.copy.setFocus()
        else:
            self.open_folder.clicked.connect(partial(_open, Path(made.place)))
            self.open_folder.show()
            self.open_folder.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.command.text())
        self.copy.setText("Copied")

    def _cancel(self) -> None:
        self.progress.set_text("Stopping")
        self.work.cancel()

    def _change(self) -> None:
        self.change_wanted.emit(self.work)
        self.accept()

    def _build(self) -> None:
        head = label(self.work.title, "panel-title")
        self.next = wrap_in(
            column(label("To serve it", "section"), row(self.command, self.copy), gap=6)
        )
        for each in (
            self.banner,
            self.warnings,
            self.next,
            self.change,
            self.open_folder,
        ):
            each.hide()
        log = frame("card", column(self.log, margins=(1, 1, 1, 1)))
        body = column(
            *(head, self.progress, self.banner, self.warnings, self.next),
            gap=12,
            margins=(MARGIN, 20, MARGIN, 16),
        )
        body.addWidget(log, 1)
        buttons = row(self.change, None, self.close_button, self.open_folder)
        buttons.setContentsMargins(MARGIN, 12, MARGIN, 12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(body, 1)
        layout.addWidget(frame("bottom", buttons))
        self.resize(fonts.scaled(WIDTH), fonts.scaled(HEIGHT))


def told_of(made: Packaged) -> str:
    """What has become of it, in a sentence."""
    where = f"as the image {made.place}" if made.digest else f"in {made.place}"
    return f"{made.model} is packaged {where}"


def _open(folder: Path, _checked: bool = False) -> None:
    show_folder(folder)


def _line() -> QLineEdit:
    made = QLineEdit(readOnly=True)
    made.setAccessibleName("Command that serves it")
    made.setFont(fonts.mono())
    return made


def _phase(phase: str) -> str:
    return phase[:1].upper() + phase[1:] if phase else "Under way"


def _warnings(work: Work) -> list[str]:
    """What was warned of, each once."""
    found = [line.partition(WARNING)[2] for line in work.lines if WARNING in line]
    return list(dict.fromkeys(found))
