"""What others change arrives here: the event log, looked at four times a second."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.domain.errors import WorkspaceGoneError
from studio.gui.tasks import Periodic, Tasks

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.events import Event

SECONDS = 0.25
MOST_MISSED = 500
log = logging.getLogger("studio.gui")


class ChangeFeed(QObject):
    """`arrived(events)` on the window's thread; pages out of sight miss theirs and
    get them, all at once, when they are shown again."""

    arrived = Signal(object)
    gone = Signal(object)
    """The error that says that the workspace isn't there; None when it is back."""

    def __init__(self, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._studio: Studio | None = None
        self._seen, self._since = -1, datetime.now(UTC)
        self._polling: Periodic | None = None
        self._missed: dict[str, list[Event]] = {}
        self._failed = self._gone = False

    def follow(self, studio: Studio) -> None:
        """Start with what happens from now on."""
        self.stop()
        self._studio = studio
        self._gone = False
        self._seen, self._since = -1, datetime.now(UTC)
        self._polling = self._tasks.every(
            SECONDS, self._look, self._found, failed=self._not_read, owner=self
        )

    def stop(self) -> None:
        """Look no more."""
        if self._polling is not None:
            self._polling.stop()
        self._polling = None
        self._missed.clear()

    def fresh(self, page_id: str) -> None:
        """A page knows everything up to now."""
        self._missed[page_id] = []

    def take_missed(self, page_id: str) -> tuple[Event, ...] | None:
        """What a page has missed; None if nothing, () if too much to tell."""
        missed = self._missed.get(page_id, [])
        self.fresh(page_id)
        if not missed:
            return None
        return tuple(missed) if len(missed) <= MOST_MISSED else ()

    def _look(self) -> tuple[int, tuple[Event, ...]]:
        studio, seen = self._studio, self._seen
        if studio is None:
            return seen, ()
        latest = studio.events.latest()
        if seen < 0:
            # Pages have been reading since `follow`: what came meanwhile is news.
            last = studio.events.list(since=max(0, latest - MOST_MISSED))
            return latest, tuple(e for e in last if e.time >= self._since)
        if latest <= seen:
            return seen, ()
        events = studio.events.list(since=seen)
        return (events[-1].seq if events else seen), events

    def _found(self, found: tuple[int, tuple[Event, ...]]) -> None:
        self._failed = False
        if self._gone:
            self._gone = False
            self.gone.emit(None)
        self._seen, events = found
        if not events:
            return
        for missed in self._missed.values():
            missed.extend(events[: MOST_MISSED + 1 - len(missed)])
        self.arrived.emit(events)

    def _not_read(self, error: BaseException) -> None:
        if isinstance(error, WorkspaceGoneError):
            if not self._gone:
                self._gone = True
                self.gone.emit(error)
            return
        # Said once: the database may be locked, and the next look comes soon.
        if not self._failed:
            self._failed = True
            log.warning("The event log could not be read: %s", error)

    @property
    def seen(self) -> int:
        """The number of the last event that has arrived."""
        return self._seen


def ids(events: Sequence[Event], kind: str) -> set[str]:
    """The subjects of the events whose type starts with `kind`."""
    return {event.subject for event in events if event.type.startswith(kind)}
