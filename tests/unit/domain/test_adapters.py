"""Which step makes two ports fit."""

from __future__ import annotations

from studio.domain.adapters import adapters, shortest_chain
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


def test_that_two_in_a_row_are_found_where_no_single_one_fits() -> None:
    fitted, model = Port("fitted", "custom_model"), Port("model", "mlflow_model")
    apply = Component("apply", "x", inputs=(fitted,), outputs=(TABLE,))
    train = Component("train", "x", inputs=(TABLE,), outputs=(model,))
    known = (*ALL, train, apply)
    assert adapters(fitted, model, known) == []
    chain = shortest_chain(fitted, model, known)
    assert chain is not None
    assert [a.component.name for a in chain.steps] == ["apply", "train"]
    assert chain.title == f"{apply.title}, then {train.title}"


def test_that_a_single_one_comes_before_two_and_folders_make_no_chain() -> None:
    chain = shortest_chain(MODEL, TABLE, ALL)
    assert chain is not None
    assert [a.component.name for a in chain.steps] == ["score"]
    folder = Port("b", "uri_folder")
    back = Component("back", "x", inputs=(folder,), outputs=(Port("o", "uri_file"),))
    assert shortest_chain(TABLE, Port("x", "uri_file"), (*ALL, back)) is None
