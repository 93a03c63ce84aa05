"""A step that waits for a debugger: where to attach, what it prints, and Stop."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QWidget

from studio.gui.files import show_folder
from studio.gui.tasks import Emit, Task, Tasks
from studio.gui.theme import fonts
from studio.gui.widgets.basics import (
    button,
    column,
    label,
    restyle,
    row,
    tool_button,
)
from studio.gui.widgets.chip import Chip, StateLook
from studio.gui.widgets.log_view import LogView
from studio.services.processes import is_alive

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.reopened import Debugging, Reopened
    from studio.services.runs.reopening import ReopeningService

WIDTH, HEIGHT, NAMES, POLL_SECONDS = 560, 460, 80, 0.2
WAITS = StateLook("Waits for a debugger", "run", "bug")
STARTS = StateLook("Starting", "idle", "circle-notch")
ENDED = StateLook("Ended", "idle", "check")


class DebugDialog(QDialog):
    """Not modal. The step ends with it, and with the window."""

    failed = Signal(object)

    def __init__(
        self, studio: Studio, tasks: Tasks, opened: Reopened, parent: QWidget
    ) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Debug {opened.step}")
        self._studio, self._tasks, self.opened = studio, tasks, opened
        self.running: list[Debugging] = []
        self._task: Task | None = None
        self.chip = Chip()
        self.address = _shown()
        self.log = LogView(tools=False)
        self.log.edit.setAccessibleName("What the step prints")
        self.log.edit.setPlaceholderText("Nothing was printed so far")
        self.stop = button("Stop", kind="danger", icon="stop", clicked=self.close)
        self._build()
        # The program may end before the thread that would end the step.
        app = QCoreApplication.instance()
        assert app is not None
        app.aboutToQuit.connect(partial(_end, studio.reopening, self.running))

    def start(self) -> None:
        """Start the step in the background, and follow it."""
        self.chip.set_look(STARTS)
        self._task = self._tasks.stream(
            partial(_follow, self._studio.reopening, self.opened, self.running),
            on_item=self._take,
            done=lambda _: self._ended(),
            failed=self._fail,
            owner=self,
        )
        self.destroyed.connect(partial(_cancel, self._task))

    def done(self, result: int) -> None:
        """Closing ends the step; its thread does, so that nothing waits for it."""
        if self._task is not None:
            self._task.cancel()
        super().done(result)

    # -- inside ----------------------------------------------------------------------

    def _build(self) -> None:
        opened = self.opened
        head = row(label(f"Debug {opened.step}", "panel-title"), self.chip, None)
        how = (
            "Attach a debugger to this address. In VS Code, open the folder and press "
            "F5: its launch file has the address already. The step goes on once a "
            "debugger is there."
        )
        folder = button(
            "Open folder",
            icon="folder-open",
            clicked=partial(show_folder, opened.folder),
        )
        layout = column(
            head,
            label(how, "muted", wrap=True),
            _line("Address", self.address),
            _line("Launch file", _shown(str(opened.launch))),
            gap=10,
            margins=(24, 20, 24, 16),
        )
        layout.addWidget(self.log, 1)
        layout.addLayout(row(folder, None, self.stop))
        self.setLayout(layout)
        self.resize(WIDTH, HEIGHT)

    def _take(self, item: Debugging | str) -> None:
        if isinstance(item, str):
            self.log.append(item)
            return
        self.opened = item.reopened
        self.address.setText(item.address)
        self.chip.set_look(WAITS)

    def _ended(self) -> None:
        self.chip.set_look(ENDED)
        self.stop.setText("Close")
        self.stop.setProperty("kind", "secondary")
        self.stop.setIcon(QIcon())
        restyle(self.stop)

    def _fail(self, error: BaseException) -> None:
        self._task = None
        self.failed.emit(error)
        self.close()


def _follow(
    service: ReopeningService,
    opened: Reopened,
    running: list[Debugging],
    emit: Emit,
    cancelled: threading.Event,
) -> None:
    """Start it, bring home what it prints, and end it when nobody wants it."""
    started = service.debug(opened)
    running.append(started)
    try:
        emit(started)
        offset = 0
        while not cancelled.wait(POLL_SECONDS) and is_alive(started.process):
            offset = _read(started.log, offset, emit)
        _read(started.log, offset, emit)
    finally:
        _end(service, running)


def _read(log: Path, offset: int, emit: Emit) -> int:
    with log.open("rb") as file:
        file.seek(offset)
        text = file.read()
    if text:
        emit(text.decode(errors="replace"))
    return offset + len(text)


def _end(service: ReopeningService, running: list[Debugging], *_: object) -> None:
    """End what still runs."""
    with suppress(IndexError):  # the other side was faster
        while True:
            service.stop(running.pop())


def _cancel(task: Task, *_: object) -> None:
    task.cancel()


def _line(name: str, value: QLineEdit) -> QHBoxLayout:
    value.setAccessibleName(name)
    said = label(name, "label")
    said.setFixedWidth(NAMES)
    copy = tool_button("copy", f"Copy {name.lower()}", lambda: _copy(value.text()))
    line = row(said, gap=8)
    line.addWidget(value, 1)
    line.addWidget(copy)
    return line


def _shown(text: str = "") -> QLineEdit:
    made = QLineEdit(text)
    made.setReadOnly(True)
    made.setFont(fonts.mono(12))
    made.setCursorPosition(0)
    return made


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
