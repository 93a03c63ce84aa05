"""The Environments page: a filtered list, the chosen environment beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import (
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from studio.domain.events import Event
from studio.domain.tag_filter import TagIs, write_term
from studio.gui.actions import Action
from studio.gui.environments.bundle_commands import BundleCommands
from studio.gui.environments.commands import EnvironmentCommands
from studio.gui.environments.details import EnvironmentDetails
from studio.gui.environments.environment_list import (
    EnvironmentRow,
    EnvironmentSource,
    columns,
    tags_in_use,
)
from studio.gui.environments.image_commands import MENU as IMAGE_MENU
from studio.gui.environments.image_commands import ImageCommands
from studio.gui.environments.images_tab import ImagesTab
from studio.gui.environments.start_panel import StartPanel
from studio.gui.environments.verbs import MENU, verbs
from studio.gui.files import PathDrop
from studio.gui.filtered_list import FilteredList, list_below_filter, pop_up
from studio.gui.page import Page, WindowServices
from studio.gui.tasks import Tasks
from studio.gui.widgets.filter_bar import FilterBar, Suggestion
from studio.gui.widgets.rows_model import RowsModel
from studio.gui.widgets.switch import Switch
from studio.gui.widgets.table import DataTable
from studio.gui.works import Work, Works
from studio.gui.works_panel import WorksPanel
from studio.services.environments import starters

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.environment import EnvironmentVersion

NO_MATCH = "No environment matches. Change or clear the filter, or include archived."
TABS = ("declared", "lock", "twin", "versions", "log", "about")


class EnvironmentsPage(Page):
    id, title, icon = "environments", "Environments", "cube"

    def __init__(self, studio: Studio, tasks: Tasks, window: WindowServices) -> None:
        super().__init__(studio, tasks, window)
        self.starters = starters.names()
        self.filter = FilterBar("Tag=Value, kind=conda, python=3.11 or words")
        self.switch = Switch("Include archived")
        self.table: DataTable[EnvironmentRow] = DataTable(
            RowsModel(columns(), key=lambda row: row.name),
            name="environments",
            settings=window.settings,
        )
        self.works = Works(tasks, self, studio.work_logs)
        self.works_panel = WorksPanel(self.works)
        self.details = EnvironmentDetails(studio, tasks, self.works)
        self.commands = EnvironmentCommands(self)
        self.images = ImagesTab(studio, tasks)
        self.image_commands = ImageCommands(self)
        self.bundle_commands = BundleCommands(self)
        self.parts = QTabWidget()
        self.start = StartPanel(
            self.commands.create_starter,
            self.commands.ask_for_file,
            self.commands.new,
        )
        self._stack = QStackedWidget()
        self._wanted = ""
        self._build()
        self._connect()
        self._read_aside()
        self._list = FilteredList(
            self, self.table, self.filter, EnvironmentSource(studio)
        )

    # -- what the window asks ------------------------------------------------------

    @property
    def caption(self) -> str:
        count = len(self.table.rows_model.rows)
        noun = "environment" if count == 1 else "environments"
        return f"{count:,} {noun}" if count else ""

    @property
    def version(self) -> EnvironmentVersion | None:
        """The one that is shown, and that verbs are about."""
        return self.details.version if self.parts.currentIndex() == 0 else None

    def page_actions(self) -> Sequence[Action]:
        return [
            *verbs(self),
            *self.image_commands.verbs(),
            *self.bundle_commands.verbs(),
        ]

    def top_bar_widgets(self) -> Sequence[QWidget]:
        button = self.services.actions.button
        names = ("import_image", "export_image", "remove_image", "clean_up")
        self.images.add_buttons(
            [button(f"environments.{name}", icon_only=True) for name in names]
        )
        return [
            button("environments.copy", icon_only=True),
            button("environments.delete", icon_only=True),
            button("environments.edit"),
            button("environments.lock"),
            button("environments.build"),
            button("environments.new", kind="primary"),
        ]

    def refresh(self, events: Sequence[Event]) -> None:
        told = [event for event in events if event.type.startswith("Environment")]
        if told or not events:
            self.renew()

    def activated(self) -> None:
        if self.parts.currentWidget() is self.images:
            self.images.reload()

    def deactivated(self) -> None:
        self.details.about.flush()

    def unsaved(self) -> str:
        self.details.about.flush()
        return ""

    def put_away(self) -> None:
        self.works.cancel_all()

    def open_target(self, **target: Any) -> None:
        """`reference=` shows a version, `tab=` where to look; `new_from=` is a path;
        `images=True` shows those."""
        if target.get("images"):
            self.show_images()
        if reference := str(target.get("reference", "")):
            self.parts.setCurrentIndex(0)
            self._wanted = reference
            self.renew()
        if (tab := str(target.get("tab", ""))) in TABS:
            self.details.tabs.setCurrentIndex(TABS.index(tab))
        if path := target.get("new_from"):
            self.commands.new(Path(str(path)))

    # -- what others ask -----------------------------------------------------------

    def renew(self) -> None:
        """Read the list again."""
        self.table.rows_model.reload()
        self._read_aside()

    def show_new(self, reference: str) -> None:
        """Show a version that has just been made."""
        self._wanted = reference
        self.filter.clear()
        self.renew()

    def toast_place(self) -> QWidget | None:
        """Not the rows of work: their Cancel stays in reach."""
        return self.parts

    def show_images(self) -> None:
        self.parts.setCurrentWidget(self.images)
        self.images.again.setFocus()

    def show_log(self, work: Work) -> None:
        """Show what a work has told, beside its environment."""
        name = work.subject.partition(":")[0]
        self.parts.setCurrentIndex(0)
        if self.table.select_key(name):
            self.details.show_version(work.subject)
            self.details.show_log(work.log)

    # -- inside --------------------------------------------------------------------

    def _build(self) -> None:
        PathDrop(self, self.commands.new)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(
            list_below_filter("Environments", self.table, self.filter, self.switch)
        )
        split.addWidget(self.details)
        split.setSizes([620, 720])
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        self._stack.addWidget(self.start)
        self._stack.addWidget(split)
        self._stack.setCurrentIndex(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.parts.setDocumentMode(True)
        self.parts.addTab(self._stack, "Environments")
        self.parts.addTab(self.images, "Images")
        layout.setSpacing(0)
        layout.addWidget(self.parts, 1)
        layout.addWidget(self.works_panel)

    def _connect(self) -> None:
        model, details = self.table.rows_model, self.details
        model.loaded.connect(self._loaded)
        model.dataChanged.connect(lambda: self._choose(self.table.current()))
        self.switch.toggled.connect(lambda on: self._list.narrow(include_archived=on))
        self.table.current_changed.connect(self._choose)
        self.table.activated_row.connect(lambda _row: self.commands.edit())
        self.table.menu_wanted.connect(lambda _row, at: pop_up(self, MENU, at))
        details.changed.connect(self.services.actions.refresh)
        details.lock.platforms.currentIndexChanged.connect(
            self.services.actions.refresh
        )
        details.lock.lock_wanted.connect(self.commands.lock)
        details.lock.news_wanted.connect(self.commands.look_for_newer)
        details.lock.database_wanted.connect(
            lambda: self.services.actions.get("settings.packages").trigger()
        )
        details.twin.made.connect(self.commands.show_mended)
        details.restore_wanted.connect(self.commands.restore)
        details.about.description_edited.connect(self.commands.describe)
        details.about.tag_added.connect(self.commands.add_tag)
        details.about.tag_removed.connect(self.commands.remove_tag)
        self.works.ended.connect(self._ended)
        self.parts.currentChanged.connect(self._part_shown)
        self.images.changed.connect(self.services.actions.refresh)
        self.images.menu_wanted.connect(lambda at: pop_up(self, IMAGE_MENU, at))
        self.works_panel.log_wanted.connect(self.show_log)
        self.works_panel.mend_wanted.connect(self.commands.mend)

    def _part_shown(self, number: int) -> None:
        if self.parts.widget(number) is self.images:
            self.images.reload()
        self.services.actions.refresh()

    def _read_aside(self) -> None:
        def read() -> tuple[list[tuple[str, str]], set[tuple[str, str]]]:
            environments = self.studio.environments
            about = [(name, starters.get(name).about) for name in self.starters]
            return about, tags_in_use(environments.list(include_archived=True))

        self.tasks.run(read, done=self._show_aside, owner=self)

    def _show_aside(
        self, found: tuple[list[tuple[str, str]], set[tuple[str, str]]]
    ) -> None:
        abouts, pairs = found
        self.start.show_starters(abouts)
        terms = sorted(write_term(TagIs(key, (value,))) for key, value in pairs)
        self.filter.set_suggestions([Suggestion(term) for term in terms])
        self.details.about.tags.set_suggestions(terms)

    def _loaded(self) -> None:
        rows = self.table.rows_model.rows
        source = self._list.source
        narrowed = bool(source.filter or source.include_archived)
        self._stack.setCurrentIndex(1 if rows or narrowed else 0)
        self.table.set_empty_text(NO_MATCH)
        if self._wanted:
            self._show_wanted()
        elif rows and self.table.current() is None:
            self.table.select_key(rows[0].name)
        self.heading_changed.emit()
        self.services.actions.refresh()

    def _show_wanted(self) -> None:
        name = self._wanted.partition(":")[0]
        if self.table.select_key(name):
            self._choose(self.table.current())
            self._wanted = ""
        elif not self.switch.isChecked():
            self.switch.setChecked(True)  # it may be archived; this reads again
        else:
            self.services.toast(f"There is no environment {name}", tone="warn")
            self._wanted = ""

    def _choose(self, chosen: EnvironmentRow | None) -> None:
        self.details.set_row(chosen, self._wanted)

    def _ended(self, work: Work, _result: object) -> None:
        if work.state == "FAILED":
            self.services.toast(
                f"{work.title} failed",
                tone="err",
                action=("Show the log", lambda: self.show_log(work))
                if work.subject
                else None,
                key=work.title,
            )
        elif work.state == "CANCELLED":
            self.services.toast(f"Cancelled: {work.title}")
        self.services.actions.refresh()
