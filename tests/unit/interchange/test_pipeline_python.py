"""A pipeline as a Python file and back: nothing lost, small differences, runnable."""

from __future__ import annotations

import difflib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workspaces import chain, step, write_copy_components

from studio.bootstrap import Studio
from studio.domain.errors import InvalidError
from studio.domain.node import FromInput, FromPath, FromStep, StepOutput, Value
from studio.domain.pipeline import (
    Pipeline,
    PipelineInput,
    PipelineOutput,
    PipelineSettings,
)
from studio.interchange.pipeline_python import python_pipeline, write_python
from studio.resources import resource_path

SAMPLE = resource_path("samples/penguins/pipelines/penguins/pipeline.yml")
CODE = "def main(t1, t2=None):\n    # a comment\n    return t1\n"


def again(pipeline: Pipeline) -> Pipeline:
    return python_pipeline(write_python(pipeline), Path.cwd())


def alike(pipeline: Pipeline) -> Pipeline:
    """Without positions, which stand in a file of their own."""
    return pipeline.move({node.name: (0.0, 0.0) for node in pipeline.nodes})


def rich() -> Pipeline:
    """Something of everything a pipeline can say."""
    first = replace(
        step("load", "import_data"),
        inputs={"path": FromPath("./a b.csv", "uri_file", "ro_mount")},
        display_name='Load "it"',
        comment="two\nlines",
        timeout_seconds=12.5,
        max_retries=3,
        environment_variables={"A-B": "1"},
    )
    code = replace(
        step("class", "python_script", t1="@load.table"),
        inputs={
            "t1": FromStep("load", "table"),
            "code": Value(CODE),
            "rate": FromInput("rate"),
            "deep": Value(False),
            "share": Value(0.1),
        },
        muted=True,
        outputs={"out": StepOutput(to="result")},
    )
    last = replace(
        step("end", "copy"),
        inputs={"data": FromStep("class", "out"), "more": FromStep("load", "table")},
        outputs={"out": StepOutput(register="kept", type="uri_file")},
        bypass={"out": "data"},
        extra={"resources": {"instance_count": 2}, "type": "pipeline"},
    )
    return Pipeline(
        "rich",
        (first, code, last),
        {
            "rate": PipelineInput("rate", "number", 0.5),
            "n": PipelineInput("n", "integer", None, True, "How many"),
            "data": PipelineInput("data", "mltable"),
        },
        {"result": PipelineOutput("result", "mltable", "asset")},
        display_name="Rich ☃",
        description="Many\nthings",
        experiment="e",
        tags={"a": "b", "no name": "x"},
        settings=PipelineSettings(continue_on_step_failure=True),
        extra={"compute": "local"},
    )


def test_that_nothing_is_lost_on_the_way_and_back() -> None:
    made = rich()
    assert alike(again(made)) == alike(made)
    assert write_python(again(made)) == write_python(made)


def test_that_steps_keep_their_ids() -> None:
    made = rich()
    assert [node.id for node in again(made).nodes] == [node.id for node in made.nodes]


def test_that_the_sample_is_the_same_after_the_way_and_back(studio: Studio) -> None:
    pipeline = studio.pipelines.read_file(SAMPLE)
    assert alike(again(pipeline)) == alike(pipeline)
    text = write_python(pipeline)
    assert '"data": split.outputs.train' in text
    compile(text, "sample.py", "exec")


def test_that_code_keeps_its_lines() -> None:
    assert '"""\\\ndef main(t1, t2=None):\n    # a comment\n' in write_python(rich())


def test_that_one_changed_value_changes_one_line() -> None:
    before = chain(6)
    after = before.bind("s3", "text", Value("other"))
    lines = [write_python(p).splitlines() for p in (before, after)]
    changed = [d for d in difflib.ndiff(*lines) if d[0] in "+-"]
    assert len(changed) == 2


def test_that_a_reference_to_a_later_step_is_kept_as_text() -> None:
    pipeline = chain(3)
    pipeline = replace(pipeline, nodes=pipeline.nodes[::-1])
    assert [n.name for n in again(pipeline).nodes] == ["s2", "s1", "s0"]
    assert again(pipeline).by_name["s2"].inputs["data"] == FromStep("s1", "out")


@given(st.text(), st.integers(), st.floats(allow_nan=False, allow_infinity=False))
def test_that_any_value_comes_back(text: str, number: int, share: float) -> None:
    node = step("a", "first")
    values = {"text": Value(text), "n": Value(number), "share": Value(share)}
    pipeline = Pipeline("p", (replace(node, inputs=values),))
    if "${{" not in text:
        assert again(pipeline).by_name["a"].inputs == values


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("p = Pipeline('a')\np.step('x', 'y', inputs={'a': open('z')})", "line 2"),
        ("p = Pipeline('a')\np.step(name)", "line 2: the first argument must be"),
        ("x = 1\n", "it makes no Pipeline"),
        ("p = Pipeline(\n", "line 1"),
        ("p = Pipeline('a')\np.step('x y', 'b')", "line 2: 'x y' can't be the name"),
    ],
)
def test_that_what_cannot_be_read_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(InvalidError) as caught:
        python_pipeline(text, Path.cwd(), "flow.py")
    assert told in caught.value.message


def test_that_reading_a_file_runs_nothing_of_it(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    text = write_python(chain(2)) + f"\nopen({str(mark)!r}, 'w')\n"
    assert [n.name for n in python_pipeline(text, tmp_path).nodes] == ["s0", "s1"]
    assert not mark.exists()


def test_that_the_file_runs_as_it_is_in_the_workspace(
    studio: Studio, tmp_path: Path
) -> None:
    write_copy_components(studio.workspace.root)
    file = tmp_path / "flow.py"
    file.write_text(write_python(chain(2)))
    answer = subprocess.run(
        [sys.executable, str(file)],
        env={**os.environ, "STUDIO_WORKSPACE": str(studio.workspace.root)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert "s1: succeeded (it has never run before)" in answer.stdout


def test_that_an_edited_file_takes_the_place_of_the_pipeline(studio: Studio) -> None:
    write_copy_components(studio.workspace.root)
    made = chain(3).move({"s1": (400.0, 80.0)})
    studio.pipelines.save(made)
    file = studio.workspace.root / "edited.py"
    text = studio.pipelines.export_python("chain", file.parent)
    file.write_text(text.replace('"-2"', '"new"'))
    studio.pipelines.import_file(file, instead=True)
    now = studio.pipelines.get("chain")
    assert now == made.bind("s2", "text", Value("new"))
    assert len(studio.pipelines.versions("chain")) == 2
