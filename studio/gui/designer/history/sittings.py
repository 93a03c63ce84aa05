"""Saved versions by sitting: what was saved in one go stands under one row (pure)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from studio.services.pipelines.versions import HistoryEntry

PAUSE = timedelta(minutes=30)
"""So long a time without a save ends a sitting."""


@dataclass(frozen=True)
class Saved:
    """A row: the newest version of a sitting, or one of the others of an open one."""

    entry: HistoryEntry
    sitting: int
    """The number of its first version, which stays while others are saved."""
    others: tuple[HistoryEntry, ...] = ()
    """What was saved before it in the same sitting; none for one of these itself."""
    is_open: bool = False

    @property
    def version(self) -> int:
        return self.entry.version

    @property
    def created_at(self) -> datetime:
        return self.entry.created_at

    @property
    def created_by(self) -> str:
        return self.entry.created_by

    @property
    def metrics(self) -> Mapping[str, float] | None:
        """Of its newest run; a closed sitting tells of any of its versions."""
        told = (self.entry, *(() if self.is_open else self.others))
        return next((each.metrics for each in told if each.metrics), None)

    @property
    def summary(self) -> str:
        """What changed in it, or how much a closed sitting holds."""
        if not self.others or self.is_open:
            return self.entry.summary
        return f"{len(self.others) + 1} saves · {self.entry.summary}"

    @property
    def tip(self) -> str:
        if not self.others or self.is_open:
            return self.entry.summary
        return "\n".join(each.summary for each in (self.entry, *self.others))


def rows_of(
    entries: Sequence[HistoryEntry], turned: Collection[int]
) -> tuple[Saved, ...]:
    """Newest first. The newest sitting is open, older ones closed, unless `turned`."""
    rows: list[Saved] = []
    for number, (newest, *others) in enumerate(_sittings(entries)):
        sitting = (others or [newest])[-1].version
        is_open = ((number == 0) != (sitting in turned)) and bool(others)
        rows.append(Saved(newest, sitting, tuple(others), is_open))
        rows += [Saved(each, sitting) for each in others if is_open]
    return tuple(rows)


def _sittings(entries: Sequence[HistoryEntry]) -> list[list[HistoryEntry]]:
    found: list[list[HistoryEntry]] = []
    for entry in entries:
        last = found[-1][-1] if found else None
        goes_on = (
            last is not None
            and last.created_by == entry.created_by
            and last.created_at - entry.created_at <= PAUSE
        )
        if goes_on:
            found[-1].append(entry)
        else:
            found.append([entry])
    return found
