"""What a sweep may try, and what is refused before it starts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from studio.domain.errors import InvalidError
from studio.domain.pipeline import Pipeline, PipelineInput
from studio.domain.run import RunState
from studio.domain.sweep import (
    Space,
    Sweep,
    SweepSpec,
    Trial,
    TrialState,
    check_sweep,
    space_of,
)

INTEGER = PipelineInput("n", "integer", 1)
NUMBER = PipelineInput("rate", "number", 0.1)
TEXT = PipelineInput("how", "string", "a")


@pytest.mark.parametrize(
    ("text", "declared", "space"),
    [
        ("50, 100,200", INTEGER, Space("choice", (50, 100, 200))),
        ("a, b", TEXT, Space("choice", ("a", "b"))),
        ("1..9 step 2", INTEGER, Space("integers", low=1, high=9, step=2)),
        ("1..1000 log", INTEGER, Space("log_integers", low=1, high=1000)),
        ("0.001..1 log", NUMBER, Space("log_uniform", low=0.001, high=1)),
        ("-1..1", NUMBER, Space("uniform", low=-1, high=1)),
        ("1e-4..1e-2", NUMBER, Space("uniform", low=1e-4, high=1e-2)),
    ],
)
def test_that_spaces_are_read_as_people_write_them(
    text: str, declared: PipelineInput, space: Space
) -> None:
    assert space_of(text, declared) == space
    assert space_of(str(space), declared) == space


@pytest.mark.parametrize(
    ("text", "declared", "told"),
    [
        ("", INTEGER, "no values to try"),
        ("1, x", INTEGER, "'x' isn't a value of 'n'"),
        ("5..1", NUMBER, "is empty"),
        ("0..1 log", NUMBER, "can't be logarithmic"),
        ("1..2", TEXT, "has no range"),
        ("1..1e999", INTEGER, "has no end"),
        ("1, nan", NUMBER, "'nan' isn't a value"),
        ("1.5..3", INTEGER, "isn't whole"),
        ("1..9 step 0.5", INTEGER, "isn't whole"),
        ("0..1000 log", INTEGER, "can't be logarithmic"),
        ("1..9 step 2 log", INTEGER, "both a step and"),
        ("1..10 step 1 log", NUMBER, "both a step and"),
    ],
)
def test_that_a_space_that_makes_no_sense_is_refused(
    text: str, declared: PipelineInput, told: str
) -> None:
    with pytest.raises(InvalidError, match=told):
        space_of(text, declared)


def test_that_a_grid_knows_its_values() -> None:
    assert Space("integers", low=1, high=9, step=4).grid() == (1, 5, 9)
    assert Space("uniform", low=0, high=0.3, step=0.1).grid() == (0.0, 0.1, 0.2, 0.3)
    with pytest.raises(InvalidError, match="can't go through all"):
        Space("uniform", low=0, high=1).grid()
    with pytest.raises(InvalidError, match=r"through all of 1\.\.9 log"):
        Space("log_integers", low=1, high=9).grid()


def test_that_a_grid_has_as_many_trials_as_values() -> None:
    spaces = {"n": Space("choice", (1, 2, 3)), "how": Space("choice", ("a", "b"))}
    spec = SweepSpec("p", spaces, "accuracy", sampling="grid", max_trials=50)
    assert spec.trials == 6


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (SweepSpec("p", {}, "m"), "nothing to vary"),
        (SweepSpec("p", {"x": Space("choice", (1,))}, "m"), "no input 'x'"),
        (SweepSpec("p", {"n": Space("choice", (1,))}, ""), "No metric"),
        (SweepSpec("p", {"n": Space("choice", (1,))}, "m", max_trials=0), "at least"),
    ],
)
def test_that_a_senseless_sweep_is_refused(spec: SweepSpec, told: str) -> None:
    with pytest.raises(InvalidError, match=told):
        check_sweep(spec, Pipeline("p", inputs={"n": INTEGER}))


def test_that_the_best_trial_is_one_that_succeeded_with_a_number() -> None:
    trials = tuple(
        Trial(n, f"r{n}", {}, state, value)
        for n, (state, value) in enumerate(
            [
                (TrialState.SUCCEEDED, 0.5),
                (TrialState.STOPPED, 0.9),
                (TrialState.SUCCEEDED, float("nan")),
                (TrialState.SUCCEEDED, 0.7),
                (TrialState.FAILED, None),
            ]
        )
    )
    spec = SweepSpec("p", {}, "m")
    sweep = Sweep("s", spec, RunState.SUCCEEDED, datetime.now(UTC), trials=trials)
    assert sweep.best == trials[3]
    least = Sweep(
        *("s", SweepSpec("p", {}, "m", "minimize"), RunState.SUCCEEDED),
        datetime.now(UTC),
        trials=trials,
    )
    assert least.best == trials[0]


def test_that_a_grid_is_counted_without_being_made_and_a_huge_one_refused() -> None:
    assert space_of("1..1000000000", INTEGER).count == 1_000_000_000
    assert space_of("0..1 step 0.1", NUMBER).count == 11
    assert len(space_of("0..1 step 0.1", NUMBER).grid()) == 11
    spec = SweepSpec("p", {"n": space_of("1..20000", INTEGER)}, "m", sampling="grid")
    with pytest.raises(InvalidError, match="20,000 combinations is too large"):
        check_sweep(spec, Pipeline("p", (), {"n": INTEGER}))
