"""Pipelines as steps, muted and bypassed steps: looked up, checked, planned, run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from workspaces import (
    SharedTarget,
    chain,
    run_here,
    states,
    step,
    write_copy_components,
)

from studio.bootstrap import Studio
from studio.domain.errors import InvalidError
from studio.domain.node import FromInput, FromStep, Node, StepOutput, Value
from studio.domain.pipeline import Pipeline, PipelineInput, PipelineOutput
from studio.domain.run import Run
from studio.interchange.pipeline_yaml import read_pipeline

Runs = Callable[..., Run]


@pytest.fixture
def workspace(studio: Studio) -> Studio:
    write_copy_components(studio.workspace.root)
    studio.pipelines.save(tail())
    return studio


@pytest.fixture
def run(workspace: Studio, target: SharedTarget) -> Runs:
    return partial(run_here, workspace, target)


def tail() -> Pipeline:
    """Appends "-1" and a text of one's choice to what it is given."""
    first = replace(step("one", "copy", text="-1"), inputs={})
    first = replace(first, inputs={"data": FromInput("data"), "text": Value("-1")})
    last = replace(
        step("two", "copy", data="@one"),
        inputs={"data": FromStep("one", "out"), "text": FromInput("ending")},
        outputs={"out": StepOutput(to="text")},
    )
    return Pipeline(
        "tail",
        (first, last),
        {
            "data": PipelineInput("data", "uri_file"),
            "ending": PipelineInput("ending", "string", "!"),
        },
        {"text": PipelineOutput("text", "uri_file")},
    )


def whole(reference: str = "azureml:tail@latest", **inputs: object) -> Pipeline:
    part = Node(
        "part-id",
        "part",
        reference,
        {"data": FromStep("s0", "out"), **inputs},  # type: ignore[dict-item]
        extra={"type": "pipeline"},
    )
    end = replace(step("end", "copy"), inputs={"data": FromStep("part", "text")})
    end = replace(end, inputs={**end.inputs, "text": Value("-end")})
    return Pipeline("whole", (step("s0", "first", text="0"), part, end))


def result(studio: Studio, run: Run, name: str = "end") -> str:
    return studio.runs.output(run.id, name, "out").read_text()


def test_that_the_steps_of_a_pipeline_inside_are_run(
    workspace: Studio, run: Runs
) -> None:
    done = run(whole(ending=Value("?")))
    assert states(done) == dict.fromkeys(
        ("s0", "part__one", "part__two", "end"), "SUCCEEDED"
    )
    assert result(workspace, done) == "0-1?-end"
    again = run(whole(ending=Value("?")))
    assert all(each.reused for each in again.steps)


def test_that_an_edited_pipeline_inside_runs_only_what_it_changes(
    workspace: Studio, run: Runs
) -> None:
    run(whole())
    workspace.pipelines.save(tail().bind("two", "text", Value("#")))
    done = run(whole())
    assert {s.name for s in done.steps if not s.reused} == {"part__two", "end"}
    assert done.step("part__two").reason == "text changed: ! -> #"  # type: ignore[union-attr]


def test_that_a_step_can_stay_with_a_saved_version(
    workspace: Studio, run: Runs
) -> None:
    workspace.pipelines.save(tail().bind("two", "text", Value("#")))
    done = run(whole("azureml:tail:1"))
    assert result(workspace, done) == "0-1!-end"
    (found,) = workspace.pipelines.problems(whole("azureml:tail:1"))
    assert found.severity == "warning"
    assert found.message.startswith("Version 2 of 'tail' is there")


def test_that_a_version_that_never_was_is_told(workspace: Studio) -> None:
    (found, *_) = workspace.pipelines.problems(whole("azureml:tail:9"))
    assert found.message == "Pipeline 'tail' has no version 9"


def test_that_a_pipeline_in_itself_is_refused_with_the_way(workspace: Studio) -> None:
    workspace.pipelines.save(whole())
    inside = Node("w", "again", "azureml:whole@latest", extra={"type": "pipeline"})
    workspace.pipelines.save(tail().add(inside))
    found = workspace.pipelines.problems(whole())
    assert any(
        "can't be a step of itself: whole → tail → whole" in f.message
        or "whole → tail → whole" in f.message
        for f in found
    )
    with pytest.raises(InvalidError):
        workspace.runs.plan(whole())


def test_that_only_pipelines_that_fit_are_offered(workspace: Studio) -> None:
    workspace.pipelines.save(whole())
    assert {c.name for c in workspace.pipelines.offered("other")} == {"tail", "whole"}
    assert {c.name for c in workspace.pipelines.offered("tail")} == set()


def test_that_problems_inside_are_told_of_the_step_one_sees(workspace: Studio) -> None:
    workspace.pipelines.save(tail().bind("two", "data", None))
    found = workspace.pipelines.problems(whole())
    assert [(f.step, f.message) for f in found] == [
        ("part", "inside, step 'two': 'data' isn't connected")
    ]


def test_that_a_run_keeps_the_steps_it_was_started_with(
    workspace: Studio, run: Runs
) -> None:
    done = run(whole())
    workspace.pipelines.delete("tail")
    pipeline, _, _ = workspace.runs.definition(done.id)
    assert list(pipeline.by_name) == ["s0", "part__one", "part__two", "end"]
    assert [node.id for node in pipeline.nodes][1] == "part-id.one"


def test_that_a_muted_step_and_what_needs_it_are_skipped_with_the_reason(
    workspace: Studio, run: Runs
) -> None:
    pipeline = chain(3)
    pipeline = pipeline.update(replace(pipeline.by_name["s1"], muted=True))
    done = run(pipeline)
    assert states(done) == {"s0": "SUCCEEDED", "s1": "SKIPPED", "s2": "SKIPPED"}
    assert done.step("s1").reason == "it is muted"  # type: ignore[union-attr]
    planned = {
        s.name: (s.action, s.reason) for s in workspace.runs.plan(pipeline).steps
    }
    assert planned["s2"] == ("skip", "'s1' is switched off")


def test_that_a_bypassed_step_is_left_out_of_the_way(
    workspace: Studio, run: Runs
) -> None:
    pipeline = chain(3)
    around = replace(pipeline.by_name["s1"], bypass={"out": "data"})
    done = run(pipeline.update(around))
    assert states(done) == {"s0": "SUCCEEDED", "s1": "SKIPPED", "s2": "SUCCEEDED"}
    assert result(workspace, done, "s2") == "0-2"


def test_that_problems_of_a_muted_step_stop_nothing(workspace: Studio) -> None:
    pipeline = chain(3).bind("s2", "data", None)
    assert workspace.pipelines.problems(pipeline)
    muted = pipeline.update(replace(pipeline.by_name["s2"], muted=True))
    assert workspace.pipelines.problems(muted) == ()


def test_that_switches_and_pipelines_as_steps_survive_the_file(
    workspace: Studio, tmp_path: Path
) -> None:
    pipeline = whole()
    pipeline = pipeline.update(replace(pipeline.by_name["part"], muted=True))
    pipeline = pipeline.update(replace(pipeline.by_name["end"], bypass={"out": "data"}))
    workspace.pipelines.save(pipeline)
    again = workspace.pipelines.get("whole")
    assert again.by_name["part"].muted
    assert again.by_name["part"].is_pipeline
    assert again.by_name["end"].bypass == {"out": "data"}
    file = workspace.pipelines.file("whole")
    assert read_pipeline(file).by_name["end"].bypass == {"out": "data"}


def test_that_a_run_can_go_to_or_from_a_pipeline_inside(
    workspace: Studio, run: Runs
) -> None:
    done = run(whole(), only_to="part")
    assert done.step("part__two").state.value == "SUCCEEDED"  # type: ignore[union-attr]
    assert done.step("end").state.value == "SKIPPED"  # type: ignore[union-attr]
    again = run(whole(), only_from="part")
    assert {s.name for s in again.steps if s.reused} == {"s0"}
