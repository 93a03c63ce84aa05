"""Lists of runs: newest first, filtered by what the filter language can say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice

from studio.domain.run import Run
from studio.services.runs.filter import matches, parse
from studio.storage.run_history import RunHistory
from studio.storage.runs import RunRepository

_SCANNED = 200


class RunList:
    """Of one pipeline or experiment, or of all where they are empty."""

    def __init__(self, repository: RunRepository, history: RunHistory) -> None:
        self._repository, self._history = repository, history

    def page(
        self, pipeline: str, experiment: str, filter: str, limit: int, offset: int
    ) -> tuple[Run, ...]:
        if not parse(filter).terms:
            found = self._repository.page(
                pipeline=pipeline, experiment=experiment, limit=limit, offset=offset
            )
            return tuple(found)
        matching = self._matching(pipeline, experiment, filter)
        return tuple(islice(matching, offset, offset + limit))

    def count(self, pipeline: str, experiment: str, filter: str) -> int:
        """How many `page` would give without a limit."""
        if not parse(filter).terms:
            return self._history.count(pipeline, experiment)
        return sum(1 for _ in self._matching(pipeline, experiment, filter))

    def _matching(self, pipeline: str, experiment: str, filter: str) -> Iterator[Run]:
        terms = parse(filter)
        for start in count(0, _SCANNED):
            runs = self._repository.page(
                pipeline=pipeline, experiment=experiment, limit=_SCANNED, offset=start
            )
            yield from (run for run in runs if matches(run, terms))
            if len(runs) < _SCANNED:
                return
