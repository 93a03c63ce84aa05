"""Every package of a lock; for one platform at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QStackedWidget, QWidget

from studio.domain.environment import PLATFORMS, LockedPackage
from studio.environments.interpreters import host_platform
from studio.gui.widgets.basics import (
    column,
    frame,
    label,
    row,
    search_edit,
    wrap_in,
)
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.formats import format_time
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

if TYPE_CHECKING:
    from studio.domain.environment import EnvironmentVersion

_NAMES = {
    "linux-64": "Linux, x86-64",
    "linux-aarch64": "Linux, ARM",
    "osx-arm64": "macOS, Apple silicon",
    "osx-64": "macOS, Intel",
    "win-64": "Windows, x86-64",
}


class LockTab(QWidget):
    """`lock_wanted(platform)` asks for a lock that isn't there."""

    lock_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._version: EnvironmentVersion | None = None
        self.platforms = QComboBox()
        self.platforms.setAccessibleName("Platform of the lock")
        for name in PLATFORMS:
            self.platforms.addItem(_NAMES.get(name, name), name)
        self.search = search_edit("Filter packages")
        self.note = label("", "caption")
        self.table: DataTable[LockedPackage] = DataTable(
            RowsModel(_columns(), key=lambda each: (each.manager, each.name))
        )
        self.table.setAccessibleName("Locked packages")
        self._stack = QStackedWidget()
        self._empty = EmptyState("lock-open", "", "")
        self._build()

    @property
    def platform(self) -> str:
        """The one that is shown."""
        return str(self.platforms.currentData())

    def set_version(self, version: EnvironmentVersion) -> None:
        """Show a version; its lock for this computer first, else the one it has."""
        another = self._version is None or self._version.reference != version.reference
        self._version = version
        if another:
            locked = [lock.platform for lock in version.locks]
            best = host_platform()
            shown = best if best in locked or not locked else locked[0]
            self.platforms.setCurrentIndex(self.platforms.findData(shown))
        for number in range(self.platforms.count()):
            name = str(self.platforms.itemData(number))
            words = _NAMES.get(name, name)
            locked_here = version.lock_for(name) is not None
            self.platforms.setItemText(number, words + (" ✓" if locked_here else ""))
        self._show()

    def _build(self) -> None:
        self.search.setMaximumWidth(240)
        bar = row(self.platforms, self.search, None, self.note, margins=(16, 6, 16, 6))
        full = column(gap=0)
        full.addWidget(self.table, 1)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(wrap_in(full))
        layout = column(frame("header", bar), gap=0)
        layout.addWidget(self._stack, 1)
        self.setLayout(layout)
        self.platforms.currentIndexChanged.connect(self._show)
        self.search.textChanged.connect(self._show)
        self.table.set_empty_text("No package's name contains this")

    def _show(self) -> None:
        version = self._version
        if version is None:
            return
        lock = version.lock_for(self.platform)
        self._stack.setCurrentIndex(1 if lock else 0)
        self.search.setEnabled(lock is not None)
        if lock is None:
            self._explain(version)
            return
        wanted = self.search.text().strip().casefold()
        rows = [p for p in lock.packages if wanted in p.name.casefold()]
        self.table.rows_model.set_rows(rows)
        count = len(lock.packages)
        shown = f"{len(rows)} of {count}" if wanted else f"{count}"
        parts = (f"{shown} packages", f"Python {lock.python}", lock.solver)
        made = f"made {format_time(lock.made_at)}" if lock.made_at else ""
        self.note.setText(" · ".join(part for part in (*parts, made) if part))

    def _explain(self, version: EnvironmentVersion) -> None:
        self.note.setText("")
        if not version.declaration.is_locked:
            self._empty.set_text(
                "Nothing to lock", "An image is known by its digest, not by packages."
            )
            self._empty.set_steps(None)
            return
        where = _NAMES.get(self.platform, self.platform)
        self._empty.set_text(
            f"Not locked for {where}",
            "A lock decides the exact version of every package. Steps and models use "
            "nothing that isn't locked.",
        )
        wanted = self.platform
        self._empty.set_steps(("Lock", lambda: self.lock_wanted.emit(wanted)))


def _columns() -> list[Column[LockedPackage]]:
    return [
        Column("Package", lambda each: each.name, width=170),
        Column("Version", lambda each: each.version, kind="mono", width=110),
        Column("By", lambda each: each.manager, kind="muted", width=64),
        Column(
            "Needed by",
            lambda each: ", ".join(each.needed_by) or "asked for",
            kind="muted",
            width=220,
            tip=lambda each: "\n".join(each.needed_by),
        ),
        Column("Build", lambda each: each.build, kind="mono", width=110, optional=True),
        Column("Marker", lambda each: each.marker, kind="mono", optional=True),
    ]
