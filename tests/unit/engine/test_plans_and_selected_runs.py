"""Causes as differences, what is expected, and runs of some steps only."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from workspaces import chain, reasons, reused, states, step

from studio.bootstrap import Studio
from studio.domain.errors import NotFoundError, RefusedError
from studio.domain.node import FromInput, Value
from studio.domain.pipeline import Pipeline, PipelineInput
from studio.domain.revert import reverted
from studio.domain.run import Run, RunOptions

Runs = Callable[..., Run]


def changed(pipeline: Pipeline, name: str, text: str) -> Pipeline:
    return pipeline.bind(name, "text", Value(text))


def test_that_a_plan_names_what_it_was_and_what_it_is(
    workspace: Studio, run: Runs
) -> None:
    pipeline = chain(3)
    run(pipeline)
    plan = workspace.runs.plan(changed(pipeline, "s1", "new"))
    own, behind = plan.steps[1].causes, plan.steps[2].causes
    assert [(c.kind, c.name, c.before, c.after) for c in own] == [
        ("parameter", "text", "-1", "new")
    ]
    assert [(c.kind, c.source) for c in behind] == [("upstream", "s1")]
    assert plan.steps[0].causes == ()
    assert [planned.name for planned in plan.running] == ["s1", "s2"]


def test_that_memory_is_expected_from_what_steps_needed(
    workspace: Studio, run: Runs
) -> None:
    pipeline = chain(2)
    assert workspace.runs.plan(pipeline).expected_memory_bytes is None
    done = run(pipeline)
    plan = workspace.runs.plan(pipeline, RunOptions(force=True))
    needed = [each.peak_memory_bytes or 0 for each in done.steps]
    assert [each.expected_memory_bytes for each in plan.steps] == needed
    assert plan.expected_memory_bytes == max(needed) > 0
    assert workspace.runs.plan(pipeline).expected_memory_bytes is None


def test_that_changed_code_can_be_read_as_a_diff(workspace: Studio, run: Runs) -> None:
    pipeline = chain(1)
    run(pipeline)
    script = workspace.workspace.components / "first" / "src" / "script.py"
    script.write_text(script.read_text() + "# the end\n")
    (cause,) = workspace.runs.plan(pipeline).steps[0].causes
    assert cause.text == "code changed: script.py +1 -0"
    diff = workspace.runs.code_diff(cause).splitlines()
    assert diff[:2] == ["--- script.py (then)", "+++ script.py (now)"]
    assert diff[-1] == "+# the end"


def test_that_reverting_a_cause_makes_the_step_reusable(
    workspace: Studio, run: Runs
) -> None:
    pipeline = chain(2)
    run(pipeline)
    edited = changed(pipeline, "s1", "new")
    planned = workspace.runs.plan(edited).steps[1]
    component = workspace.components.get("copy")
    back = reverted(edited, planned.node_id, planned.causes[0], component)
    assert back == pipeline


def test_that_reverting_an_input_of_the_pipeline_changes_it_there(
    workspace: Studio, run: Runs
) -> None:
    node = step("s0", "first", text=FromInput("word"))
    before = Pipeline("p", (node,), {"word": PipelineInput("word", "string", "a")})
    run(before)
    now = PipelineInput("word", "string", "b")
    after = Pipeline("p", (node,), {"word": now})
    planned = workspace.runs.plan(after).steps[0]
    component = workspace.components.get("first")
    back = reverted(after, node.id, planned.causes[0], component)
    assert back == before


def test_that_a_default_comes_back_as_no_value(workspace: Studio, run: Runs) -> None:
    plain = Pipeline("p", (step("a", "first"),))
    run(plain)
    edited = changed(plain, "a", "other")
    planned = workspace.runs.plan(edited).steps[0]
    component = workspace.components.get("first")
    assert reverted(edited, planned.node_id, planned.causes[0], component) == plain


def test_that_only_the_selected_steps_run_on_what_was_made_last(
    workspace: Studio, run: Runs
) -> None:
    pipeline = chain(4)
    first = run(pipeline)
    edited = changed(changed(pipeline, "s1", "x"), "s2", "new")
    plan = workspace.runs.plan(edited, RunOptions(only=("s2",)))
    assert [each.action for each in plan.steps] == ["reuse", "reuse", "run", "skip"]
    assert plan.steps[1].reason == (
        "taken as it is, not run anew (text changed: -1 -> x)"
    )
    done = run(edited, only=("s2",))
    assert reused(done) == {"s0", "s1"}
    assert states(done)["s3"] == "SKIPPED"
    assert reasons(done)["s2"] == "text changed: -2 -> new"
    kept = first.step("s1")
    assert kept is not None
    assert done.step("s1").outputs == kept.outputs  # type: ignore[union-attr]


def test_that_a_selected_step_is_not_reused_on_outdated_data_by_mistake(
    run: Runs,
) -> None:
    pipeline = chain(3)
    run(pipeline)
    edited = changed(pipeline, "s1", "x")
    run(edited, only=("s2",))
    whole = run(edited)
    assert reasons(whole)["s1"] == "text changed: -1 -> x"
    assert reasons(whole)["s2"] == "input data changed (from s1)"


def test_that_an_earlier_value_takes_the_result_it_had(
    workspace: Studio, run: Runs
) -> None:
    pipeline = chain(2)
    first = run(pipeline)
    run(changed(pipeline, "s0", "other"))
    done = run(changed(pipeline, "s1", "new"), only=("s1",))
    kept, then = done.step("s0"), first.step("s0")
    assert kept is not None and then is not None
    assert kept.outputs == then.outputs


def test_that_an_input_that_was_never_made_is_refused_by_name(
    workspace: Studio,
) -> None:
    pipeline = chain(3)
    with pytest.raises(RefusedError, match=r"'s1' can't run alone.*'s0'") as refused:
        workspace.runs.plan(pipeline, RunOptions(only=("s1",)))
    assert refused.value.hint == "Select 's0' too, or run up to 's1'"
    with pytest.raises(RefusedError):
        workspace.runs.start(pipeline, RunOptions(only=("s1",)))
    with pytest.raises(NotFoundError, match="no step 'nobody'"):
        workspace.runs.plan(pipeline, RunOptions(only=("nobody",)))


def test_that_selected_steps_feed_each_other(run: Runs) -> None:
    done = run(chain(3), only=("s0", "s1"))
    assert states(done) == {"s0": "SUCCEEDED", "s1": "SUCCEEDED", "s2": "SKIPPED"}
