"""The Models page: versions found by their tags, the chosen one beside them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import (
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.domain.events import Event
from studio.domain.tag_filter import TagIs, write_term
from studio.gui.actions import Action
from studio.gui.files import PathDrop
from studio.gui.filtered_list import FilteredList, list_below_filter, pop_up
from studio.gui.models import editing
from studio.gui.models.commands import ModelCommands
from studio.gui.models.details import ModelDetails, ModelFacts
from studio.gui.models.model_list import ModelRow, ModelSource, columns, serving_now
from studio.gui.models.package_commands import PackageCommands
from studio.gui.models.verbs import MENU, verbs
from studio.gui.page import Page, WindowServices
from studio.gui.sample import open_sample
from studio.gui.tasks import Task, Tasks
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.filter_bar import FilterBar, Suggestion
from studio.gui.widgets.rows_model import RowsModel
from studio.gui.widgets.switch import Switch
from studio.gui.widgets.table import DataTable
from studio.gui.works import Works
from studio.gui.works_panel import WorksPanel

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.model import ModelPage

MODEL_EVENTS = ("Model", "Deployment", "Endpoint", "RunEnded", "StepEnded")
NO_MATCH = "No model matches. Change or clear the filter, or include archived ones."


class ModelsPage(Page):
    id, title, icon = "models", "Models", "stack"

    def __init__(self, studio: Studio, tasks: Tasks, window: WindowServices) -> None:
        super().__init__(studio, tasks, window)
        self.filter = FilterBar("Tag=Value, for example stage=prod accuracy>0.9")
        self.switch = Switch("Include archived")
        self.table: DataTable[ModelRow] = DataTable(
            RowsModel(columns(), key=lambda row: row.reference),
            name="models",
            settings=window.settings,
        )
        self.details = ModelDetails()
        self.commands = ModelCommands(self)
        self.works = Works(tasks, self)
        self.works_panel = WorksPanel(self.works)
        self.packages = PackageCommands(self, self.works)
        self._stack = QStackedWidget()
        self._total = 0
        self._wanted, self._searched = "", False
        self._reading: Task | None = None
        self._build()
        self._connect()
        self._read_tags()
        source = ModelSource(studio, self._told)
        self._list = FilteredList(self, self.table, self.filter, source)

    # -- what the window asks ------------------------------------------------------

    @property
    def caption(self) -> str:
        noun = "version" if self._total == 1 else "versions"
        return f"{self._total:,} {noun}" if self._total else ""

    @property
    def current(self) -> ModelRow | None:
        """The chosen version."""
        return self.table.current()

    def page_actions(self) -> Sequence[Action]:
        return verbs(self)

    def top_bar_widgets(self) -> Sequence[QWidget]:
        button = self.services.actions.button
        return [
            button("models.copy", icon_only=True),
            button("models.delete", icon_only=True),
            button("models.archive"),
            button("models.download"),
            button("models.package"),
            button("models.register"),
            button("models.deploy", kind="primary"),
        ]

    def refresh(self, events: Sequence[Event]) -> None:
        told = [event for event in events if event.type.startswith(MODEL_EVENTS)]
        if told or not events:
            self.table.rows_model.reload()
            self._read_tags()

    def deactivated(self) -> None:
        self.details.flush()

    def open_target(self, **target: Any) -> None:
        """`reference=` chooses a version, `register=` (True or a path) registers."""
        if reference := str(target.get("reference") or target.get("model") or ""):
            self._wanted, self._searched = "", False
            if not self.table.select_key(reference):
                self._wanted = reference
                self.renew()
        if filter_text := str(target.get("filter", "")):
            self.filter.set_text(filter_text)
        if register := target.get("register"):
            self.commands.register(Path(register) if register is not True else None)

    def put_away(self) -> None:
        self.works.cancel_all()

    def unsaved(self) -> str:
        self.details.flush()
        return ""

    # -- inside --------------------------------------------------------------------

    def _build(self) -> None:
        PathDrop(self, self.commands.register)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(
            list_below_filter("Models", self.table, self.filter, self.switch)
        )
        split.addWidget(self.details)
        split.setStretchFactor(0, 1)
        self._stack.addWidget(self._empty())
        self._stack.addWidget(split)
        self._stack.setCurrentIndex(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.works_panel)

    def _empty(self) -> QWidget:
        return EmptyState(
            "stack",
            "No models yet",
            "Train one with the sample, or drop a model file here.",
            primary=(
                "Open the sample",
                lambda: open_sample(self.services, self.tasks, self),
            ),
            secondary=("Register model…", self.commands.register),
        )

    def _connect(self) -> None:
        model, details = self.table.rows_model, self.details
        model.loaded.connect(self._loaded)
        model.dataChanged.connect(self._reread)
        self.switch.toggled.connect(lambda on: self._list.narrow(include_archived=on))
        self.table.current_changed.connect(self._choose)
        self.table.activated_row.connect(lambda _row: self.commands.deploy())
        self.table.menu_wanted.connect(lambda _row, at: pop_up(self, MENU, at))
        details.tag_added.connect(
            partial(self.commands.edit, editing.add_tag, details.tags)
        )
        details.tag_removed.connect(
            partial(self.commands.edit, editing.remove_tag, details.tags)
        )
        details.alias_added.connect(
            partial(self.commands.edit, editing.add_alias, details.aliases)
        )
        details.alias_removed.connect(
            partial(self.commands.edit, editing.remove_alias, details.aliases)
        )
        details.description_edited.connect(self.commands.describe)
        details.restore_wanted.connect(self.commands.restore)
        self.works_panel.log_wanted.connect(self.packages.show)
        self.works_panel.mend_wanted.connect(self.packages.change)
        details.page_wanted.connect(
            lambda page, target: self.services.open_page(page, **target)
        )

    def _told(self, page: ModelPage) -> None:
        self.tasks.post(lambda: self._show_total(page), owner=self)

    def _show_total(self, page: ModelPage) -> None:
        self._total = page.total
        self.heading_changed.emit()

    def _read_tags(self) -> None:
        self.tasks.run(self.studio.models.tag_values, done=self._suggest, owner=self)

    def _suggest(self, pairs: Sequence[tuple[str, str]]) -> None:
        terms = sorted({write_term(TagIs(key, (value,))) for key, value in pairs})
        self.filter.set_suggestions([Suggestion(term) for term in terms])
        self.details.tags.set_suggestions(terms)

    def _loaded(self) -> None:
        rows = self.table.rows_model.rows
        source = self._list.source
        narrowed = bool(source.filter or source.include_archived)
        self._stack.setCurrentIndex(1 if rows or narrowed else 0)
        self.table.set_empty_text(NO_MATCH)
        if self._wanted and self.table.select_key(self._wanted):
            self._wanted = ""
        elif self._wanted:
            self._find_wanted()
        elif rows and self.current is None:
            self.table.select_key(rows[0].reference)
        self.services.actions.refresh()

    def renew(self) -> None:
        """Read the list again."""
        self.table.rows_model.reload()

    def show_new(self, reference: str) -> None:
        """Choose a version that has just been registered."""
        self._wanted, self._searched = reference, False
        self.filter.clear()
        self.renew()

    def _find_wanted(self) -> None:
        """Look for it by its name, among the archived too; give up after that."""
        if self._searched:
            self.services.toast(f"There is no model {self._wanted}", tone="warn")
            self._wanted = ""
            return
        self._searched = True
        name = self._wanted.partition(":")[0].partition("@")[0]
        self.switch.setChecked(True)
        self.filter.set_text(name)
        self.renew()

    def _choose(self, chosen: ModelRow | None) -> None:
        self.services.actions.refresh()
        if self._reading is not None:
            self._reading.cancel()
        if chosen is None:
            self.details.set_facts(None)
            return
        self._reading = self.tasks.run(
            partial(_read, self.studio, chosen),
            done=self.details.set_facts,
            failed=lambda _error: self.details.set_facts(ModelFacts(chosen)),
            owner=self,
        )

    def _reread(self) -> None:
        self._choose(self.current)


def _read(studio: Studio, chosen: ModelRow) -> ModelFacts:
    model = studio.models.get(chosen.reference)
    serving = not serving_now(studio).isdisjoint(model.used_by)
    return ModelFacts(
        ModelRow(model, serving),
        studio.models.files(model.reference),
        studio.models.signature(model.reference),
    )
