"""What the engine needs from around it. Services bring storage to these shapes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from studio.domain.registration import Registration
from studio.domain.run import MetricPoint, PastStep, StepChange, StepWish, Usual


class History(Protocol):
    """What earlier runs have left."""

    def by_key(self, key: str) -> PastStep | None:
        """A success with exactly this key."""

    def recent(
        self, pipeline: str, node_ids: Collection[str]
    ) -> Mapping[str, PastStep]:
        """By key, what `by_key` finds for the keys that these steps had last."""

    def last(self, pipeline: str, node_id: str) -> PastStep | None:
        """The newest success of this step; a sweep's trial only without any other."""

    def usual(self, pipeline: str, node_ids: Collection[str]) -> Mapping[str, Usual]:
        """Time and memory by node id, where there is history."""


class Content(Protocol):
    """The content-addressed store, in the engine's words. Digests are SHA-256."""

    def take(self, path: Path) -> str:
        """Store a step's output, taking its files over; its digest."""

    def add_code(self, files: Mapping[str, Path]) -> str:
        """Store code files under their relative names; the digest of all."""

    def digest_of(self, path: Path) -> str:
        """The digest of a file or folder that stays where it is."""

    def path(self, digest: str) -> Path:
        """Stored content as a read-only file or folder."""

    def whole(self, digest: str) -> bool:
        """Whether stored content is still here."""

    def damaged(self, digest: str) -> bool:
        """Whether stored content is here, but not as it was."""

    def code_difference(self, old: str, new: str) -> str:
        """How two stored code folders differ: "train.py +3 -1"."""


class Environments(Protocol):
    """Where the packages of a step come from, by what its component says of it."""

    def digest(self, reference: str) -> str:
        """What decides its packages; of the studio's own for ""."""

    def is_ready(self, reference: str) -> bool:
        """Whether it can run steps now."""

    def is_locked(self, reference: str) -> bool:
        """Whether its `digest` is what it will be when it runs."""

    def python(self, reference: str) -> str:
        """The interpreter of one that is ready; "" for the studio's own."""

    def prepare(
        self, reference: str, tell: Callable[[str], None], cancel: threading.Event
    ) -> None:
        """Lock and build it. StudioError says why it can't be."""


class Journal(Protocol):
    """Where a run writes what happens, in short transactions."""

    def write(
        self,
        changes: Sequence[StepChange],
        metrics: Sequence[MetricPoint],
        registrations: Sequence[Registration],
    ) -> None:
        """Keep all of it, or none of it."""

    def wishes(self) -> Mapping[str, StepWish]:
        """What people ask of single steps, by name."""

    def cancel_requested(self) -> bool:
        """Whether somebody, anywhere, has asked to cancel this run."""
