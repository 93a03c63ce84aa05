"""Every package of a lock; for one platform at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QStackedWidget, QWidget

from studio.domain.environment import PLATFORMS, Lock, LockedPackage
from studio.environments.interpreters import host_platform
from studio.gui.widgets.basics import (
    button,
    column,
    frame,
    row,
    search_edit,
    wrap_in,
)
from studio.gui.widgets.chip import StateLook
from studio.gui.widgets.elided import ElidedLabel
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.formats import format_time_within
from studio.gui.widgets.hints import in_window
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

if TYPE_CHECKING:
    from studio.domain.environment import EnvironmentVersion
    from studio.environments.freshness import Freshness, PackageFreshness
    from studio.environments.vulnerabilities import Vulnerability
    from studio.services.environments.lock_safety import LockSafety

_NAMES = {
    "linux-64": "Linux, x86-64",
    "linux-aarch64": "Linux, ARM",
    "osx-arm64": "macOS, Apple silicon",
    "osx-64": "macOS, Intel",
    "win-64": "Windows, x86-64",
}


@dataclass(frozen=True)
class LockedRow:
    """A package of a lock, and what is known of it by now if that was asked for."""

    package: LockedPackage
    news: PackageFreshness | None = None
    vulnerable: tuple[Vulnerability, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        return self.package.manager, self.package.name

    @property
    def needed_by(self) -> tuple[str, ...]:
        return self.package.needed_by

    @property
    def newest(self) -> str:
        return self.news.newest if self.news else ""

    @property
    def is_older(self) -> bool:
        return self.news is not None and self.news.is_newest is False

    @property
    def look(self) -> StateLook:
        """The worst that is known of it."""
        if self.vulnerable or (self.news and self.news.vulnerabilities):
            return StateLook("Vulnerable", "err", "shield-warning")
        if self.news is None:
            return StateLook("Locked", "idle", "lock")
        if self.news.withdrawn:
            return StateLook("Withdrawn", "err", "x-circle")
        if self.is_older:
            return StateLook("Newer", "warn", "arrow-up")
        if self.news.is_newest:
            return StateLook("Newest", "ok", "check-circle")
        return StateLook("Unknown", "idle", "question")

    @property
    def tip(self) -> str:
        known = self.vulnerable or (self.news.vulnerabilities if self.news else ())
        told = [_vulnerability(each) for each in known]
        if self.news is None:
            return "\n".join(told)
        gone = f"Withdrawn: {self.news.withdrawn}" if self.news.withdrawn else ""
        return "\n".join([*told, *([gone] if gone else [])])


def _vulnerability(each: Vulnerability) -> str:
    mended = f" Mended in {', '.join(each.fixed_in)}." if each.fixed_in else ""
    return f"{each.id}: {each.summary}.{mended}"


class LockTab(QWidget):
    """`lock_wanted(platform)` asks for a lock that isn't there, `news_wanted` for what
    is known of the packages by now, `database_wanted` where to name one of
    vulnerabilities."""

    lock_wanted = Signal(str)
    news_wanted = Signal()
    database_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._version: EnvironmentVersion | None = None
        self.platforms = QComboBox()
        self.platforms.setAccessibleName("Platform of the lock")
        for name in PLATFORMS:
            self.platforms.addItem(_NAMES.get(name, name), name)
        self.search = search_edit("Filter packages")
        self.note = ElidedLabel("caption")
        self.ask = button("Look for newer", clicked=self.news_wanted.emit)
        self._news: tuple[str, Freshness] | None = None
        self._safety: dict[str, LockSafety] = {}
        self.database = button(
            "No vulnerability database…",
            kind="link",
            clicked=self.database_wanted.emit,
        )
        self.database.hide()
        self.table: DataTable[LockedRow] = DataTable(
            RowsModel(_columns(), key=lambda each: each.key)
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

    def show_news(self, lock: Lock, found: Freshness) -> None:
        """What is known by now of the packages of a lock."""
        self._news = (lock.digest, found)
        self._show()

    def show_safety(self, found: Sequence[LockSafety]) -> None:
        """What a vulnerability database knows of the locks of the shown version."""
        self._safety = {each.digest: each for each in found}
        self._show()

    @property
    def news(self) -> Freshness | None:
        """What was last told, of any lock."""
        return self._news[1] if self._news else None

    def _rows(self, lock: Lock) -> list[LockedRow]:
        known = self._news[1].packages if self._news else ()
        if self._news is None or self._news[0] != lock.digest:
            known = ()
        told = {each.name: each for each in known}
        safety = self._safety.get(lock.digest)
        bad = safety.found if safety else ()
        return [
            LockedRow(
                each,
                told.get(each.name),
                tuple(v for v in bad if v.package == each.name),
            )
            for each in lock.packages
        ]

    def _build(self) -> None:
        self.search.setMaximumWidth(240)
        bar = row(self.platforms, self.search, gap=8, margins=(16, 6, 16, 6))
        bar.addStretch(1)
        bar.addWidget(self.ask)
        full = column(gap=0)
        full.addWidget(self.table, 1)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(wrap_in(full))
        head = column(
            bar, row(self.note, None, self.database, margins=(16, 0, 16, 6)), gap=0
        )
        layout = column(frame("header", head), gap=0)
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
        self.ask.setEnabled(lock is not None)
        if lock is None:
            self.database.hide()
            self._explain(version)
            return
        wanted = self.search.text().strip().casefold()
        rows = [e for e in self._rows(lock) if wanted in e.package.name.casefold()]
        self.table.rows_model.set_rows(rows)
        count = len(lock.packages)
        shown = f"{len(rows)} of {count}" if wanted else f"{count}"
        parts = (f"{shown} packages", f"Python {lock.python}", lock.solver)
        made = f"made {format_time_within(lock.made_at)}" if lock.made_at else ""
        safety = self._safety.get(lock.digest)
        known = safety.summary if safety and not safety.problem else ""
        sources = f"from {', '.join(lock.sources)}" if lock.sources else ""
        told = [part for part in (*parts, known, made, sources) if part]
        self.note.setText(" · ".join(told))
        self.database.setVisible(safety is not None and bool(safety.problem))
        self.database.setToolTip(in_window(safety.problem) if safety else "")

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


def _columns() -> list[Column[LockedRow]]:
    return [
        Column("Package", lambda each: each.package.name, width=150),
        Column("Version", lambda each: each.package.version, kind="mono", width=100),
        Column(
            "Now",
            lambda each: each.look,
            kind="chip",
            width=104,
            tip=lambda each: each.tip,
        ),
        Column(
            "Newest",
            lambda each: each.newest or None,
            kind="mono",
            width=90,
            warns=lambda each: each.is_older,
        ),
        Column(
            "Needed by",
            lambda each: ", ".join(each.needed_by) or "asked for",
            kind="muted",
            width=170,
            tip=lambda each: "\n".join(each.needed_by),
        ),
        Column(
            "Manager",
            lambda each: each.package.manager,
            kind="muted",
            width=76,
            optional=True,
        ),
        Column(
            "Licence",
            lambda each: each.news.licence if each.news else "",
            kind="muted",
            width=100,
            optional=True,
        ),
        Column("Build", lambda each: each.package.build, "", "mono", 90, optional=True),
    ]
