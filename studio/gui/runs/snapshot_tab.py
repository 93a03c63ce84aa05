"""What a run was made of, so that anyone can make it again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QSplitter,
    QStackedWidget,
    QWidget,
)

from studio.gui.tasks import Task, Tasks
from studio.gui.theme.icons import set_icon
from studio.gui.widgets.basics import column, label, tool_button, wrap_in
from studio.gui.widgets.code_view import CodeEdit
from studio.gui.widgets.facts import Fact, FactList
from studio.gui.widgets.formats import format_bytes
from studio.gui.widgets.panel import scrolled
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.run import Run, Snapshot

SECTIONS = ("Parameters", "Data", "Code", "Environment", "Machine", "Pipeline")
NAMES = 140
MARGINS = (16, 12, 16, 16)
_NO_GIT = (
    "The pipeline isn't in a Git repository. Its code is known by the hashes below, "
    "and kept in the workspace."
)


class SnapshotTab(QSplitter):
    """Sections at the left, the chosen one at the right."""

    shown = Signal()

    def __init__(self, studio: Studio, tasks: Tasks) -> None:
        super().__init__()
        self.setChildrenCollapsible(False)
        self._studio, self._tasks = studio, tasks
        self._read_for: tuple[str, str] = ("", "")
        self._task: Task | None = None
        self.sections = QListWidget()
        self.sections.setAccessibleName("Parts of the snapshot")
        self.sections.addItems(list(SECTIONS))
        self.sections.setMinimumWidth(132)
        self.parameters, self.machine = FactList(names=NAMES), FactList(names=NAMES)
        self.data = FactList(names=NAMES)
        self.code = CodePart()
        self.environment = EnvironmentPart()
        self.pipeline = CodeEdit("yaml", read_only=True)
        self.pipeline.setAccessibleName("Pipeline as YAML")
        self._stack = QStackedWidget()
        self._no_parameters = label("This pipeline has no inputs", "muted")
        self._no_data = label("No step reads a file from outside", "muted")
        for part in (
            _facts_page(self.parameters, self._no_parameters),
            _facts_page(self.data, self._no_data),
            self.code,
            self.environment,
            _facts_page(self.machine),
            self.pipeline,
        ):
            self._stack.addWidget(part)
        self.sections.currentRowChanged.connect(self._stack.setCurrentIndex)
        self.sections.setCurrentRow(0)
        self.addWidget(self.sections)
        self.addWidget(self._stack)
        self.setSizes([160, 1000])
        self.setStretchFactor(1, 1)

    def set_run(self, run: Run) -> None:
        """Read a run's snapshot, again when its state has changed."""
        wanted = (run.id, run.state.value)
        if wanted == self._read_for:
            return
        self._read_for = wanted
        if self._task is not None:
            self._task.cancel()
        self._task = self._tasks.run(
            partial(self._studio.runs.snapshot, run.id), done=self._show, owner=self
        )

    def _show(self, found: Snapshot) -> None:
        self._task = None
        self.parameters.set_facts(_lines(found.parameters))
        self._no_parameters.setVisible(not found.parameters)
        self.data.set_facts(_lines(found.data, mono=True))
        self._no_data.setVisible(not found.data)
        self.code.show_code(found)
        self.environment.show_environment(found.environment)
        self.machine.set_facts(_machine(found.machine))
        self.pipeline.set_text(found.pipeline_yaml)
        self.shown.emit()


class CodePart(QWidget):
    """The commit, what was changed since, and the hash of each step's code."""

    def __init__(self) -> None:
        super().__init__()
        self.git, self.steps = FactList(names=NAMES), FactList(names=NAMES)
        self._no_git = label(_NO_GIT, "muted", wrap=True)
        self._title = label("Changed since the commit", "section")
        self.difference = CodeEdit("text", read_only=True, numbers=False)
        self.difference.setAccessibleName("Changes since the commit")
        self.difference.setMinimumHeight(160)
        inner = column(
            self.git,
            self._no_git,
            label("Code of the steps (SHA-256)", "section"),
            self.steps,
            self._title,
            self.difference,
            None,
            gap=8,
            margins=MARGINS,
        )
        inner.setStretchFactor(self.difference, 1)
        self.setLayout(column(scrolled(wrap_in(inner))))

    def show_code(self, found: Snapshot) -> None:
        """Show the code's part of a snapshot."""
        self.git.set_facts(_git(found.git))
        self._no_git.setVisible(not found.git)
        self.steps.set_facts(_lines(found.code, mono=True))
        self.difference.set_text(found.git_diff)
        for part in (self._title, self.difference):
            part.setVisible(bool(found.git_diff))


class EnvironmentPart(QWidget):
    """The interpreter, and the packages with a search."""

    def __init__(self) -> None:
        super().__init__()
        self.facts = FactList(names=NAMES)
        self.search = QLineEdit(
            placeholderText="Search packages", clearButtonEnabled=True
        )
        self.search.setMaximumWidth(320)
        self.search.setAccessibleName("Search packages")
        self.search.textChanged.connect(self._filter)
        glass = self.search.addAction(
            tool_button("magnifying-glass", "Search").icon(),
            QLineEdit.ActionPosition.LeadingPosition,
        )
        set_icon(glass, "magnifying-glass", "text2", 16)
        self._packages: list[tuple[str, str]] = []
        model: RowsModel[tuple[str, str]] = RowsModel(
            [
                Column("Package", lambda one: one[0], width=260),
                Column("Version", lambda one: one[1], kind="mono"),
            ],
            key=lambda one: one[0],
        )
        self.table = DataTable(model, many=True)
        self.table.setAccessibleName("Packages of the environment")
        self.table.set_empty_text("No package has this name")
        self.setLayout(
            column(self.facts, self.search, self.table, gap=10, margins=(16, 12, 0, 0))
        )

    def show_environment(self, found: Mapping[str, Any]) -> None:
        """Show interpreter and packages of a snapshot."""
        packages = found.get("packages", {})
        self.facts.set_facts(
            [
                Fact("Python", _words(found, "implementation", "python")),
                Fact("Packages", f"{len(packages):,}"),
                Fact("SHA-256", str(found.get("sha256", "")), mono=True),
            ]
        )
        self._packages = [(str(k), str(v)) for k, v in packages.items()]
        self._filter(self.search.text())

    def _filter(self, text: str) -> None:
        wanted = text.strip().casefold()
        self.table.rows_model.set_rows(
            [one for one in self._packages if wanted in one[0].casefold()]
        )


def _facts_page(facts: FactList, nothing: QWidget | None = None) -> QWidget:
    parts = [facts] if nothing is None else [facts, nothing]
    return scrolled(wrap_in(column(*parts, None, margins=MARGINS)), "Facts")


def _lines(values: Mapping[str, Any], *, mono: bool = False) -> list[Fact]:
    return [Fact(str(name), str(value), mono=mono) for name, value in values.items()]


def _words(found: Mapping[str, Any], *names: str) -> str:
    return " ".join(str(found[name]) for name in names if name in found)


def _git(git: Mapping[str, str]) -> list[Fact]:
    if not git:
        return []
    changed = "Yes, see below" if git.get("dirty") == "true" else "No"
    return [
        Fact("Commit", git.get("commit", ""), mono=True),
        Fact("Branch", git.get("branch", "") or "None (detached)"),
        Fact("Repository", git.get("repository_uri", "") or "Only on this computer"),
        Fact("Changed", changed),
    ]


def _machine(machine: Mapping[str, Any]) -> list[Fact]:
    memory = machine.get("memory_bytes")
    found = (
        ("Name", machine.get("name")),
        ("System", machine.get("system")),
        ("Architecture", machine.get("architecture")),
        ("Processors", machine.get("processors")),
        ("Memory", format_bytes(memory) if isinstance(memory, int) else None),
    )
    return [Fact(name, str(value)) for name, value in found if value]
