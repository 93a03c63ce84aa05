"""The outputs of a step: the head of a table, plots, or files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QSizePolicy, QStackedWidget, QWidget

from studio.domain.component import Port, describe
from studio.gui.files import show_folder
from studio.gui.tasks import Task, Tasks
from studio.gui.viewers.file_views import files_table
from studio.gui.viewers.outputs import OutputContent, look_into, read_text
from studio.gui.viewers.plot_view import PlotRow
from studio.gui.viewers.preview import TableHead, preview
from studio.gui.viewers.table_view import TableHeadView
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import button, column, frame, label, row, wrap_in
from studio.gui.widgets.code_view import CodeEdit
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.formats import format_bytes, format_number
from studio.gui.widgets.progress import ProgressRow

if TYPE_CHECKING:
    from studio.services.runs import RunService


@dataclass(frozen=True)
class Output:
    """One output of a step; `digest` is "" until it was made."""

    step: str
    port: Port
    digest: str


@dataclass(frozen=True)
class _Loaded:
    content: OutputContent
    head: TableHead | None = None
    text: str | None = None


class OutputTab(QWidget):
    """Shows one output at a time; the rest are in the list at the top."""

    def __init__(
        self, runs: RunService, tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._runs, self._tasks = runs, tasks
        self._outputs: tuple[Output, ...] = ()
        self._shown: Output | None = None
        self._task: Task | None = None
        self._folder: Path | None = None
        self.choice = QComboBox()
        self.choice.setAccessibleName("Output")
        self.choice.setMinimumWidth(180)
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.choice.activated.connect(self._pick)
        self._facts = label("", "caption")
        # Long facts are cut, not the panels beside.
        self._facts.setSizePolicy(
            QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred
        )
        self._open = button("Open folder", kind="text", icon="folder-open")
        self._open.clicked.connect(self._open_folder)
        self.table, self.plots = TableHeadView(), PlotRow()
        self.files = files_table()
        self.text = CodeEdit(read_only=True)
        self.text.setAccessibleName("Text of the output")
        self.failure = Banner("err")
        self._none = EmptyState("tray", "No output yet", "Select a step, then Run.")
        self._loading = ProgressRow("Reading the output")
        self._stack = QStackedWidget()
        self._build()

    def show_outputs(self, outputs: tuple[Output, ...]) -> None:
        """Outputs of the selected step; the one that is shown stays if it can."""
        if outputs == self._outputs:
            return
        self._outputs = outputs
        name = self._shown.port.name if self._shown else ""
        self.choice.clear()
        for output in outputs:
            kind = describe(output.port.type)
            self.choice.addItem(f"{output.port.name} · {kind}")
        number = next((n for n, o in enumerate(outputs) if o.port.name == name), 0)
        self._bar.setVisible(bool(outputs))
        if outputs:
            self.choice.setCurrentIndex(number)
            self._pick(number)
        else:
            self._say("No output yet", "Select a step to see what it made.")

    @property
    def page(self) -> QWidget | None:
        """What is shown: the table, plots, text, files or a message."""
        return self._stack.currentWidget()

    def _build(self) -> None:
        bar = row(self.choice, self._facts, self._open, margins=(8, 4, 8, 4))
        bar.setStretch(1, 1)
        self._bar = frame("header", bar)
        self._bar.hide()
        wrapped = column(self._loading, None, margins=(16, 16, 16, 16))
        self._wait = wrap_in(wrapped)
        broken = column(self.failure, None, margins=(16, 16, 16, 16))
        self._broken = wrap_in(broken)
        for page in (
            self._none,
            self.table,
            self.plots,
            self.files,
            self.text,
            self._wait,
            self._broken,
        ):
            self._stack.addWidget(page)
        layout = column(self._bar, gap=0)
        layout.addWidget(self._stack, 1)
        self.setLayout(layout)

    def _pick(self, number: int) -> None:
        output = self._outputs[number]
        self._shown = output
        self._facts.clear()
        self._open.setVisible(bool(output.digest))
        if self._task is not None:
            self._task.cancel()
        if not output.digest:
            self._say("Not made yet", "Run the pipeline to see this output.")
            return
        self._stack.setCurrentWidget(self._wait)
        self._task = self._tasks.run(
            partial(_load, self._runs, output),
            done=self._show,
            failed=self._fail,
            owner=self,
        )

    def _show(self, loaded: _Loaded) -> None:
        content = loaded.content
        self._folder = content.path
        self._facts.setText(_facts(content))
        self._facts.setToolTip(_facts(content))
        if loaded.head is not None:
            self.table.show_head(loaded.head)
            self._stack.setCurrentWidget(self.table)
        elif content.kind == "evaluation" and content.plots:
            self.plots.show_plots(content.plots)
            self._stack.setCurrentWidget(self.plots)
        elif loaded.text is not None:
            self.text.set_text(loaded.text)
            self._stack.setCurrentWidget(self.text)
        else:
            self.files.rows_model.set_rows(content.files)
            self._stack.setCurrentWidget(self.files)

    def _fail(self, error: BaseException) -> None:
        hint = str(getattr(error, "hint", ""))
        self.failure.show_message("err", str(error), hint=hint)
        self._stack.setCurrentWidget(self._broken)

    def _say(self, title: str, sentence: str) -> None:
        self._none.set_text(title, sentence)
        self._stack.setCurrentWidget(self._none)

    def _open_folder(self) -> None:
        if self._folder is not None:
            show_folder(self._folder)


def _load(runs: RunService, output: Output) -> _Loaded:
    path = runs.output_path(output.digest)
    content = look_into(path)
    head = preview(path) if content.kind == "table" else None
    text = read_text(path) if content.kind == "text" else None
    return _Loaded(content, head, text)


def _facts(content: OutputContent) -> str:
    if content.metrics:
        pairs = list(content.metrics.items())[:4]
        return " · ".join(f"{key} {format_number(value)}" for key, value in pairs)
    size = format_bytes(sum(file.bytes for file in content.files))
    count = len(content.files)
    return f"{count} file{'s' if count != 1 else ''} · {size}"
