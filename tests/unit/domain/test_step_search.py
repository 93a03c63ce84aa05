"""Finding steps by what is written on and in them."""

from __future__ import annotations

import pytest

from studio.domain.component import Component, Parameter
from studio.domain.node import FromPath, FromStep, Node, Value
from studio.domain.pipeline import Pipeline
from studio.domain.step_search import StepSearch

FOREST = Component(
    "train_forest",
    "python train.py",
    display_name="Train random forest",
    parameters=(Parameter("n_estimators", "integer", 100), Parameter("bootstrap",
                "boolean", True)),
)  # fmt: skip
PIPELINE = Pipeline(
    "p",
    (
        Node("1", "fit", "azureml:train_forest@latest", {"data": FromStep("read", "t"),
             "n_estimators": Value(250)}, position=(600, 0)),
        Node("2", "read", "azureml:import_data@latest",
             {"file": FromPath("birds.csv", "uri_file")}, position=(0, 0)),
        Node("3", "again", FOREST, display_name="Fit the Größe", comment="for Ada",
             position=(300, 0)),
    ),
)  # fmt: skip


def component_of(node: Node) -> Component | None:
    return FOREST if node.id in "13" else None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("fit", ["3", "1"]),
        ("FIT GRÖSSE", ["3"]),
        ("random forest", ["3", "1"]),
        ("ada", ["3"]),
        ("n_estimators=250", ["1"]),
        ("n_estimators=100", ["3"]),
        ("bootstrap=true", ["3", "1"]),
        ("birds.csv", ["2"]),
        ("import_data", ["2"]),
        ("forest 250", ["1"]),
        ("nothing like it", []),
        ("   ", []),
    ],
)
def test_that_steps_with_all_words_are_found_from_left_to_right(
    text: str, wanted: list[str]
) -> None:
    assert StepSearch(component_of).find(PIPELINE, text) == wanted


def test_that_a_changed_step_is_read_again() -> None:
    search = StepSearch(component_of)
    assert search.find(PIPELINE, "250") == ["1"]
    after = PIPELINE.bind("fit", "n_estimators", Value(7))
    assert search.find(after, "250") == []
    assert search.find(after, "n_estimators=7") == ["1"]
