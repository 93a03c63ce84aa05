"""How much memory steps take while they run, as Linux tells it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Optional

from .steps import RunningStep

SECONDS = 1.0
_TELLING = 1 << 20  # a peak that has grown by less isn't worth a line


class MemoryWatch:
    """Looks at running steps once a second; a step that is shorter costs nothing."""

    def __init__(self) -> None:
        self._at: Optional[float] = None

    def patience(self, any_running: bool) -> Optional[float]:
        """Seconds until the next look; None where there is nothing to look at."""
        if not any_running:
            self._at = None
            return None
        now = time.monotonic()
        if self._at is None:
            self._at = now + SECONDS
        return max(0.0, self._at - now)

    def look(self, running: Iterable[RunningStep]) -> List[Dict[str, Any]]:
        """Events about the steps whose peak has grown, if it is time to look."""
        now = time.monotonic()
        if self._at is None or now < self._at:
            return []
        self._at = now + SECONDS
        return [event for step in running for event in _grown(step)]


def resident_bytes(pid: int) -> int:
    """Resident memory of a process and all that it has started; 0 where unknown."""
    return sum(_own_bytes(one) for one in _tree(pid))


def _grown(running: RunningStep) -> Iterator[Dict[str, Any]]:
    now = resident_bytes(running.pid)
    if now >= running.peak_memory + _TELLING:
        running.peak_memory = now
        yield {"event": "memory", "id": running.step.id, "peak_memory_bytes": now}


def _tree(pid: int) -> Iterator[int]:
    waiting, seen = [pid], {pid}
    while waiting:
        one = waiting.pop()
        yield one
        new = [child for child in _children(one) if child not in seen]
        seen.update(new)
        waiting.extend(new)


def _children(pid: int) -> List[int]:
    found: List[int] = []
    try:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found.extend(map(int, (thread / "children").read_text().split()))
    except OSError:
        return found  # it, or one of its threads, has just ended
    return found


def _own_bytes(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
