"""One environment: a version of it in a header, and tabs about that version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QStackedWidget, QTabWidget, QWidget

from studio.gui.environments.about_tab import AboutTab
from studio.gui.environments.declared_tab import DeclaredTab
from studio.gui.environments.environment_list import (
    KINDS,
    EnvironmentRow,
    python_of,
    state_of,
)
from studio.gui.environments.lock_tab import LockTab
from studio.gui.environments.log_tab import LogTab
from studio.gui.environments.twin_tab import TwinTab
from studio.gui.environments.versions_tab import VersionsTab
from studio.gui.tasks import Tasks
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import (
    column,
    frame,
    label,
    row,
    rule,
    selectable,
    wrap_in,
)
from studio.gui.widgets.chip import Chip, StateLook
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.formats import format_time_within
from studio.gui.works import Works
from studio.services.environments.lock_safety import safety_of

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.environment import EnvironmentVersion
    from studio.domain.work_log import WorkLog


class EnvironmentDetails(QStackedWidget):
    """`changed` when another version is shown; verbs are about `version`."""

    changed = Signal()
    restore_wanted = Signal()

    def __init__(self, studio: Studio, tasks: Tasks, works: Works) -> None:
        super().__init__()
        self._row: EnvironmentRow | None = None
        self.version: EnvironmentVersion | None = None
        self.title = selectable(label("", "panel-title"))
        self.versions_box = QComboBox()
        self.versions_box.setAccessibleName("Version shown")
        self.state, self.kind, self.python = Chip(), Chip(), Chip()
        self.caption = label("", "caption", wrap=True)
        self.archived = Banner("info")
        self._settings, self._tasks = studio.package_settings, tasks
        self.declared = DeclaredTab(studio, tasks)
        self.lock = LockTab()
        self.twin = TwinTab(studio, tasks, works)
        self.versions = VersionsTab(studio, tasks)
        self.log = LogTab(studio, tasks, works)
        self.about = AboutTab()
        self.tabs = QTabWidget()
        self._build()

    @property
    def reference(self) -> str:
        """`NAME:VERSION` of what is shown; "" if nothing is."""
        return self.version.reference if self.version else ""

    def set_row(self, row: EnvironmentRow | None, wanted: str = "") -> None:
        """Show an environment: the version `wanted`, else the one shown, else its
        newest."""
        same = row is not None and self._row is not None and row.name == self._row.name
        self._row = row
        if row is None:
            self.about.flush()
            self.version = None
            self.setCurrentIndex(0)
            self.changed.emit()
            return
        newest_before = self.versions_box.itemData(0) if same else ""
        stays = self.reference if self.reference != newest_before else ""
        self._fill(row)
        known = {each.reference for each in row.versions}
        shown = next((r for r in (wanted, stays) if r in known), row.newest.reference)
        self.setCurrentIndex(1)
        self.versions.set_versions(row.versions)
        self.log.set_name(row.name)
        self.show_version(shown)

    def show_version(self, reference: str) -> None:
        """Show one of the versions of the environment."""
        if self._row is None:
            return
        found = {each.reference: each for each in self._row.versions}.get(reference)
        if found is None:
            return
        self.versions_box.setCurrentIndex(self.versions_box.findData(reference))
        self.version = found
        self._show_head(found)
        self.declared.set_version(found)
        self._show_fault()
        self.lock.set_version(found)
        self._look_for_vulnerabilities(found)
        self.twin.set_version(found)
        self.about.set_version(found)
        self.changed.emit()

    def _look_for_vulnerabilities(self, version: EnvironmentVersion) -> None:
        """Of all its locks, in the database that is set; off the window's thread."""
        settings = self._settings
        self._tasks.run(
            lambda: [safety_of(lock, settings) for lock in version.locks],
            done=self.lock.show_safety,
            owner=self,
        )

    def show_log(self, log: WorkLog) -> None:
        """Go to the log of a work on the environment shown."""
        self.tabs.setCurrentWidget(self.log)
        self.log.show_log(log)

    def show_line(self, log: WorkLog, line: int) -> None:
        """Go to a line of the Dockerfile that a work was about."""
        self.show_version(log.subject)
        self.tabs.setCurrentWidget(self.declared)
        self.declared.text.go_to_line(line)
        self.declared.text.setFocus()

    def _show_fault(self) -> None:
        self.declared.show_fault(self.log.fault_of(self.reference))

    def _fill(self, row: EnvironmentRow) -> None:
        self.versions_box.clear()
        for each in row.versions:
            newest = " (newest)" if each is row.newest else ""
            self.versions_box.addItem(f"Version {each.version}{newest}", each.reference)

    def _show_head(self, version: EnvironmentVersion) -> None:
        assert self._row is not None
        here = self._row.here and version is self._row.newest
        self.title.setText(version.name)
        self.state.set_look(state_of(version, here))
        kind = KINDS[version.declaration.kind]
        self.kind.set_look(StateLook(kind, "idle", ""))
        python = python_of(version)
        self.python.set_look(StateLook(f"Python {python}", "idle", ""))
        self.python.setVisible(bool(python))
        by = f" by {version.created_by}" if version.created_by else ""
        about = f" · {version.description}" if version.description else ""
        self.caption.setText(
            f"Created {format_time_within(version.created_at)}{by}{about}"
        )
        self.archived.setVisible(version.archived)

    def _build(self) -> None:
        self.archived.show_message(
            "info",
            "Archived: hidden from lists, still usable by its number.",
            fixes=[("Restore", self.restore_wanted.emit)],
        )
        self.versions_box.activated.connect(
            lambda _: self.show_version(str(self.versions_box.currentData()))
        )
        self.versions.version_chosen.connect(self.show_version)
        self.declared.log_wanted.connect(self.show_log)
        self.log.line_wanted.connect(self.show_line)
        self.log.changed.connect(self._show_fault)
        self.tabs.setDocumentMode(True)
        for title, tab in self._titled():
            self.tabs.addTab(tab, title)
        chips = row(self.state, self.kind, self.python, None, gap=6)
        head = column(
            row(self.title, self.versions_box, None, gap=12),
            chips,
            self.caption,
            self.archived,
            gap=6,
            margins=(16, 10, 16, 10),
        )
        page = column(frame("plain", head), rule(), gap=0)
        page.addWidget(self.tabs, 1)
        self.addWidget(
            EmptyState(
                "cube", "No environment chosen", "Choose an environment in the list."
            )
        )
        self.addWidget(wrap_in(page))

    def _titled(self) -> tuple[tuple[str, QWidget], ...]:
        return (
            ("Declared", self.declared),
            ("Lock", self.lock),
            ("Twin", self.twin),
            ("Versions", self.versions),
            ("Log", self.log),
            ("About", self.about),
        )
