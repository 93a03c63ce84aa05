"""Which step makes two ports fit."""

from __future__ import annotations

from studio.domain.adapters import adapters
from studio.domain.component import Component, Parameter, Port

MODEL, TABLE = Port("model", "mlflow_model"), Port("data", "mltable")
SCORE = Component("score", "x", inputs=(MODEL, TABLE), outputs=(TABLE,))
EXPLAIN = Component(
    "explain",
    "x",
    inputs=(MODEL, TABLE),
    parameters=(Parameter("target"),),
    outputs=(TABLE,),
)
REPORT = Component("report", "x", inputs=(MODEL,), outputs=(Port("r", "uri_folder"),))
ANYTHING = Component(
    "any", "x", inputs=(Port("a", "uri_folder"),), outputs=(Port("b", "uri_folder"),)
)
ALL = (EXPLAIN, ANYTHING, REPORT, SCORE)


def test_that_the_step_that_needs_the_least_comes_first() -> None:
    found = adapters(MODEL, TABLE, ALL)
    assert [a.component.name for a in found] == ["score", "explain"]
    assert (found[0].into, found[0].out) == (MODEL, TABLE)


def test_that_a_step_made_for_the_type_comes_before_one_that_takes_it_too() -> None:
    loose = Component(
        "apply", "x", inputs=(Port("fitted", "custom_model"),), outputs=(TABLE,)
    )
    found = adapters(MODEL, TABLE, (loose, SCORE))
    assert [a.component.name for a in found] == ["score", "apply"]


def test_that_folders_of_anything_are_no_adapters() -> None:
    assert "any" not in [a.component.name for a in adapters(TABLE, MODEL, ALL)]


def test_that_there_may_be_none() -> None:
    assert adapters(TABLE, Port("image", "triton_model"), ALL) == []
