"""One output of a step, as what it is: a table, plots, text or a list of files.

pane = OutputPane(studio.tables, tasks)
pane.show_output(lambda: studio.runs.output_path(digest), digest)
pane.say("Not made yet", "Run the pipeline to see this output.")
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QStackedWidget, QTabBar, QWidget

from studio.domain.errors import StudioError
from studio.domain.table import TableShape
from studio.gui.files import show_folder
from studio.gui.tasks import Task, Tasks
from studio.gui.viewers.evaluation_view import EvaluationView
from studio.gui.viewers.file_views import files_table
from studio.gui.viewers.images_view import (
    ImagesView,
    gallery_of_column,
    gallery_of_files,
)
from studio.gui.viewers.outputs import (
    FileEntry,
    OutputContent,
    images_of,
    look_into,
    read_text,
)
from studio.gui.viewers.profile_view import ProfileView
from studio.gui.viewers.rows_view import OpenedTable, RowsView, open_table
from studio.gui.viewers.schema_view import SchemaView
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import column, frame, row, tool_button, wrap_in
from studio.gui.widgets.code_view import CodeEdit
from studio.gui.widgets.elided import ElidedLabel
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.formats import format_bytes
from studio.gui.widgets.progress import ProgressRow
from studio.gui.widgets.table import DataTable
from studio.services.tables.service import TableService

W = TypeVar("W", bound=QWidget)
BAR = 36
PATIENCE_MS = 150
_VIEWS = ("rows", "schema", "profile", "images")


@dataclass(frozen=True)
class Loaded:
    """What was found, and what is shown of it."""

    content: OutputContent
    shown: Any = None


ROOM_FOR_ALL = 620
"""In a narrower pane what to look at is worth more than where its files are."""


class OutputPane(QWidget):
    """`shown` follows when what the last `show_output` asked for is there, or why not.

    `lead` stands at the left of its bar. Views are made when they are first shown.
    """

    shown = Signal()
    copied = Signal(str)
    """What was put on the clipboard, in words."""

    def __init__(
        self,
        tables: TableService,
        tasks: Tasks,
        *,
        lead: QWidget | None = None,
        plots: Literal["row", "grid"] = "grid",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tables, self._tasks = tables, tasks
        self._task: Task | None = None
        self._folder: Path | None = None
        self._plots = plots
        self.rows = RowsView(tasks)
        self.trouble = Banner("err")
        self._nothing = EmptyState("tray", "", "")
        self._loading = ProgressRow("Reading the output")
        self._stack = QStackedWidget()
        self._facts = ElidedLabel("caption")
        self.tabs = QTabBar()
        self._build(lead)
        self.rows.told.connect(self._show_words)
        self.rows.copied.connect(self.copied)
        self.rows.settled.connect(self._settled)
        self.tabs.currentChanged.connect(self._turn)

    @cached_property
    def schema(self) -> SchemaView:
        return self._added(SchemaView())

    @cached_property
    def profile(self) -> ProfileView:
        return self._added(ProfileView(self._tasks))

    @cached_property
    def evaluation(self) -> EvaluationView:
        return self._added(EvaluationView(self._plots))

    @cached_property
    def images(self) -> ImagesView:
        made = ImagesView(self._tasks)
        made.failed.connect(self._fail)
        return self._added(made)

    @cached_property
    def files(self) -> DataTable[FileEntry]:
        return self._added(files_table())

    @cached_property
    def text(self) -> CodeEdit:
        made = CodeEdit(read_only=True)
        made.setAccessibleName("Text of the output")
        return self._added(made)

    @property
    def page(self) -> QWidget | None:
        """What is shown: rows, schema, an evaluation, text, files or a message."""
        return self._stack.currentWidget()

    @property
    def caption(self) -> str:
        return self._facts.text()

    def show_output(self, path: Callable[[], Path], digest: str = "") -> None:
        """Look into a path in the background and show what is there."""
        self._forget()
        self._bar.show()
        if self.page is self._nothing:
            self._stack.setCurrentWidget(self._wait)
        self._task = self._tasks.run(
            lambda: _load(self._tables, path(), digest),
            done=self._show_loaded,
            failed=self._fail,
            owner=self,
        )

    def say(self, title: str, sentence: str, *, bar: bool = True) -> None:
        """Show nothing but words."""
        self._forget()
        self._set_tabs([])
        self._facts.clear()
        self._bar.setVisible(bar)
        self._has_files = False
        self._show_tools()
        self._nothing.set_text(title, sentence)
        self._stack.setCurrentWidget(self._nothing)

    def open_folder(self) -> None:
        """Show the files in the system's file manager."""
        if self._folder is not None:
            show_folder(self._folder)

    def copy_path(self) -> None:
        QGuiApplication.clipboard().setText(str(self._folder or ""))
        self.copied.emit("Copied the path")

    # -- inside ------------------------------------------------------------------------

    def _build(self, lead: QWidget | None) -> None:
        self._has_files = False
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName("Views of the output")
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)  # other parts of the bar give way
        self.rows.filter.setMaximumWidth(260)
        # Long facts are cut, not the panels beside.
        ignored, preferred = QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred
        self._facts.setSizePolicy(ignored, preferred)
        copy = tool_button("copy", "Copy path", self.copy_path)
        folder = tool_button("folder-open", "Open folder", self.open_folder)
        self._tools = wrap_in(row(copy, folder, gap=4))
        self._find = wrap_in(row(self.rows.filter, self.rows.jump, gap=4))
        items = [*([lead] if lead is not None else []), self.tabs, self._facts]
        bar = row(*items, self._find, self._tools, margins=(8, 0, 8, 0))
        bar.setStretch(len(items) - 1, 1)
        self._bar: QFrame = frame("header", bar)
        self._bar.setFixedHeight(BAR)
        self._wait = wrap_in(column(self._loading, None, margins=(16, 16, 16, 16)))
        broken = column(self.trouble, None, margins=(16, 12, 16, 12))
        self._broken = wrap_in(broken)
        for page in (self._nothing, self._wait, self._broken, self.rows):
            self._stack.addWidget(page)
        layout = column(self._bar, gap=0)
        layout.addWidget(self._stack, 1)
        self.setLayout(layout)
        self._set_tabs([])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_tools()

    def _show_tools(self) -> None:
        self._tools.setVisible(self._has_files and self.width() >= ROOM_FOR_ALL)

    def _show_loaded(self, loaded: Loaded) -> None:
        content, shown = loaded.content, loaded.shown
        self._folder = content.path
        self._has_files = True
        self._show_tools()
        self._facts.setText(_caption(content))
        match shown:
            case OpenedTable():
                more = ["Images"] if bytes_column(shown.shape) >= 0 else []
                self._set_tabs(["Table", "Schema", "Profile", *more])
                self.rows.show_table(shown)
                self.schema.show_shape(shown.shape)
                self._turn(self.tabs.currentIndex())
            case StudioError():
                self._fail(shown)
                return
            case str():
                self._put(self.text)
                self.text.set_text(shown)
            case _ if content.kind == "images":
                self._put(self.images)
                found = images_of(content)
                gallery = gallery_of_files(self._tables, content.path, found)
                self.images.show_gallery(gallery)
            case _ if content.kind == "evaluation":
                self._put(self.evaluation)
                self.evaluation.show_content(content)
            case _:
                self._put(self.files)
                self.files.rows_model.set_rows(content.files)
        self._facts.setToolTip(self.caption)
        self.shown.emit()

    def _added(self, page: W) -> W:
        self._stack.addWidget(page)
        return page

    def _put(self, page: QWidget) -> None:
        self._set_tabs([])
        self._stack.setCurrentWidget(page)

    def _set_tabs(self, names: list[str]) -> None:
        """The views of a table; the one that was chosen stays chosen."""
        if names != [self.tabs.tabText(n) for n in range(self.tabs.count())]:
            self.tabs.blockSignals(True)
            while self.tabs.count():
                self.tabs.removeTab(0)
            for name in names:
                self.tabs.addTab(name)
            self.tabs.blockSignals(False)
        self.tabs.setVisible(bool(names))
        self._find.setVisible(bool(names))

    def _turn(self, number: int) -> None:
        if not 0 <= number < len(_VIEWS):
            return
        self._stack.setCurrentWidget(getattr(self, _VIEWS[number]))
        self._find.setVisible(number == 0)
        if _VIEWS[number] == "profile" and self.rows.pages is not None:
            seen = self.rows.grid.in_view()[1]
            self.profile.show_table(self.rows.pages.table, seen)
        if _VIEWS[number] == "images" and self.rows.pages is not None:
            table, shape = self.rows.pages.table, self.rows.pages.shape
            rows = shape.rows or 0
            self.images.show_gallery(
                gallery_of_column(table, bytes_column(shape), rows)
            )

    def _show_words(self) -> None:
        self._facts.setText(self.rows.words)
        self._facts.setToolTip(self.rows.words)

    def _settled(self, shape: TableShape) -> None:
        self.schema.show_shape(shape)

    def _forget(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self.rows.cancel()
        if "profile" in self.__dict__:
            self.profile.forget()
        self._folder = None

    def _fail(self, error: BaseException) -> None:
        self._set_tabs([])
        fixes = [("Open folder", self.open_folder)] if self._folder else []
        message = getattr(error, "message", f"It can't be read: {error}")
        hint = str(getattr(error, "hint", ""))
        self.trouble.show_message("err", message, hint=hint, fixes=fixes)
        self._stack.setCurrentWidget(self._broken)
        self.shown.emit()


def bytes_column(shape: TableShape) -> int:
    """The first column that may hold images; -1 if there is none."""
    kinds = [column.type for column in shape.columns]
    found = (at for at, kind in enumerate(kinds) if kind.endswith("binary"))
    return next(found, -1)


def _load(tables: TableService, path: Path, digest: str) -> Loaded:
    content = look_into(path)
    try:
        match content.kind:
            case "table":
                return Loaded(content, open_table(tables.open(path, digest)))
            case "text":
                return Loaded(content, read_text(path))
            case "gone":
                return Loaded(content, _gone())
    except StudioError as error:
        return Loaded(content, error)
    return Loaded(content)


def _gone() -> StudioError:
    return StudioError(
        "This output isn't on disk any more", "Run the step again to make it anew"
    )


def _caption(content: OutputContent) -> str:
    count = len(content.files)
    noun = "file" if count == 1 else "files"
    return f"{content.title} · {count:,} {noun} · {format_bytes(content.size_bytes)}"
