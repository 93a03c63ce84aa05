"""The values that a sweep draws from its spaces."""

from __future__ import annotations

from collections.abc import Mapping

from studio.domain.component import Scalar
from studio.domain.run import RunState
from studio.domain.sweep import Space, SweepSpec, Trial
from studio.engine.sweeping import Observation, SweepLoop


class Instant:
    """A laboratory whose every trial is done at once."""

    def __init__(self) -> None:
        self.tried: list[Mapping[str, Scalar]] = []

    def start(self, number: int, parameters: Mapping[str, Scalar]) -> str:
        self.tried.append(parameters)
        return str(number)

    def look(self, run_id: str) -> Observation:
        return Observation(RunState.SUCCEEDED, 1.0)

    def stop(self, run_id: str) -> None:
        raise AssertionError("nothing is to be stopped")

    def keep(self, trial: Trial) -> None:
        assert trial.parameters in self.tried

    def cancel_requested(self) -> bool:
        return False


def test_that_whole_numbers_on_a_logarithmic_scale_reach_all_magnitudes() -> None:
    laboratory = Instant()
    spaces = {"n": Space("log_integers", low=1, high=100_000)}
    spec = SweepSpec("p", spaces, "score", max_trials=40, concurrent=40)
    assert SweepLoop(spec, laboratory).run()[0] is RunState.SUCCEEDED
    drawn = [int(tried["n"]) for tried in laboratory.tried]
    assert drawn == [tried["n"] for tried in laboratory.tried]
    assert sum(1 <= n < 1000 for n in drawn) > 10  # 0.4 of 40 if it were linear
    assert sum(n >= 1000 for n in drawn) > 5
    assert max(drawn) <= 100_000
