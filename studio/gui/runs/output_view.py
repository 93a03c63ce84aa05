"""One output of a step, as what it is: rows, plots, text or a list of files.

view = OutputView(tasks)
view.show_path(studio.runs.output(run_id, "split", "train"))
view.clear("Choose an output to see it")
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from studio.domain.errors import StudioError
from studio.gui.files import show_folder
from studio.gui.runs.table_columns import TableTabs
from studio.gui.tasks import Task, Tasks
from studio.gui.viewers.file_views import files_table, text_view
from studio.gui.viewers.outputs import (
    OutputContent,
    look_into,
    read_text,
)
from studio.gui.viewers.plot_view import make_plot
from studio.gui.viewers.preview import TableHead, preview
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import (
    clear,
    column,
    frame,
    label,
    row,
    tool_button,
    wrap_in,
)
from studio.gui.widgets.facts import Fact, FactList
from studio.gui.widgets.formats import format_bytes, format_number
from studio.gui.widgets.panel import scrolled

PLOT_HEIGHT, LEAST_PLOT, WIDEST = 280, 220, 16_777_215


class OutputView(QWidget):
    """`shown` follows when the content of the last `show_path` is there."""

    shown = Signal()

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._task: Task | None = None
        self._path: Path | None = None
        self._caption = label("", "caption")
        self._open = tool_button("folder-open", "Open folder", self.open_folder)
        self._copy = tool_button("copy", "Copy path", self.copy_path)
        tools = row(
            self._caption, None, self._copy, self._open, gap=4, margins=(12, 0, 8, 0)
        )
        self._bar = frame("header", tools)
        self._bar.setFixedHeight(33)
        self._place = QVBoxLayout()
        self._place.setContentsMargins(0, 0, 0, 0)
        self.content: QWidget = QWidget()
        layout = column(self._bar, gap=0)
        layout.addLayout(self._place, 1)
        self.setLayout(layout)
        self.clear("Choose an output to see it")

    @property
    def caption(self) -> str:
        return self._caption.text()

    def show_path(self, path: Path) -> None:
        """Read an output in the background and show it."""
        if self._task is not None:
            self._task.cancel()
        self._path = path
        self._say("Reading…")
        if self.content.property("says"):
            self._put(_sentence("Reading…"))
        self._task = self._tasks.run(
            partial(_read, path), done=self._show, failed=self._fail, owner=self
        )

    def clear(self, words: str) -> None:
        """Show nothing but a sentence."""
        if self._task is not None:
            self._task.cancel()
        self._path = None
        self._bar.hide()
        self._put(_sentence(words))

    def open_folder(self) -> None:
        """Show the files in the system's file manager."""
        if self._path is not None:
            show_folder(self._path)

    def copy_path(self) -> None:
        QGuiApplication.clipboard().setText(str(self._path or ""))

    def _say(self, words: str) -> None:
        self._bar.show()
        self._caption.setText(words)

    def _put(self, content: QWidget) -> None:
        clear(self._place)
        self.content = content
        self._place.addWidget(content, 1)

    def _show(self, found: tuple[OutputContent, Any]) -> None:
        facts, content = found
        self._say(_caption(facts))
        match content:
            case TableHead():
                self._put(TableTabs(content))
            case OutputContent():
                self._put(_evaluation(content))
            case str():
                self._put(text_view(facts.path, content))
            case StudioError():
                self._put(_trouble(content, self.open_folder))
            case _:
                self._put(files_table(facts.files))
        self.shown.emit()

    def _fail(self, error: BaseException) -> None:
        self._say("")
        message = getattr(error, "message", f"It can't be read: {error}")
        self._put(_trouble(StudioError(message, getattr(error, "hint", "")), None))
        self.shown.emit()


def _read(path: Path) -> tuple[OutputContent, Any]:
    facts = look_into(path)
    try:
        match facts.kind:
            case "table":
                return facts, preview(path)
            case "evaluation":
                return facts, facts
            case "text":
                return facts, read_text(path)
            case "gone":
                return facts, StudioError(
                    "This output isn't on disk any more",
                    hint="Run the step again to make it anew",
                )
    except StudioError as error:
        return facts, error
    return facts, None


def _caption(facts: OutputContent) -> str:
    count = len(facts.files)
    noun = "file" if count == 1 else "files"
    return f"{facts.title} · {count:,} {noun} · {format_bytes(facts.size_bytes)}"


def _sentence(words: str) -> QWidget:
    made = label(words, "muted", wrap=True)
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    page = wrap_in(column(None, made, None, margins=(24, 24, 24, 24)))
    page.setProperty("says", words)
    return page


def _trouble(error: StudioError, open_folder: Callable[[], object] | None) -> QWidget:
    fixes = [("Open folder", open_folder)] if open_folder else []
    banner = Banner("warn", error.message, hint=error.hint, fixes=fixes)
    return wrap_in(column(banner, None, margins=(12, 12, 12, 12)))


def _evaluation(found: OutputContent) -> QWidget:
    grid = QGridLayout()
    grid.setSpacing(16)
    for number, data in enumerate(found.plots):
        plot = make_plot(data)
        plot.setMaximumWidth(WIDEST)
        plot.setMinimumWidth(LEAST_PLOT)
        plot.setFixedHeight(PLOT_HEIGHT)
        span = 2 if len(found.plots) == 1 else 1
        grid.addWidget(plot, number // 2, number % 2, 1, span)
    for side in (0, 1):
        grid.setColumnStretch(side, 1)
    facts = FactList([Fact(k, format_number(v)) for k, v in found.metrics.items()])
    facts.setFixedWidth(200)
    inner = row(gap=24, margins=(16, 12, 16, 16))
    inner.addLayout(column(label("Metrics", "section"), facts, None, gap=8))
    inner.addLayout(column(wrap_in(grid), None), 1)
    return scrolled(wrap_in(inner), "Metrics and plots")
