"""What the kill test kills: processes that work on one workspace and write down,
after each call has returned, what was acknowledged to them.

    python -m tests.fault.workload KIND WORKSPACE ACK_FILE SEED
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio.bootstrap import Studio, open_workspace
from studio.domain.errors import StudioError
from studio.domain.node import Value
from studio.domain.pipeline import Pipeline


class Acknowledged:
    """An append-only file; a line is on disk before the next call is made."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)

    def write(self, **record: Any) -> None:
        self._file.write(json.dumps(record).encode() + b"\n")
        os.fsync(self._file.fileno())


def register(studio: Studio, done: Acknowledged, chance: random.Random) -> None:
    """Models: registered, tagged, given aliases, archived, deleted."""
    source = studio.workspace.root.parent / f"model-{os.getpid()}.bin"
    while True:
        source.write_bytes(chance.randbytes(chance.choice([10, 5000, 200_000])))
        tags = {"owner": str(os.getpid()), "n": str(chance.randrange(9))}
        name = f"model{chance.randrange(3)}"
        version = studio.models.register(name, source, tags=tags)
        done.write(
            what="registered", model=version.reference, tags=tags, digest=version.digest
        )
        value = str(chance.randrange(1000))
        studio.models.tag(version.reference, {"stage": value})
        done.write(what="tagged", model=version.reference, stage=value)
        if chance.random() < 0.2:
            studio.models.delete(version.reference)
            done.write(what="deleted", model=version.reference)


def save(studio: Studio, done: Acknowledged, chance: random.Random) -> None:
    """Pipelines: saved again and again with another value, sometimes deleted."""
    name = f"draft{chance.randrange(2)}"
    pipeline = Pipeline(name, studio.pipelines.get("chain").nodes, experiment=name)
    while True:
        value = str(chance.randrange(10**9))
        number = studio.pipelines.save(pipeline.bind("s0", "text", Value(value)))
        done.write(what="saved", pipeline=name, number=number, text=value)


def run(studio: Studio, done: Acknowledged, chance: random.Random) -> None:
    """Runs: started in processes of their own, waited for, sometimes cancelled."""
    pipeline = studio.pipelines.get("chain")
    while True:
        value = f"{os.getpid()}-{chance.randrange(10**9)}"
        run_id = studio.runs.start(
            pipeline.bind("s0", "text", Value(value)), folder=studio.workspace.root
        )
        done.write(what="started", run=run_id)
        if chance.random() < 0.3:
            try:
                studio.runs.cancel(run_id)
            except StudioError:
                continue
            done.write(what="cancelled", run=run_id)
        ended = studio.runs.wait(run_id, timeout_seconds=60)
        if ended.state.ended:
            outputs = {s.name: dict(s.outputs) for s in ended.steps}
            done.write(
                what="ended", run=run_id, state=ended.state.value, outputs=outputs
            )


def follow(studio: Studio, done: Acknowledged, chance: random.Random) -> None:
    """What the window does: follow the change feed, read lists, look for orphans."""
    seen = 0
    while True:
        for event in studio.events.list(since=seen):
            seen = event.seq
            done.write(what="event", seq=event.seq, hash=event.hash)
        studio.models.list("owner!=nobody", limit=20)
        studio.runs.list(limit=5)
        studio.runs.take_over_abandoned()


KINDS: dict[str, Callable[[Studio, Acknowledged, random.Random], None]] = {
    "register": register,
    "save": save,
    "run": run,
    "follow": follow,
}


def work(kind: str, workspace: Path, acknowledged: Path, seed: int) -> None:
    """Never returns: it is there to be killed."""
    studio = open_workspace(workspace)
    KINDS[kind](studio, Acknowledged(acknowledged), random.Random(seed))


if __name__ == "__main__":
    work(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
