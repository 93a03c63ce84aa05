"""A run waits before a step until somebody, anywhere, lets it go on."""

from __future__ import annotations

from pathlib import Path

import pytest
from workspaces import (
    SharedTarget,
    begin_here,
    chain,
    eventually,
    fan_out,
    reasons,
    reused,
    states,
    step,
    write_component,
)

from studio.bootstrap import Studio, open_workspace
from studio.domain.errors import InvalidError, NotFoundError, RefusedError
from studio.domain.pipeline import Pipeline
from studio.domain.run import Run, StepState


def paused(studio: Studio, run_id: str, name: str) -> bool:
    found = studio.runs.get(run_id).step(name)
    return found is not None and found.state is StepState.PAUSED


def content(studio: Studio, run: Run, name: str) -> str:
    return studio.runs.output(run.id, name, "out").read_text()


def test_that_a_run_pauses_before_a_step_and_goes_on_elsewhere(
    workspace: Studio, target: SharedTarget
) -> None:
    run_id, thread = begin_here(
        workspace, target, fan_out(2), pause_before=("s1",), force=True
    )
    eventually(lambda: paused(workspace, run_id, "s1"), "the pause")
    eventually(lambda: states(workspace.runs.get(run_id))["s2"] == "SUCCEEDED")
    assert not workspace.runs.get(run_id).state.ended
    workspace.control.go_on(run_id, "s1")
    thread.join(60)
    run = workspace.runs.get(run_id)
    assert set(states(run).values()) == {"SUCCEEDED"}
    types = [event.type for event in workspace.events.list(subject=run_id)]
    assert types.count("StepPaused") == types.count("StepContinued") == 1


def test_that_another_process_goes_on_with_another_value(
    workspace: Studio, target: SharedTarget
) -> None:
    run_id, thread = begin_here(workspace, target, chain(3), pause_before=("s1",))
    eventually(lambda: paused(workspace, run_id, "s1"), "the pause")
    other = open_workspace(workspace.workspace.root)
    other.control.go_on(run_id, "s1", {"text": "edited"})
    other.close()
    thread.join(60)
    run = workspace.runs.get(run_id)
    assert content(workspace, run, "s2") == "0edited-2"
    assert run.step("s1").parameters["text"] == "edited"  # type: ignore[union-attr]
    pipeline, _, _ = workspace.runs.definition(run_id)
    again = workspace.runs.plan(pipeline)
    assert {each.action for each in again.steps} == {"reuse"}


def test_that_a_breakpoint_changes_no_result(
    workspace: Studio, target: SharedTarget
) -> None:
    pipeline = chain(2)
    _, first = begin_here(workspace, target, pipeline)
    first.join(60)
    run_id, thread = begin_here(workspace, target, pipeline, pause_before=("s1",))
    eventually(lambda: paused(workspace, run_id, "s1"), "the pause")
    workspace.control.go_on(run_id, "s1")
    thread.join(60)
    assert reused(workspace.runs.get(run_id)) == {"s0", "s1"}


def test_that_a_value_it_cannot_take_is_refused_and_the_step_stays_paused(
    workspace: Studio, target: SharedTarget
) -> None:
    write_component(
        workspace.workspace.root,
        "count",
        "import sys; open(sys.argv[2], 'w').write(sys.argv[1])",
        inputs={"n": {"type": "integer", "default": 1}},
        outputs={"out": {"type": "uri_file"}},
    )
    pipeline = Pipeline("p", (step("c", "count"),))
    run_id, thread = begin_here(workspace, target, pipeline, pause_before=("c",))
    eventually(lambda: paused(workspace, run_id, "c"), "the pause")
    with pytest.raises(InvalidError, match="whole number"):
        workspace.control.go_on(run_id, "c", {"n": "1.5"})
    with pytest.raises(InvalidError, match="no parameter 'm'"):
        workspace.control.go_on(run_id, "c", {"m": "1"})
    with pytest.raises(NotFoundError, match="no step 'd'"):
        workspace.control.go_on(run_id, "d")
    assert paused(workspace, run_id, "c")
    workspace.control.go_on(run_id, "c", {"n": "7"})
    thread.join(60)
    assert content(workspace, workspace.runs.get(run_id), "c") == "7"
    with pytest.raises(RefusedError, match="already ended"):
        workspace.control.go_on(run_id, "c")


def test_that_a_breakpoint_can_be_set_and_taken_away_while_the_run_goes_on(
    workspace: Studio, target: SharedTarget
) -> None:
    run_id, thread = begin_here(workspace, target, chain(3), pause_before=("s0",))
    eventually(lambda: paused(workspace, run_id, "s0"), "the first pause")
    workspace.control.pause_before(run_id, "s1")
    workspace.control.pause_before(run_id, "s2")
    workspace.control.pause_before(run_id, "s2", False)
    with pytest.raises(RefusedError, match="has begun: PAUSED"):
        workspace.control.pause_before(run_id, "s0")
    workspace.control.go_on(run_id, "s0")
    eventually(lambda: paused(workspace, run_id, "s1"), "the second pause")
    with pytest.raises(RefusedError, match="isn't paused: SUCCEEDED"):
        workspace.control.go_on(run_id, "s0")
    workspace.control.go_on(run_id, "s1")
    thread.join(60)
    assert set(states(workspace.runs.get(run_id)).values()) == {"SUCCEEDED"}


def test_that_a_paused_run_can_be_cancelled(
    workspace: Studio, target: SharedTarget
) -> None:
    run_id, thread = begin_here(workspace, target, chain(2), pause_before=("s0",))
    eventually(lambda: paused(workspace, run_id, "s0"), "the pause")
    workspace.runs.cancel(run_id)
    thread.join(60)
    run = workspace.runs.get(run_id)
    assert (run.state.value, set(states(run).values())) == ("CANCELLED", {"CANCELLED"})


def test_that_a_failure_elsewhere_ends_a_pause(
    workspace: Studio, target: SharedTarget, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    write_component(
        workspace.workspace.root,
        "fails",
        f"""
        import pathlib, sys, time
        while not pathlib.Path({str(gate)!r}).exists():
            time.sleep(0.02)
        sys.exit(1)
        """,
        outputs={"out": {"type": "uri_file"}},
    )
    pipeline = Pipeline("p", (step("a", "first"), step("b", "fails")))
    run_id, thread = begin_here(workspace, target, pipeline, pause_before=("a",))
    eventually(lambda: paused(workspace, run_id, "a"), "the pause")
    gate.touch()
    thread.join(60)
    run = workspace.runs.get(run_id)
    assert states(run) == {"a": "SKIPPED", "b": "FAILED"}
    assert reasons(run)["a"] == "'b' failed"
