"""What may be connected to what: types, what a folder holds, what a model is for."""

from __future__ import annotations

import pytest

from studio.domain.component import (
    Component,
    Port,
    PortKind,
    why_incompatible,
    why_unlikely,
)
from studio.domain.node import FromPath, FromStep, Node
from studio.domain.pipeline import Pipeline
from studio.domain.validation import Problem, problems

TABLE = Port("data", "mltable", kind="table")
REPORT = Port("report", "uri_folder", kind="metric")
MODEL = Port("model", "mlflow_model", kind="model", model_for="prediction")
DETECTOR = Port("model", "mlflow_model", kind="model", model_for="anomaly detection")

SPLIT = Component(
    "split",
    "",
    inputs=(TABLE,),
    outputs=(Port("train", "mltable"), Port("test", "mltable")),
)
FOREST = Component("forest", "", inputs=(TABLE,), outputs=(MODEL, REPORT))
SCORE = Component("score", "", inputs=(Port("model", "mlflow_model"), TABLE))
ALARM = Component("alarm", "", inputs=(DETECTOR, TABLE))


def _told(judge: Component, data: FromStep) -> list[Problem]:
    """Problems of a split, a forest and a step that uses the forest's model."""
    nodes = (
        Node("1", "split", "split", {"data": FromPath("rows.csv", "mltable")}),
        Node("2", "forest", "forest", {"data": FromStep("split", "train")}),
        Node("3", "end", "end", {"model": FromStep("forest", "model"), "data": data}),
    )
    return problems(
        Pipeline("p", nodes), {"split": SPLIT, "forest": FOREST, "end": judge}
    )


def test_that_a_report_is_refused_as_a_table_with_the_output_to_take_instead() -> None:
    (told,) = _told(SCORE, FromStep("forest", "report"))
    assert told == Problem(
        "'data' needs a table, got a report (metrics and plots)",
        "Connect Split · test",
        "end",
        "data",
    )


def test_that_a_table_of_the_step_before_is_no_problem() -> None:
    assert _told(SCORE, FromStep("split", "test")) == []


def test_that_a_model_for_something_else_is_warned_of() -> None:
    (told,) = _told(ALARM, FromStep("split", "test"))
    assert told.severity == "warning"
    assert told.message == (
        "'model' needs a model for anomaly detection, got one for prediction"
    )


def test_that_a_model_of_which_nothing_is_known_is_not_warned_of() -> None:
    assert why_unlikely(Port("model", "mlflow_model"), DETECTOR) is None


def test_that_a_folder_of_which_nothing_is_known_may_hold_anything() -> None:
    folder = Port("out", "uri_folder")
    for port in (TABLE, MODEL, REPORT, Port("x", "uri_folder", kind="image")):
        assert why_incompatible(folder, port) is None
        assert why_incompatible(port, folder) is None


@pytest.mark.parametrize("kind", ["metric", "image", "model"])
def test_that_a_folder_known_to_hold_something_else_is_no_table(kind: PortKind) -> None:
    folder = Port("out", "uri_folder", kind=kind)
    assert why_incompatible(folder, TABLE) is not None
    assert why_incompatible(TABLE, folder) is not None


def test_that_a_folder_known_to_hold_a_table_is_a_table() -> None:
    assert why_incompatible(Port("out", "uri_folder", kind="table"), TABLE) is None
