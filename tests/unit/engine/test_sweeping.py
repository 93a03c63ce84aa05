"""The loop of a sweep, with runs that end at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from studio.domain.component import Scalar
from studio.domain.run import RunState
from studio.domain.sweep import Sampling, Space, SweepSpec, Trial
from studio.engine import sweeping
from studio.engine.sweeping import Observation, SweepLoop


@dataclass
class Bench:
    """Where every run succeeds with the same value."""

    tried: list[tuple[Scalar, ...]] = field(default_factory=list)

    def start(self, number: int, parameters: Mapping[str, Scalar]) -> str:
        self.tried.append(tuple(parameters.values()))
        return str(number)

    def look(self, run_id: str) -> Observation:
        return Observation(RunState.SUCCEEDED, 0.5)

    def stop(self, run_id: str) -> None:
        raise AssertionError("nothing to stop")

    def keep(self, trial: Trial) -> None:
        """What became of trials isn't asked here."""

    def cancel_requested(self) -> bool:
        return False


@pytest.mark.parametrize("sampling", ["random", "bayesian", "grid"])
def test_that_no_trial_has_the_values_of_another(
    sampling: Sampling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "POLL_SECONDS", 0.0)
    bench = Bench()
    spaces = {
        "trees": Space("choice", (50, 100)),
        "depth": Space("integers", low=1, high=3),
        "share": Space("uniform", low=0.1, high=0.2, step=0.1),
    }
    spec = SweepSpec("p", spaces, "accuracy", sampling=sampling)
    assert SweepLoop(spec, bench).run() == (RunState.SUCCEEDED, "")
    assert len(bench.tried) == spec.trials == 12
    assert len(set(bench.tried)) == 12


def test_that_a_range_without_a_step_has_as_many_trials_as_wished() -> None:
    spaces = {
        "rate": Space("log_uniform", low=0.01, high=1.0),
        "trees": Space("choice", (1, 2)),
    }
    assert SweepSpec("p", spaces, "accuracy", max_trials=7).trials == 7
    whole = {"depth": Space("log_integers", low=1, high=4)}
    assert SweepSpec("p", whole, "accuracy", max_trials=7).trials == 4
