"""The sample: its files fit together, and its pipeline ends with a good model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from component_steps import COMPONENTS, PENGUINS, SAMPLE, Result, Steps, with_mlflow

from studio.domain.node import FromInput, FromPath, FromStep
from studio.domain.pipeline import Pipeline
from studio.domain.validation import problems
from studio.interchange.component_yaml import read_component
from studio.interchange.pipeline_layout import apply_layout
from studio.interchange.pipeline_yaml import read_pipeline

FOLDER = SAMPLE / "pipelines/penguins"
CARD = (216, 64)


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    layout = json.loads((FOLDER / "layout.json").read_text())
    return apply_layout(read_pipeline(FOLDER / "pipeline.yml"), layout)


def component_name(reference: Any) -> str:
    return str(reference).removeprefix("azureml:").removesuffix("@latest")


def test_that_the_pipeline_has_no_problems(pipeline: Pipeline) -> None:
    known = {
        node.name: read_component(COMPONENTS / component_name(node.component))
        for node in pipeline.nodes
    }
    assert problems(pipeline, known) == []


def test_that_the_data_are_all_the_penguins() -> None:
    lines = PENGUINS.read_text().splitlines()
    assert len(lines) == 345
    assert lines[0].startswith("species,island,bill_length_mm")


def test_that_the_cards_stand_on_the_grid_without_overlap(pipeline: Pipeline) -> None:
    layout = json.loads((FOLDER / "layout.json").read_text())
    assert set(layout["steps"]) == {node.name for node in pipeline.nodes}
    places = [node.position for node in pipeline.nodes]
    assert all(x % 24 == 0 and y % 24 == 0 for x, y in places)
    for place, (x, y) in enumerate(places):
        for other_x, other_y in places[place + 1 :]:
            apart = abs(x - other_x) >= CARD[0] + 48 or abs(y - other_y) >= CARD[1]
            assert apart


def test_that_no_edge_flows_to_the_left(pipeline: Pipeline) -> None:
    for edge in pipeline.edges:
        source, target = pipeline.by_name[edge.source], pipeline.by_name[edge.target]
        right = target.position[0] >= source.position[0] + CARD[0] + 48
        assert right or target.position[0] == source.position[0]


def test_that_the_sample_says_what_it_is() -> None:
    about = yaml.safe_load((SAMPLE / "sample.yml").read_text())
    assert {"name", "title", "description", "seconds", "source", "licence"} <= set(
        about
    )
    assert about["licence"].startswith("CC0")
    assert "Horst" in about["source"]
    assert (SAMPLE / "pipelines" / about["pipeline"] / "pipeline.yml").is_file()
    assert (SAMPLE / about["request"]).is_file()


def run_by_hand(pipeline: Pipeline, steps: Steps) -> dict[str, Result]:
    """Each step in order with its inputs resolved, as the runner does."""
    done: dict[str, Result] = {}
    for node in pipeline.order():
        inputs = {
            name: _value(binding, pipeline, done)
            for name, binding in node.inputs.items()
        }
        done[node.name] = steps.ok(component_name(node.component), **inputs)
    return done


def _value(binding: Any, pipeline: Pipeline, done: dict[str, Result]) -> Any:
    if isinstance(binding, FromStep):
        return done[binding.step].output(binding.output)
    if isinstance(binding, FromInput):
        binding = pipeline.inputs[binding.name].value
        if isinstance(binding, FromPath):
            return (FOLDER / binding.path).resolve()
        return binding
    return binding.value


def test_that_the_pipeline_run_step_by_step_registers_a_good_model(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    done = run_by_hand(pipeline, Steps(tmp_path, warm=False))
    assert done["clean_missing"].metrics["rows"] == 342
    assert done["evaluate"].metrics["accuracy"] > 0.9
    (action,) = done["register"].actions
    assert action["name"] == "penguins"
    assert action["tags"]["sample"] == "penguins"
    assert action["metrics"]["accuracy"] == done["evaluate"].metrics["accuracy"]

    request = json.loads((SAMPLE / "request.json").read_text())["input_data"]
    told = with_mlflow(
        """
        served = mlflow.pyfunc.load_model(folder)
        rows = pd.DataFrame(given["data"], columns=given["columns"])
        rows = rows.astype({name: float for name in rows.select_dtypes("number")})
        told = {
            "columns": served.metadata.signature.inputs.input_names(),
            "predicted": list(served.predict(rows)),
        }
        """,
        done["register"].output("registered_model"),
        request,
    )
    assert told["columns"] == request["columns"]
    assert told["predicted"] == ["Adelie", "Chinstrap", "Gentoo"]
