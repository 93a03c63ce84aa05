"""The facts of the status bar, gathered off the window's thread."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.bootstrap import Studio

SLOW_SECONDS = 0.5
RECENT_RUNS = 200


@dataclass(frozen=True)
class Facts:
    """What the bar says. `answer_seconds` is how long the database took."""

    workspace: str
    folder: str
    running: int
    queued: int
    gpu: str
    answer_seconds: float

    @property
    def worker(self) -> str:
        return f"Local worker: {self.running} running, {self.queued} queued"

    @property
    def database(self) -> str:
        slow = self.answer_seconds > SLOW_SECONDS
        return "Database busy" if slow else "Database ready"


@dataclass(frozen=True)
class LiveWork:
    """What would go on without the window; `names` are for a person."""

    runs: tuple[str, ...]
    endpoints: tuple[str, ...]
    names: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.runs or self.endpoints)


def gather(studio: Studio) -> Facts:
    """Read the facts; takes milliseconds unless the database is locked."""
    started = time.monotonic()
    studio.events.latest()  # alone: long lists of runs aren't the database being busy
    seconds = time.monotonic() - started
    active = studio.runs.active()
    states = [run.state.value for run in studio.runs.list(limit=RECENT_RUNS)]
    queued = min(active, states.count("QUEUED"))
    return Facts(
        workspace=studio.workspace.name,
        folder=str(studio.workspace.root),
        running=active - queued,
        queued=queued,
        gpu=_gpu(),
        answer_seconds=seconds,
    )


def live_work(studio: Studio) -> LiveWork:
    """The runs and endpoints that are alive now."""
    recent = studio.runs.list(limit=RECENT_RUNS)
    unfinished = [run for run in recent if not run.state.ended]
    serving = [
        endpoint.name
        for endpoint in studio.endpoints.list()
        if any(d.state.value in ("RUNNING", "STARTING") for d in endpoint.deployments)
    ]
    names = (*(f"{run.pipeline} (run {run.id})" for run in unfinished), *serving)
    return LiveWork(tuple(run.id for run in unfinished), tuple(serving), names)


def stop_work(studio: Studio, work: LiveWork) -> None:
    """Cancel the runs and stop the endpoints."""
    for run_id in work.runs:
        studio.runs.cancel(run_id)
    for name in work.endpoints:
        studio.endpoints.stop(name)


@cache
def _gpu() -> str:
    """The graphics cards by their driver's own list; no program is started."""
    names = []
    for card in sorted(Path("/proc/driver/nvidia/gpus").glob("*/information")):
        for line in card.read_text(errors="replace").splitlines():
            if line.startswith("Model:"):
                names.append(line.partition(":")[2].strip())
    return ", ".join(names) or "none"
