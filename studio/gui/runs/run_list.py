"""The list of runs: its columns, and pages of it in any order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.domain.metrics import main_metrics, warns
from studio.gui.times import elapsed, time_text
from studio.gui.widgets.listing import in_order
from studio.gui.widgets.measures import metrics_text
from studio.gui.widgets.rows_model import Column

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.run import Run, StepRun

MOST_SORTED = 5_000


def columns() -> list[Column[Run]]:
    """What the list shows of each run."""
    return [
        Column("State", lambda run: run.shown_state, kind="chip", width=124),
        Column("Pipeline", lambda run: run.pipeline, width=160),
        Column("Experiment", lambda run: run.experiment, kind="muted", width=130),
        Column("Started", lambda run: run.created_at, kind="time", width=120),
        Column(
            "Duration",
            time_text,
            align="right",
            width=92,
            sort_key=elapsed,
        ),
        Column("Steps", steps_text, align="right", width=72, tip=steps_tip),
        Column(
            "Metrics",
            lambda run: metrics_text(run.metrics),
            width=190,
            sort_key=lambda run: next(iter(main_metrics(run.metrics).values()), None),
            warns=lambda run: warns(run.metrics),
        ),
        Column("By", lambda run: run.created_by, kind="muted", width=80),
        Column("Run", lambda run: run.id, kind="mono"),
    ]


def steps_text(run: Run) -> str:
    """`5/7`: how many of its steps are done."""
    return f"{sum(_done(step) for step in run.steps)}/{len(run.steps)}"


def steps_tip(run: Run) -> str:
    """`5 of 7 done · 1 failed · 1 skipped`."""
    done = sum(_done(step) for step in run.steps)
    told = [f"{done} of {len(run.steps)} done"]
    others = Counter(step.state.value for step in run.steps if not _done(step))
    told += [f"{number} {state.lower()}" for state, number in others.items()]
    return " · ".join(told)


def _done(step: StepRun) -> bool:
    return step.state.value == "SUCCEEDED"


@dataclass(frozen=True)
class RunSource:
    """A page of runs: `RunSource(studio, filter, experiment)(offset, limit)`.

    With a column to sort by, the newest 5,000 runs are sorted.
    """

    studio: Studio
    filter: str = ""
    experiment: str = ""
    sorted_by: Column[Run] | None = None
    descending: bool = False

    def __call__(self, offset: int, limit: int) -> list[Run]:
        if self.sorted_by is None:
            return self._page(offset, limit)
        runs = in_order(self._page(0, MOST_SORTED), self.sorted_by, self.descending)
        return runs[offset : offset + limit]

    def _page(self, offset: int, limit: int) -> list[Run]:
        return list(
            self.studio.runs.list(
                filter=self.filter,
                experiment=self.experiment,
                offset=offset,
                limit=limit,
            )
        )
