"""Gathers what happens between two looks and writes it as one transaction."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from studio.domain.registration import Registration
from studio.domain.run import MetricPoint, StepChange
from studio.engine.ports import Journal


class Writer:
    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._changes: list[StepChange] = []
        self._points: list[MetricPoint] = []
        self._registrations: list[Registration] = []

    def step(
        self, change: StepChange, registrations: Sequence[Registration] = ()
    ) -> None:
        self._changes.append(change)
        self._registrations.extend(registrations)

    def points(self, points: Sequence[MetricPoint]) -> None:
        self._points.extend(points)

    def carry_over(self, run_id: str, step: str, metrics: Mapping[str, float]) -> None:
        """A reused step shows the metrics it had when it ran."""
        now = time.time()
        self._points.extend(
            MetricPoint(run_id, step, key, value, 0, now)
            for key, value in metrics.items()
        )

    def flush(self) -> None:
        if self._changes or self._points:
            self._journal.write(self._changes, self._points, self._registrations)
        self._changes, self._points, self._registrations = [], [], []
