"""A line of code that an error points at, in a tab of its own."""

from __future__ import annotations

from functools import cached_property, partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from studio.gui.files import show_folder
from studio.gui.page import WindowServices
from studio.gui.tasks import Tasks
from studio.gui.widgets.basics import frame, label, row, tool_button
from studio.gui.widgets.code_view import CodeEdit, Language
from studio.services.runs.step_code import CodeFile, read_code

_LANGUAGES: dict[str, Language] = {
    ".py": "python",
    ".sql": "sql",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".json": "json",
}


class CodePlace(QWidget):
    """The code as it ran; it can't be edited here."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = label("", "strong")
        self.hint = label("As it ran. Open the step again to edit it.", "muted")
        self.code = CodeEdit("python", read_only=True)
        self.code.setAccessibleName("Code")
        self._path = Path()
        folder = tool_button("folder-open", "Show its folder", self._show_folder)
        close = tool_button("x", "Close the code", self.closed.emit, size=16)
        head = row(
            self.title, self.hint, None, folder, close, gap=8, margins=(12, 4, 8, 4)
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(frame("header", head))
        layout.addWidget(self.code, 1)

    def show_place(self, file: CodeFile, line: int) -> None:
        """Show a file, one of its lines marked and in sight."""
        self._path = file.path
        self.title.setText(f"{file.name}, line {line}")
        self.title.setToolTip(str(file.path))
        self.code.set_language(_LANGUAGES.get(file.path.suffix, "text"))
        self.code.set_text(file.text)
        self.code.mark_line(line)

    def _show_folder(self) -> None:
        show_folder(self._path)


class CodeTab(QObject):
    """A tab Code among others, there from the first place that is opened."""

    def __init__(
        self, tabs: QTabWidget, tasks: Tasks, services: WindowServices
    ) -> None:
        super().__init__(tabs)
        self._tabs, self._tasks, self._services = tabs, tasks, services
        self._before: QWidget | None = None

    @cached_property
    def place(self) -> CodePlace:
        made = CodePlace(self._tabs)
        made.hide()
        made.closed.connect(self.close)
        return made

    @property
    def is_open(self) -> bool:
        return "place" in self.__dict__ and self._tabs.indexOf(self.place) >= 0

    def open(self, folder: Path, file: str, line: int) -> None:
        """Open a file at a line; `folder` is the step's within its run."""
        self._tasks.run(
            partial(read_code, folder, file),
            done=lambda found: self._show(found, line),
            failed=self._services.show_error,
            owner=self,
        )

    def close(self) -> None:
        """Take the tab away, and go back to the one before."""
        if self.is_open:
            self._tabs.removeTab(self._tabs.indexOf(self.place))
        if self._before is not None and self._tabs.indexOf(self._before) >= 0:
            self._tabs.setCurrentWidget(self._before)

    def _show(self, found: CodeFile, line: int) -> None:
        if self._tabs.currentWidget() is not self.place:
            self._before = self._tabs.currentWidget()
        if not self.is_open:
            self._tabs.addTab(self.place, "Code")
        self._tabs.show()
        self._tabs.setCurrentWidget(self.place)
        self.place.show_place(found, line)
        self.place.code.setFocus()


def place_words(file: str, line: int) -> str:
    """A button's words for a place in code."""
    return f"Open {Path(file).name}, line {line}"
