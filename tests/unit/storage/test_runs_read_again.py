"""Who looks at a run many times a second reads only what has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from studio.bootstrap import Studio
from studio.domain.errors import NotFoundError
from studio.domain.run import (
    MetricPoint,
    Run,
    RunOptions,
    RunState,
    StepChange,
    StepRun,
    StepState,
)
from studio.storage.runs import RunRepository

RUN = Run(
    id="20260101-000000-abcdef",
    pipeline="letters",
    experiment="letters",
    state=RunState.QUEUED,
    created_at=datetime.now(UTC),
)
STEPS = [StepRun(name, f"id-{name}", "c", StepState.PENDING) for name in "abc"]


def test_that_only_what_changed_is_made_anew(studio: Studio) -> None:
    repository = RunRepository(studio.database)

    def write(steps: Sequence[StepRun], *points: MetricPoint) -> None:
        changes = [StepChange(each, notable=False) for each in steps]
        with studio.database.write() as tx:
            repository.write_within(tx, RUN.id, RUN.pipeline, changes, points)

    def logged(value: float) -> MetricPoint:
        return MetricPoint(RUN.id, "c", "loss", value, 0, 0.0)

    repository.create(RUN, RunOptions(), "", "", [StepChange(each) for each in STEPS])
    reader = repository.reader(RUN.id)
    first = reader.read()
    assert reader.read() is first
    write([replace(STEPS[1], progress=0.5)], logged(0.9), logged(0.7))
    second = reader.read()
    assert second == repository.get(RUN.id)
    assert second.steps[0] is first.steps[0]
    assert (second.steps[1].progress, second.steps[2].metrics) == (0.5, {"loss": 0.7})
    write([], logged(0.6))
    assert reader.read().metrics == {"loss": 0.6}
    assert second.metrics == {"loss": 0.7}
    repository.end(RUN.id, RunState.SUCCEEDED)
    assert reader.read() == repository.get(RUN.id)
    assert reader.read().state is RunState.SUCCEEDED
    repository.delete(RUN.id)
    with pytest.raises(NotFoundError):
        reader.read()
