"""Parameters' values, references to models, events' hashes, problems of pipelines."""

from __future__ import annotations

import pytest

from studio.domain.component import Component, Parameter, Port, why_incompatible
from studio.domain.errors import InvalidError
from studio.domain.events import GENESIS, event_hash
from studio.domain.model import ModelReference, parse_reference
from studio.domain.node import FromInput, FromPath, FromStep, Node, Value
from studio.domain.parameters import coerce
from studio.domain.pipeline import Pipeline
from studio.domain.run import RunState, StepState
from studio.domain.validation import problems


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("integer", "12", 12),
        ("integer", 12.0, 12),
        ("integer", "-3", -3),
        ("number", "1e-3", 0.001),
        ("number", "2", 2),
        ("boolean", "Yes", True),
        ("boolean", "off", False),
        ("boolean", True, True),
        ("string", 3, "3"),
        ("string", True, "true"),
    ],
)
def test_that_what_was_typed_becomes_the_declared_type(
    kind: str, typed: object, value: object
) -> None:
    found = coerce(Parameter("p", kind), typed)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("integer", "1.5"),
        ("integer", "x"),
        ("integer", ""),
        ("integer", True),
        ("integer", "inf"),
        ("number", "nan"),
        ("number", "1e999"),
        ("number", "²"),
        ("integer", "²"),
        ("integer", "--5"),
        ("boolean", "maybe"),
        ("string", None),
        ("string", [1]),
        ("number", {}),
    ],
)
def test_that_a_value_of_another_type_is_refused_by_name(
    kind: str, typed: object
) -> None:
    with pytest.raises(ValueError, match="'p'"):
        coerce(Parameter("p", kind), typed)


def test_that_bounds_and_choices_hold() -> None:
    bounded = Parameter("depth", "integer", minimum=1, maximum=9)
    assert coerce(bounded, "9") == 9
    with pytest.raises(ValueError, match="at least 1"):
        coerce(bounded, 0)
    with pytest.raises(ValueError, match="at most 9"):
        coerce(bounded, 10)
    with pytest.raises(ValueError, match="one of a, b"):
        coerce(Parameter("kind", enum=("a", "b")), "c")


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("churn", ModelReference("churn")),
        ("churn:3", ModelReference("churn", 3)),
        ("azureml:churn:3", ModelReference("churn", 3)),
        ("churn@latest", ModelReference("churn", alias="latest")),
    ],
)
def test_that_references_to_models_are_read(
    text: str, reference: ModelReference
) -> None:
    assert parse_reference(text) == reference


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a b",
        "a:x",
        "a:1@b",
        "../a",
        "-a",
        "a:²",
        "a:-1",
        "a:" + "9" * 30,
        "x" * 256,
    ],
)
def test_that_other_texts_are_no_references(text: str) -> None:
    with pytest.raises(InvalidError):
        parse_reference(text)


def test_that_an_events_hash_covers_every_field() -> None:
    row = {
        "id": "1",
        "type": "RunCreated",
        "subject": "s",
        "time": "t",
        "actor": "a",
        "data": {"k": 1},
    }
    whole = event_hash(GENESIS, **row)
    for name in row:
        changed = {**row, name: {"k": 2} if name == "data" else "other"}
        assert event_hash(GENESIS, **changed) != whole
    assert event_hash("1" * 64, **row) != whole


def test_that_only_final_states_count_as_ended() -> None:
    ended = {state for state in RunState if state.ended}
    assert ended == {"SUCCEEDED", "FAILED", "CANCELLED"}
    assert {s for s in StepState if not s.ended} == {"PENDING", "PAUSED", "RUNNING"}


TABLE = Component(
    "make",
    "python x.py ${{outputs.table}}",
    outputs=(Port("table", "mltable"), Port("model", "mlflow_model")),
)
TRAIN = Component(
    "train",
    "python x.py ${{inputs.data}}",
    inputs=(Port("data", "mltable"), Port("more", "uri_folder", optional=True)),
    parameters=(
        Parameter("target"),
        Parameter("depth", "integer", default=3, maximum=9),
    ),
)
COMPONENTS = {"make": TABLE, "train": TRAIN}


def messages(**inputs: object) -> list[str]:
    nodes = (Node("1", "make", "make"), Node("2", "train", "train", inputs))
    return [p.message for p in problems(Pipeline("p", nodes), COMPONENTS)]


def test_that_a_sound_pipeline_has_no_problems() -> None:
    assert messages(data=FromStep("make", "table"), target=Value("y")) == []


def test_that_each_problem_says_what_is_wrong() -> None:
    assert messages() == ["'data' isn't connected", "'target' needs a value"]
    good = {"data": FromStep("make", "table"), "target": Value("y")}
    assert messages(**{**good, "data": FromStep("make", "model")}) == [
        "'data' needs a table, got an MLflow model"
    ]
    assert messages(**{**good, "data": FromStep("make", "tabel")}) == [
        "Step 'make' has no output 'tabel'"
    ]
    assert messages(**{**good, "data": FromStep("mak", "table")}) == [
        "'data' comes from step 'mak', which doesn't exist"
    ]
    assert messages(**{**good, "depth": Value(10)}) == [
        "'depth' must be at most 9, not 10"
    ]
    assert messages(**{**good, "dept": Value(1)}) == ["'Train' has no input 'dept'"]
    assert messages(**{**good, "target": FromInput("y")}) == [
        "The pipeline has no input 'y'"
    ]
    assert messages(**{**good, "target": FromPath("y")}) == [
        "'target' needs a value, not data"
    ]
    assert messages(**{**good, "data": Value("x")}) == [
        "'data' needs data, not a value"
    ]


def test_that_a_missing_component_is_the_only_problem_of_its_step() -> None:
    nodes = (Node("2", "train", "train"),)
    found = problems(Pipeline("p", nodes), {"train": InvalidError("It's gone", "Add")})
    assert [(p.message, p.hint, p.step) for p in found] == [
        ("It's gone", "Add", "train")
    ]


def test_that_models_fit_where_a_custom_model_is_wanted_but_not_the_other_way() -> None:
    custom, mlflow = Port("c", "custom_model"), Port("m", "mlflow_model")
    assert why_incompatible(mlflow, custom) is None
    assert why_incompatible(custom, mlflow) is not None
    assert why_incompatible(Port("f", "uri_folder"), mlflow) is None
