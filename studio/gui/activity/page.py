"""Activity: what has happened here, who did it, and proof that none was altered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from studio.domain.events import Event
from studio.gui.actions import Action
from studio.gui.activity.words import (
    GROUPS,
    matches,
    place_of,
    sentence,
    subject_of,
    tone_of,
)
from studio.gui.page import Page, WindowServices
from studio.gui.tasks import Tasks
from studio.gui.theme.icons import icon
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import button, frame, label, row
from studio.gui.widgets.formats import format_time
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

if TYPE_CHECKING:
    from studio.bootstrap import Studio

CHUNK, IDLE_MS = 1000, 200
MOST_READ = 50_000


class ActivityPage(Page):
    """The newest first; older ones are read as they are scrolled to."""

    id, title, icon = "activity", "Activity", "clock-counter-clockwise"

    def __init__(self, studio: Studio, tasks: Tasks, window: WindowServices) -> None:
        super().__init__(studio, tasks, window)
        self._latest = 0
        self.search = QLineEdit(
            placeholderText="Search what, subject or who", clearButtonEnabled=True
        )
        self.search.setAccessibleName("Search the activity")
        self.group = QComboBox()
        self.group.setAccessibleName("Kind of activity")
        self.group.addItems([words for words, _ in GROUPS])
        self._open = button("Open", clicked=self.open_current)
        self._count = label("", "caption")
        self.result = Banner("ok", closable=True)
        self.result.hide()
        self.model = RowsModel(_columns(), key=lambda event: event.seq)
        self.table = DataTable(self.model, name="activity", settings=window.settings)
        self._idle = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._idle.timeout.connect(self.reload)
        self._connect()
        self._build()

    @property
    def caption(self) -> str:
        return f"{self._latest:,} events" if self._latest else ""

    def page_actions(self) -> Sequence[Action]:
        return [
            Action(
                "activity.verify",
                "Verify",
                icon="seal-check",
                category="Run",
                callback=self.verify,
            ),
            Action(
                "activity.open",
                "Open the subject",
                icon="arrow-square-out",
                category="View",
                callback=self.open_current,
                enabled=self._can_open,
            ),
            Action(
                "activity.search",
                "Search the activity",
                icon="magnifying-glass",
                shortcut="Ctrl+F",
                category="Edit",
                callback=self.search.setFocus,
            ),
            Action(
                "activity.copy",
                "Copy selected rows",
                icon="copy",
                category="Edit",
                callback=self.table.copy,
            ),
        ]

    def top_bar_widgets(self) -> Sequence[QWidget]:
        verify = self.services.actions.button("activity.verify", kind="primary")
        verify.setToolTip("Check that no event was changed or removed")
        return [verify]

    def activated(self) -> None:
        self.reload()

    def refresh(self, events: Sequence[Event]) -> None:
        # Reading once they pause keeps a busy run from redrawing the list.
        if not self._idle.isActive():
            self._idle.start()

    def reload(self) -> None:
        """Read the newest events again."""
        beginnings = GROUPS[self.group.currentIndex()][1]
        fetch = partial(fetch_newest, self.studio, self.search.text(), beginnings)
        self.model.set_source(fetch, self.tasks)
        self.tasks.run(self.studio.events.latest, done=self._know_latest, owner=self)

    def verify(self) -> None:
        """Check the chain of hashes in a worker thread and say what was found."""
        self.result.show_message("info", "Checking every event…")
        self.result.show()
        self.tasks.run(
            self.studio.events.verify,
            done=self._verified,
            failed=self._broken,
            owner=self,
        )

    def open_current(self) -> None:
        """Go to the subject of the chosen event."""
        event = self.table.current()
        if event is not None and self._can_open():
            found = place_of(event)
            self.services.open_page(found.page, **found.target)

    def _can_open(self) -> bool:
        event = self.table.current()
        return event is not None and self.services.has_page(place_of(event).page)

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda: self._idle.start())
        self.group.currentIndexChanged.connect(lambda: self.reload())
        self.table.activated_row.connect(lambda event: self.open_current())
        self.table.current_changed.connect(lambda event: self._show_open())
        self.model.loaded.connect(self._show_count)
        self.model.failed.connect(self.services.show_error)

    def _build(self) -> None:
        self.search.addAction(
            icon("magnifying-glass", "text3", 16),
            QLineEdit.ActionPosition.LeadingPosition,
        )
        self.search.setMaximumWidth(320)
        self.table.setAccessibleName("Activity")
        self.table.set_empty_text("Nothing has happened that fits.")
        self._open.setEnabled(False)
        self._open.setAccessibleName("Open the subject of the chosen event")
        bar = row(
            self.search,
            self.group,
            self._count,
            None,
            self._open,
            gap=8,
            margins=(12, 8, 12, 8),
        )
        bar.setStretch(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(frame("header", bar))
        around = row(self.result, margins=(12, 8, 12, 8))
        self._around = frame("plain", around)
        self._around.hide()
        layout.addWidget(self._around)
        layout.addWidget(self.table, 1)
        self.result.dismissed.connect(self._around.hide)

    def _know_latest(self, latest: int) -> None:
        self._latest = latest
        self.heading_changed.emit()

    def _show_count(self) -> None:
        shown = self.model.rowCount()
        filtered = bool(self.search.text().strip()) or self.group.currentIndex() > 0
        self._count.setText(f"{shown:,} shown" if filtered else "")

    def _show_open(self) -> None:
        self._open.setEnabled(self._can_open())
        self.services.actions.refresh()

    def _verified(self, count: int) -> None:
        self._say("ok", f"All {count:,} events are as they were written.", "")

    def _broken(self, error: BaseException) -> None:
        self._say("err", str(error), getattr(error, "hint", ""))

    def _say(self, tone: str, text: str, hint: str) -> None:
        self.result.show_message("ok" if tone == "ok" else "err", text, hint=hint)
        self.result.show()
        self._around.show()


def fetch_newest(
    studio: Studio, words: str, beginnings: str, offset: int, limit: int
) -> list[Event]:
    """A page of the events that fit, newest first; for a worker thread.

    Looks at the newest 50,000 at most.
    """
    wanted, found = offset + limit, list[Event]()
    upper = studio.events.latest()
    oldest = max(0, upper - MOST_READ)
    while upper > oldest and len(found) < wanted:
        lower = max(oldest, upper - CHUNK)
        chunk = studio.events.list(since=lower, limit=upper - lower)
        fitting = [e for e in chunk if e.seq <= upper and matches(e, words, beginnings)]
        found.extend(reversed(fitting))
        upper = lower
    return [_with_title(studio, event) for event in found[offset:wanted]]


def _with_title(studio: Studio, event: Event) -> Event:
    """An event of a step names the step as people know it."""
    step = event.data.get("step")
    if not event.type.startswith("Step") or not step:
        return event
    title = studio.runs.step_title(event.subject, step)
    return replace(event, data={**event.data, "step": title})


def _columns() -> list[Column[Event]]:
    return [
        Column("Time", lambda event: event.time, kind="time", width=120, tip=_exact),
        Column("State", tone_of, kind="chip", width=124),
        Column("What happened", sentence, width=480, tip=sentence),
        Column("Subject", subject_of, width=220),
        Column("Who", lambda event: event.actor, kind="muted", width=90),
    ]


def _exact(event: Event) -> str:
    local: datetime = event.time.astimezone()
    return f"{format_time(event.time)} ({local:%Y-%m-%d %H:%M:%S})"
