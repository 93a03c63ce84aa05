"""Processes that write one pipeline at once, and one that is killed while it does.

python -m tests.fault.two_writers count ROOT STEP TIMES
python -m tests.fault.two_writers edit ROOT VALUE     # then waits to be killed
python -m tests.fault.two_writers hold ROOT           # then waits to be killed
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from studio.bootstrap import Studio, open_workspace
from studio.domain.node import Value
from studio.services.pipelines.recovery import Journal
from studio.services.pipelines.service import ChangedOutside
from studio.storage.locks import locked

NAME = "shared"


def count(studio: Studio, step: str, times: int) -> None:
    """Add one to a number of one's own, each time to what the file says."""
    print("ready", flush=True)
    sys.stdin.read()
    while times:
        known = studio.pipelines.content_hash(NAME)
        found = studio.pipelines.get(NAME)
        if studio.pipelines.content_hash(NAME) != known:
            continue
        number = found.node(step).inputs["seed"].value + 1  # type: ignore[union-attr, operator]
        try:
            studio.pipelines.store(found.bind(step, "seed", Value(number)), known)
        except ChangedOutside:
            continue
        times -= 1


def edit(studio: Studio, value: int) -> None:
    """What a window has journaled and not saved."""
    edited = studio.pipelines.get(NAME).bind("a", "seed", Value(value))
    journal = Journal(studio.pipelines.folder(NAME))
    journal.write(edited, studio.pipelines.content_hash(NAME))
    _wait_for_the_kill()


def hold(studio: Studio) -> None:
    with locked(studio.pipelines.folder(NAME) / "lock", "The pipeline"):
        _wait_for_the_kill()


def _wait_for_the_kill() -> None:
    print("ready", flush=True)
    signal.pause()


def main() -> None:
    verb, root, *more = sys.argv[1:]
    studio = open_workspace(Path(root))
    if verb == "count":
        count(studio, more[0], int(more[1]))
    elif verb == "edit":
        edit(studio, int(more[0]))
    else:
        hold(studio)
    studio.close()


if __name__ == "__main__":
    main()
