"""Parts of pipelines that aren't finished: what isn't part of a run can't stop it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from workspaces import SharedTarget, chain, run_here, step, write_copy_components

from studio.bootstrap import Studio
from studio.domain.errors import InvalidError
from studio.domain.node import Value
from studio.domain.pipeline import Pipeline
from studio.domain.run import RunOptions
from studio.domain.run_part import NOT_PART, part_of


@pytest.fixture
def workspace(studio: Studio) -> Studio:
    write_copy_components(studio.workspace.root)
    return studio


def unfinished() -> Pipeline:
    """s0 and s1 are whole; s2 lacks its data, `lost` its component, `part` its body."""
    pipeline = chain(4).bind("s2", "data", None)
    lost = step("lost", "nowhere", data="@s1")
    part = replace(
        step("part", data="@lost"),
        component="azureml:gone@latest",
        extra={"type": "pipeline"},
    )
    return replace(pipeline, nodes=(*pipeline.nodes, lost, part))


def test_that_steps_that_are_whole_run_beside_those_that_are_not(
    workspace: Studio, target: SharedTarget
) -> None:
    run = partial(run_here, workspace, target)
    done = run(unfinished(), only_to="s1")
    assert done.state.value == "SUCCEEDED", done.message
    states = {each.name: (each.state.value, each.reason) for each in done.steps}
    assert {name: state for name, (state, _) in states.items()} == {
        "s0": "SUCCEEDED",
        "s1": "SUCCEEDED",
        "s2": "SKIPPED",
        "s3": "SKIPPED",
        "lost": "SKIPPED",
        "part": "SKIPPED",
    }
    assert states["lost"][1] == states["s3"][1] == NOT_PART
    again = run(unfinished(), only=("s1",), force=True)
    assert again.step("s1").state.value == "SUCCEEDED"  # type: ignore[union-attr]


def test_that_only_problems_of_the_part_refuse_it(workspace: Studio) -> None:
    pipeline = unfinished()
    for options, first in (
        (RunOptions(only_to="s3"), "s2"),
        (RunOptions(only_from="s1"), "lost"),
        (RunOptions(), "s2"),
    ):
        with pytest.raises(InvalidError, match=f"can't run: step '{first}'"):
            workspace.runs.plan(pipeline, options)
    wrong = pipeline.bind("s0", "text", None).bind("s0", "colour", Value("red"))
    with pytest.raises(InvalidError, match=r"step 's0': .* has no input 'colour'\Z"):
        workspace.runs.plan(wrong, RunOptions(only_to="s1"))


def test_that_the_plan_of_a_part_tells_what_it_leaves_out(workspace: Studio) -> None:
    plan = workspace.runs.plan(unfinished(), RunOptions(only_to="s1"))
    actions = {each.name: each.action for each in plan.steps}
    assert actions == {
        "s0": "run",
        "s1": "run",
        "s2": "skip",
        "s3": "skip",
        "lost": "skip",
        "part": "skip",
    }


def test_that_breakpoints_are_those_of_the_part(workspace: Studio) -> None:
    pipeline = unfinished()
    for name in ("s1", "s2"):
        node = replace(pipeline.node(name), breakpoint=True)
        pipeline = pipeline.update(node)
    found = workspace.pipelines.breakpoints(pipeline, RunOptions(only_to="s1"))
    assert found == ("s1",)


def test_which_steps_a_run_is_about() -> None:
    pipeline = chain(4)
    assert part_of(pipeline, RunOptions()) == {"s0", "s1", "s2", "s3"}
    assert part_of(pipeline, RunOptions(only_to="s1")) == {"s0", "s1"}
    assert part_of(pipeline, RunOptions(only=("s2",))) == {"s0", "s1", "s2"}
    assert part_of(pipeline, RunOptions(only_to="s1__deep")) == {"s0", "s1"}
    assert part_of(pipeline, RunOptions(only_to="nobody")) == set(pipeline.by_name)
