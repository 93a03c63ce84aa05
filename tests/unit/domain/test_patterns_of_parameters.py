"""A name that can't be is refused before a run, not by its last step."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from studio.domain.component import Component, Parameter
from studio.domain.errors import StudioError
from studio.domain.node import Node, Value
from studio.domain.parameters import coerce, is_simple_pattern
from studio.domain.pipeline import Pipeline
from studio.domain.validation import problems
from studio.interchange.component_yaml import read_component
from studio.resources import resource_path

YAML = """
name: keep
type: command
inputs:
  as: {type: string}
outputs:
  out: {type: uri_file}
tags:
  pattern.as: PATTERN
  pattern.as.hint: Use small letters
command: python keep.py ${{inputs.as}} ${{outputs.out}}
"""


def component(tmp_path: Path, pattern: str) -> Component:
    file = tmp_path / "component.yml"
    file.write_text(YAML.replace("PATTERN", repr(pattern)))
    return read_component(file)


def test_that_a_value_that_doesnt_match_is_a_problem_of_its_field(
    tmp_path: Path,
) -> None:
    keep = component(tmp_path, "[a-z]+")
    node = Node("1", "keep", "azureml:keep@latest", {"as": Value("My name")})
    (problem,) = problems(Pipeline("p", (node,)), {"keep": keep})
    assert (problem.step, problem.field, problem.severity) == ("keep", "as", "error")
    assert problem.message == "'as' can't be 'My name'. Use small letters"
    good = node.__class__("1", "keep", "azureml:keep@latest", {"as": Value("mine")})
    assert not problems(Pipeline("p", (good,)), {"keep": keep})


@pytest.mark.parametrize("name", ["register_model", "register_if_better"])
@pytest.mark.parametrize("wrong", ["my model", "-x", "", "a/b", "x" * 256, "é"])
def test_that_models_are_named_as_the_registry_takes_it(name: str, wrong: str) -> None:
    built_in = read_component(resource_path(f"components/{name}"))
    with pytest.raises(ValueError, match=r"Start with a letter or digit"):
        coerce(built_in.parameters_by_name["name"], wrong)
    assert coerce(built_in.parameters_by_name["name"], "churn-v1.2_a") == "churn-v1.2_a"


@pytest.mark.parametrize("wrong", ["a/b", ".hidden", "", "c:\\x"])
def test_that_a_file_is_named_without_folders(wrong: str) -> None:
    built_in = read_component(resource_path("components/export_table"))
    with pytest.raises(ValueError, match="without folders"):
        coerce(built_in.parameters_by_name["name"], wrong)


@pytest.mark.parametrize("pattern", ["(a+)+", "[a-z", "a*a*a*a*b", "x" * 300])
def test_that_a_pattern_that_could_take_forever_is_refused(
    pattern: str, tmp_path: Path
) -> None:
    assert not is_simple_pattern(pattern)
    with pytest.raises(StudioError, match="pattern of 'as' can't be used"):
        component(tmp_path, pattern)


def test_that_the_worst_pattern_that_is_taken_is_quick() -> None:
    slow = "a*a*a*b"
    assert is_simple_pattern(slow)
    began = time.monotonic()
    with pytest.raises(ValueError, match="must match"):
        coerce(Parameter("as", pattern=slow), "a" * 10_000)
    assert time.monotonic() - began < 5


def test_that_an_expression_is_matched_by_what_it_stands_for() -> None:
    parameter = Parameter("as", pattern="[a-z]+")
    assert coerce(parameter, "${{parent.inputs.x}}") == "${{parent.inputs.x}}"
