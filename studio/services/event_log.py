"""The event log, read: change feed, history and proof that nothing was altered."""

from __future__ import annotations

from studio.domain.errors import InvalidError
from studio.domain.events import Event
from studio.storage.events import EventRepository


class EventService:
    def __init__(self, repository: EventRepository) -> None:
        self._repository = repository

    def latest(self) -> int:
        """The number of the newest event; cheap enough to ask often."""
        return self._repository.latest()

    def list(
        self,
        since: int | None = 0,
        type: str = "",
        subject: str = "",
        limit: int = 1000,
    ) -> tuple[Event, ...]:
        """Events after `since`, oldest first; None for the newest `limit` of all."""
        return tuple(self._repository.list(since, type, subject, limit))

    def verify(self) -> int:
        """Check the chain of hashes; how many events it holds.

        InvalidError names the first event that was changed or is missing.
        """
        if (broken := self._repository.first_broken()) is not None:
            raise InvalidError(
                f"The event log was changed at event {broken}",
                hint="Restore the database from a copy made before that",
            )
        return self.latest()
