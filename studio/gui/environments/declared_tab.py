"""What a version declares, as it was written."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.domain.work_log import WorkLog
from studio.gui.tasks import Task, Tasks
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import column, frame, label, row, wrap_in
from studio.gui.widgets.code_view import CodeEdit, Language

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.environment import EnvironmentVersion

_FILES = {"pip": "requirements.txt", "conda": "environment.yml"}
_LANGUAGES: dict[str, Language] = {"conda": "yaml", "docker": "dockerfile"}


class DeclaredTab(QWidget):
    """The text with line numbers and colours, and above it what isn't in the text.

    `log_wanted(WorkLog)` asks for the log of the build that has failed at a line.
    """

    log_wanted = Signal(object)

    def __init__(self, studio: Studio, tasks: Tasks) -> None:
        super().__init__()
        self._studio, self._tasks = studio, tasks
        self._reading: Task | None = None
        self._fault: WorkLog | None = None
        self.note = label("", "muted")
        self.banner = Banner("err")
        self._above = wrap_in(column(self.banner, margins=(16, 8, 16, 8)))
        self._above.hide()
        self.text = CodeEdit("requirements", read_only=True)
        self.text.setAccessibleName("What is declared")
        bar = frame("header", row(self.note, None, margins=(16, 6, 8, 6)))
        layout = column(bar, gap=0)
        layout.addWidget(self._above)
        layout.addWidget(self.text, 1)
        self.setLayout(layout)

    def set_version(self, version: EnvironmentVersion) -> None:
        self.note.setText(note_of(version))
        kind = version.declaration.kind
        self.text.set_language(_LANGUAGES.get(kind, "requirements"))
        if self._reading is not None:
            self._reading.cancel()
        if kind != "docker":
            self.text.set_text(text_of(version))
            return
        self._reading = self._tasks.run(
            partial(self._studio.images.dockerfile, version),
            done=self._show_dockerfile,
            failed=lambda error: self._show_dockerfile(f"# {error}\n"),
            owner=self,
        )

    def show_fault(self, log: WorkLog | None) -> None:
        """Mark the line at which the last build has failed, and say why."""
        again = log is not None and log == self._fault
        self._fault = log
        self._above.setVisible(log is not None)
        self.text.mark_line(log.line if log else 0, go=not again)
        if log is not None:
            message, _, hint = log.message.partition("\n")
            self.banner.show_message(
                "err",
                message,
                hint=hint,
                fixes=[("Show the log", partial(self.log_wanted.emit, log))],
            )

    def _show_dockerfile(self, text: str) -> None:
        self.text.set_text(text)
        fault, self._fault = self._fault, None
        self.show_fault(fault)


def note_of(version: EnvironmentVersion) -> str:
    """The file's name, Python and image."""
    declared = version.declaration
    parts = (
        _FILES.get(declared.kind, ""),
        f"Python {declared.python}" if declared.python else "",
        f"image {declared.image}" if declared.image else "",
        declared.dockerfile if declared.kind == "docker" else "",
    )
    return " · ".join(part for part in parts if part)


def text_of(version: EnvironmentVersion) -> str:
    """The text of its file; for what has none, what it is made of."""
    declared = version.declaration
    if declared.kind == "image":
        return f"# An existing image, used as it is.\n{declared.image}\n"
    return declared.packages
