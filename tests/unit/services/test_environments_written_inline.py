"""Azure ML's way to write an environment into the step that needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.bootstrap import Studio
from studio.domain.component import Component
from studio.domain.errors import InvalidError
from studio.domain.pipeline import Pipeline
from studio.interchange.component_yaml import read_component
from studio.services.environments.of_steps import StepEnvironments
from tests.workspaces import step, write_component


def written(root: Path, environment: Any) -> Component:
    folder = write_component(root, "draw_it", "", environment=environment)
    return read_component(folder / "component.yml")


def conda(*packages: str) -> dict[str, Any]:
    listed = {"channels": ["one"], "dependencies": ["python=3.11", *packages]}
    return {"image": "base:1", "conda_file": listed}


def test_that_it_becomes_an_environment_of_the_workspace_once(studio: Studio) -> None:
    environments = StepEnvironments(studio.environments)

    def placed(*packages: str) -> str:
        component = written(studio.workspace.root, conda(*packages))
        environments.take_in([component])
        return environments.placed({"draw": component})["draw"].environment

    assert placed("numpy") == "draw-it-environment:1"
    assert placed("numpy") == "draw-it-environment:1"
    assert placed("numpy <2") == "draw-it-environment:2"
    assert placed("numpy") == "draw-it-environment:1"
    made = studio.environments.get("draw-it-environment:2")
    assert made.declaration.image == "base:1"
    assert "draw_it" in made.description
    never = written(studio.workspace.root, conda("scipy"))
    assert environments.placed({"draw": never})["draw"].environment.endswith(":0")


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"image": "base:1"}, "The image written as the environment isn't used"),
        ("azureml:AzureML-sklearn-1.0@latest", "'AzureML-sklearn-1.0' is an environ"),
        (
            "azureml://registries/azureml/environments/Microsoft-a/labels/x",
            "'Microsoft-a'",
        ),
    ],
)
def test_that_what_a_step_here_cannot_have_is_told(
    studio: Studio, environment: Any, told: str
) -> None:
    written(studio.workspace.root, environment)
    [problem] = studio.pipelines.problems(Pipeline("p", (step("draw_it"),)))
    assert (problem.severity, problem.field) == ("warning", "environment")
    assert problem.message.startswith(told)
    assert problem.hint


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"name": "AzureML-mine", "image": "base:1"}, "'AzureML-mine' begins with a"),
        ({"image": "base:1", "build": {"path": "."}}, "an image or a build context"),
        (conda("numpy =="), "'numpy ==' is no match spec"),
        ({"image": "Base 1"}, "'Base 1' isn't the name of an image"),
        ({"image": "base:1", "conda_file": "gone.yml"}, "gone.yml"),
        ({"image": "base:1", "conda_file": "."}, "there is no file '.'"),
        ({"description": "none"}, "an environment names no image"),
    ],
)
def test_that_what_cannot_be_meant_is_told(
    studio: Studio, environment: Any, told: str
) -> None:
    with pytest.raises(InvalidError) as caught:
        written(studio.workspace.root, environment)
    assert told in caught.value.message
    assert "component.yml, line " in caught.value.message
