"""The five verbs of a target. Files and credentials are handed to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from studio.domain.target import StepTask, TargetEvent, TargetProblem


class Target(Protocol):
    """A place where steps run. One caller's thread uses it at a time."""

    name: str
    slots: int

    def check(self) -> TargetProblem | None:
        """None if work can be started here now, else why not."""

    def start(self, task: StepTask) -> None:
        """Begin an attempt and return at once; `status` tells the rest."""

    def status(self, timeout_seconds: float) -> Sequence[TargetEvent]:
        """What has happened since the last call, waiting for the first event."""

    def logs(self, task: StepTask, offset: int = 0) -> bytes:
        """What the attempt has printed from a byte offset on."""

    def stop(self, task_id: str, grace_seconds: float = 5.0) -> None:
        """End an attempt: politely first, by force after the grace."""

    def close(self) -> None:
        """End everything this target has started for this caller."""
