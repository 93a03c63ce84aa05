"""All that is known of one version; description, tags and aliases are edited here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QPlainTextEdit, QStackedWidget, QWidget

from studio.gui.models.model_list import ModelRow, type_text
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import column, label, row, selectable, wrap_in
from studio.gui.widgets.chip import Chip, StateLook
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.facts import Fact, FactList
from studio.gui.widgets.formats import format_bytes, format_time_within
from studio.gui.widgets.measures import measure_text
from studio.gui.widgets.panel import Panel, Section, scrolled
from studio.gui.widgets.word_editor import WordEditor

if TYPE_CHECKING:
    from studio.domain.model import ModelFile

WIDTH, NAMES, IDLE_MS = 340, 96, 600


@dataclass(frozen=True)
class ModelFacts:
    """A version with what is read from its content."""

    row: ModelRow
    files: Sequence[ModelFile] = ()
    signature: Mapping[str, Any] = field(default_factory=dict)


class ModelDetails(Panel):
    """Says what a person wants with signals; the page does it."""

    description_edited = Signal(str, str)
    tag_added = Signal(str)
    tag_removed = Signal(str)
    alias_added = Signal(str)
    alias_removed = Signal(str)
    restore_wanted = Signal()
    page_wanted = Signal(str, dict)

    def __init__(self) -> None:
        super().__init__("Details", width=WIDTH)
        self._reference = ""
        self._quiet = False
        self.title = selectable(label("", "panel-title", wrap=True))
        self.chip, self.version, self.kind = Chip(), Chip(), Chip()
        self.caption = label("", "caption", wrap=True)
        self.archived = Banner("info")
        self.description = QPlainTextEdit()
        self.tags = WordEditor("Add Tag=Value", "tag")
        self.aliases = WordEditor("Add an alias, for example production", "alias")
        self.lists = {
            name: FactList(names=NAMES)
            for name in ("uses", "metrics", "inputs", "origin", "properties", "files")
        }
        self._sections: dict[str, Section] = {}
        self._idle = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._stack = QStackedWidget()
        self._build()
        self.set_facts(None)

    @property
    def reference(self) -> str:
        """`NAME:VERSION` of what is shown; "" if nothing is."""
        return self._reference

    def set_facts(self, facts: ModelFacts | None) -> None:
        """Show a version; what is being typed is told first."""
        self.flush()
        self._stack.setCurrentIndex(0 if facts is None else 1)
        another = facts is None or facts.row.reference != self._reference
        self._reference = "" if facts is None else facts.row.reference
        if facts is None:
            return
        self._show_head(facts.row)
        self._show_edited(facts.row, another)
        self._show_lists(facts)

    def flush(self) -> None:
        """Tell an edited description now."""
        if self._idle.isActive():
            self._idle.stop()
            self._tell_description()

    def _show_head(self, row: ModelRow) -> None:
        model = row.model
        self.title.setText(model.name)
        self.chip.set_look(row.status)
        self.version.set_look(StateLook(f"Version {model.version}", "idle", ""))
        self.kind.set_look(StateLook(type_text(model.type), "idle", ""))
        by = f" by {model.created_by}" if model.created_by else ""
        self.caption.setText(
            f"Registered {format_time_within(model.created_at)}{by} · "
            f"{format_bytes(model.size_bytes)}"
        )
        self.archived.setVisible(model.archived)

    def _show_edited(self, row: ModelRow, another: bool) -> None:
        model = row.model
        if another or not self.description.hasFocus():
            self._quiet = True
            if self.description.toPlainText() != model.description:
                self.description.setPlainText(model.description)
            self._quiet = False
        self.tags.set_words([f"{key}={text}" for key, text in model.tags.items()])
        self.aliases.set_words(model.aliases)
        if another:
            self.tags.clear_line()
            self.aliases.clear_line()

    def _show_lists(self, facts: ModelFacts) -> None:
        model = facts.row.model
        inputs = facts.signature.get("inputs", ())
        measured = sorted(model.metrics.items())
        lines = {
            "uses": self._uses(model.used_by),
            "metrics": [Fact(name, measure_text(name, v)) for name, v in measured],
            "inputs": [Fact(str(one["name"]), str(one["type"])) for one in inputs],
            "origin": self._origin(facts.row),
            "properties": [Fact(k, v, mono=True) for k, v in model.properties.items()],
            "files": [_file(file) for file in facts.files],
        }
        for name, found in lines.items():
            self.lists[name].set_facts(found)
            self._sections[name].setVisible(bool(found))

    def _uses(self, used_by: Sequence[str]) -> list[Fact]:
        return [
            Fact(
                "Deployment" if number == 0 else "",
                place,
                act=partial(self._go, "endpoints", endpoint=place.partition("/")[0]),
                tip="Show the endpoint",
            )
            for number, place in enumerate(used_by)
        ]

    def _origin(self, row: ModelRow) -> list[Fact]:
        model = row.model
        found = [
            Fact(
                "Run", model.run_id, act=partial(self._go, "runs", run_id=model.run_id)
            ),
            Fact(
                "Pipeline",
                model.pipeline,
                act=partial(self._go, "pipelines", name=model.pipeline),
            ),
            Fact("Step", model.step),
            Fact("Experiment", model.experiment),
            Fact("Content", f"{model.digest[:16]}…", tip=f"SHA-256 {model.digest}"),
        ]
        return [fact for fact in found if fact.value]

    def _go(self, page: str, **target: Any) -> None:
        self.page_wanted.emit(page, target)

    def _edited(self) -> None:
        if not self._quiet:
            self._edited_of = self._reference
            self._idle.start()

    def _tell_description(self) -> None:
        self.description_edited.emit(self._edited_of, self.description.toPlainText())

    def _build(self) -> None:
        self._edited_of = ""
        self.description.setPlaceholderText("What it does, and what it is good for")
        self.description.setAccessibleName("Description")
        self.description.setTabChangesFocus(True)
        self.description.setFixedHeight(76)
        self.description.textChanged.connect(self._edited)
        self._idle.timeout.connect(self._tell_description)
        self.archived.show_message(
            "info",
            "Archived: hidden from lists, still usable by its number.",
            fixes=[("Restore", self.restore_wanted.emit)],
        )
        self.tags.added.connect(self.tag_added)
        self.tags.removed.connect(self.tag_removed)
        self.aliases.added.connect(self.alias_added)
        self.aliases.removed.connect(self.alias_removed)
        content = wrap_in(
            column(*self._parts(), None, gap=14, margins=(16, 12, 16, 16))
        )
        empty = EmptyState("stack", "No model chosen", "Choose a version in the list.")
        self.set_content(self._stack)
        self._stack.addWidget(empty)
        self._stack.addWidget(scrolled(content))

    def _parts(self) -> list[QWidget]:
        chips = wrap_in(row(self.chip, self.version, self.kind, None, gap=6))
        head = wrap_in(column(self.title, chips, self.caption, gap=6))
        described = wrap_in(
            column(label("Description", "label"), self.description, gap=4)
        )
        titles = {
            "uses": "Where it is used",
            "metrics": "Metrics",
            "inputs": "Columns it takes",
            "origin": "Where it comes from",
            "properties": "Properties",
            "files": "Files",
        }
        for name, title in titles.items():
            self._sections[name] = Section(title, self.lists[name])
        edited = [Section("Tags", self.tags), Section("Aliases", self.aliases)]
        uses, *others = self._sections.values()
        return [head, self.archived, described, uses, *edited, *others]


def _file(file: ModelFile) -> Fact:
    told = f"{format_bytes(file.size_bytes)} · {file.sha256[:12]}…"
    return Fact(file.path, told, tip=f"SHA-256 {file.sha256}")
