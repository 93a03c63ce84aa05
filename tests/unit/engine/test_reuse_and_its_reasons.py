"""What is reused, and the words that say why not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from workspaces import chain, reasons, reused, states, step, write_component

from studio.bootstrap import Studio
from studio.domain.errors import RefusedError
from studio.domain.node import FromPath, Node, Value
from studio.domain.pipeline import Pipeline
from studio.domain.run import Run, RunOptions
from studio.domain.sweep import SWEEP_ID
from studio.services.runs.service import RunService

Runs = Callable[..., Run]


def set_value(pipeline: Pipeline, name: str, **values: object) -> Pipeline:
    for key, value in values.items():
        pipeline = pipeline.bind(name, key, Value(value))  # type: ignore[arg-type]
    return pipeline


def with_node(pipeline: Pipeline, name: str, **changes: object) -> Pipeline:
    return pipeline.update(replace(pipeline.by_name[name], **changes))


def script_of(studio: Studio, component: str) -> Path:
    return studio.workspace.components / component / "src" / "script.py"


def test_that_nothing_changed_means_everything_is_reused(run: Runs) -> None:
    first = run(chain(4))
    assert set(reasons(first).values()) == {"it has never run before"}
    second = run(chain(4))
    assert reused(second) == {"s0", "s1", "s2", "s3"}
    assert set(reasons(second).values()) == {"unchanged"}
    assert second.step("s3").outputs == first.step("s3").outputs  # type: ignore[union-attr]
    assert all(each.seconds == 0.0 for each in second.steps)


def test_that_a_changed_parameter_runs_that_step_and_what_follows(run: Runs) -> None:
    pipeline = chain(4)
    run(pipeline)
    second = run(set_value(pipeline, "s2", text="new"))
    assert reused(second) == {"s0", "s1"}
    assert reasons(second)["s2"] == "text changed: -2 -> new"
    assert reasons(second)["s3"] == "input data changed (from s2)"


def test_that_a_value_equal_to_the_default_is_no_change(run: Runs) -> None:
    pipeline = Pipeline("p", (step("a", "first"),))
    run(pipeline)
    assert reused(run(set_value(pipeline, "a", text="x"))) == {"a"}


def test_that_changed_code_is_counted_in_lines(workspace: Studio, run: Runs) -> None:
    pipeline = chain(3)
    run(pipeline)
    script = script_of(workspace, "copy")
    lines = script.read_text().splitlines()
    kept = [line for line in lines if "import" not in line]
    new = ["import pathlib", "import sys", "# new", *kept, ""]
    script.write_text("\n".join(new))
    second = run(pipeline)
    assert reused(second) == {"s0"}
    assert reasons(second)["s1"] == "code changed: script.py +3 -1"


def test_that_added_and_removed_files_are_named(workspace: Studio, run: Runs) -> None:
    pipeline = chain(1)
    run(pipeline)
    extra = script_of(workspace, "first").with_name("util.py")
    extra.write_text("x = 1\n")
    assert reasons(run(pipeline))["s0"] == "code changed: util.py added"
    extra.unlink()
    assert reused(run(pipeline)) == {"s0"}  # it has run like this before
    (extra.parent / "__pycache__").mkdir()
    (extra.parent / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert reused(run(pipeline)) == {"s0"}


def test_that_a_changed_command_says_so(workspace: Studio, run: Runs) -> None:
    pipeline = chain(1)
    run(pipeline)
    file = workspace.workspace.components / "first" / "component.yml"
    file.write_text(file.read_text().replace("script.py", "-u script.py"))
    assert reasons(run(pipeline))["s0"] == "command changed"


def test_that_changed_data_is_named(run: Runs, tmp_path: Path) -> None:
    data = tmp_path / "rows.csv"
    data.write_text("a,b\n")
    node = step("s", "copy", data=FromPath(str(data), "uri_file"))
    pipeline = Pipeline("p", (node,))
    run(pipeline)
    assert reused(run(pipeline)) == {"s"}
    data.write_text("a,c\n")
    assert reasons(run(pipeline))["s"] == "data changed: rows.csv"
    data.write_text("a,b\n")
    assert reused(run(pipeline)) == {"s"}
    other = data.rename(data.with_name("moved.csv"))
    moved = pipeline.bind("s", "data", FromPath(str(other), "uri_file"))
    assert reused(run(moved)) == {"s"}


def test_that_a_changed_environment_variable_is_named(run: Runs) -> None:
    pipeline = chain(1)
    run(with_node(pipeline, "s0", environment_variables={"MODE": "fast"}))
    second = run(with_node(pipeline, "s0", environment_variables={"MODE": "slow"}))
    assert reasons(second)["s0"] == "MODE changed: fast -> slow"
    assert reasons(run(pipeline))["s0"] == "MODE changed: slow -> unset"


def test_that_a_step_whose_inputs_came_out_the_same_is_reused(
    workspace: Studio, run: Runs
) -> None:
    pipeline = chain(3)
    run(pipeline)
    script = script_of(workspace, "first")
    script.write_text(script.read_text() + "# a comment changes no output\n")
    second = run(pipeline)
    assert reasons(second)["s0"] == "code changed: script.py +1 -0"
    assert reused(second) == {"s1", "s2"}


def test_that_a_renamed_step_keeps_its_results_and_its_history(run: Runs) -> None:
    pipeline = chain(3)
    run(pipeline)
    renamed = pipeline.rename("s1", "enrich")
    assert reused(run(renamed)) == {"s0", "enrich", "s2"}
    third = run(set_value(renamed, "enrich", text="z"))
    assert reasons(third)["enrich"] == "text changed: -1 -> z"


def test_that_reuse_works_across_pipelines(run: Runs) -> None:
    run(chain(3, "one"))
    assert reused(run(chain(3, "two"))) == {"s0", "s1", "s2"}


def test_that_lost_outputs_are_made_again(workspace: Studio, run: Runs) -> None:
    pipeline = chain(3)
    first = run(pipeline)
    digest = first.step("s1").outputs["out"]  # type: ignore[union-attr]
    artifacts = workspace.workspace.artifacts
    (artifacts / "manifests" / digest).unlink()
    shutil.rmtree(artifacts / "blobs")
    second = run(pipeline)
    assert reused(second) == set()
    assert states(second)["s2"] == "SUCCEEDED"
    assert reasons(second)["s1"] == "its earlier outputs are gone"


def test_that_a_damaged_store_is_told_and_mended_by_the_next_run(
    workspace: Studio, run: Runs
) -> None:
    pipeline = chain(3)
    run(pipeline)
    for blob in (workspace.workspace.artifacts / "blobs").rglob("*"):
        if blob.is_file():
            blob.chmod(0o644)
            os.truncate(blob, 0)
    damaged = "its kept output 'out' is damaged"
    plan = workspace.runs.plan(pipeline)
    assert plan.steps[0].reason == damaged
    with pytest.raises(RefusedError, match="whose kept 'out' is damaged"):
        workspace.runs.plan(pipeline, RunOptions(only=("s1",)))
    second = run(pipeline)
    assert set(states(second).values()) == {"SUCCEEDED"}
    assert set(reasons(second).values()) == {damaged}
    assert reused(run(pipeline)) == {"s0", "s1", "s2"}


def test_that_reasons_compare_with_a_persons_run_and_not_with_a_trial(
    workspace: Studio, run: Runs
) -> None:
    pipeline = chain(2)
    run(set_value(pipeline, "s0", text="trial"), experiment=f"{SWEEP_ID}0")
    edited = set_value(pipeline, "s0", text="mine")
    assert workspace.runs.plan(edited).steps[0].reason == "text changed: trial -> mine"
    run(pipeline)
    run(set_value(pipeline, "s0", text="trial"), experiment=f"{SWEEP_ID}1")
    assert workspace.runs.plan(edited).steps[0].reason == "text changed: 0 -> mine"
    assert reused(run(set_value(pipeline, "s0", text="trial"))) == {"s0", "s1"}


def test_that_force_and_what_is_not_deterministic_run_again(
    workspace: Studio, run: Runs
) -> None:
    write_component(
        workspace.workspace.root,
        "clock",
        "import pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text('1')",
        outputs={"out": {"type": "uri_file"}},
        is_deterministic=False,
    )
    pipeline = Pipeline("p", (step("c", "clock"), step("d", "copy", data="@c")))
    run(pipeline)
    second = run(pipeline)
    assert "isn't deterministic" in reasons(second)["c"]
    assert reused(second) == {"d"}
    assert set(reasons(run(pipeline, force=True)).values()) == {
        "you asked to run it again"
    }


def test_that_the_run_does_what_the_plan_says(workspace: Studio, run: Runs) -> None:
    pipeline = chain(4)
    run(pipeline)
    changed = set_value(pipeline, "s2", text="new")
    plan = workspace.runs.plan(changed)
    assert [each.action for each in plan.steps] == ["reuse", "reuse", "run", "run"]
    assert plan.steps[2].reason == "text changed: -2 -> new"
    assert plan.steps[3].reason == "'s2' runs before it"
    assert plan.steps[2].expected_seconds
    before = workspace.events.latest()
    workspace.runs.plan(changed)
    assert workspace.events.latest() == before
    done = run(changed)
    assert reused(done) == {p.name for p in plan.steps if p.action == "reuse"}


def test_that_a_run_up_to_a_step_leaves_out_what_is_not_needed(run: Runs) -> None:
    nodes = (*chain(3).nodes, step("side", "copy", data="@s0"))
    pipeline = Pipeline("p", nodes)
    done = run(pipeline, only_to="s1")
    assert states(done) == {
        "s0": "SUCCEEDED",
        "s1": "SUCCEEDED",
        "s2": "SKIPPED",
        "side": "SKIPPED",
    }
    assert reasons(done)["side"] == "it isn't part of this run"


def test_that_a_run_from_a_step_runs_it_again_and_reuses_what_comes_before(
    run: Runs,
) -> None:
    pipeline = chain(4)
    run(pipeline)
    done = run(pipeline, only_from="s2")
    assert reused(done) == {"s0", "s1", "s3"}
    assert reasons(done)["s2"] == "you asked to run it again"


@pytest.mark.parametrize(
    "change",
    [
        {"text": "other"},
        {"code": "x"},
        {"command": "x"},
        {"variable": "x"},
        {"data": "x"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_that_no_change_of_what_decides_a_result_is_missed(
    workspace: Studio, run: Runs, tmp_path: Path, change: dict[str, str]
) -> None:
    data = tmp_path / "rows.csv"
    data.write_text("rows")
    source = FromPath(str(data), "uri_file")
    pipeline = Pipeline("p", (step("s", "copy", data=source, text="t"),))
    run(pipeline)
    component = workspace.workspace.components / "copy" / "component.yml"
    for value in ("one", "two", "three"):
        if "text" in change:
            pipeline = set_value(pipeline, "s", text=value)
        elif "code" in change:
            script = script_of(workspace, "copy")
            script.write_text(script.read_text() + f"# {value}\n")
        elif "command" in change:
            text = component.read_text()
            component.write_text(text.replace("python ", f"V={value} python ", 1))
        elif "variable" in change:
            pipeline = with_node(pipeline, "s", environment_variables={"V": value})
        else:
            data.write_text(value)
        assert reused(run(pipeline)) == set()
    assert reused(run(pipeline)) == {"s"}


def test_that_a_run_of_a_saved_pipeline_sees_the_file_as_it_is_now(
    workspace: Studio, run: Runs
) -> None:
    workspace.pipelines.save(chain(2))
    run("chain")
    file = workspace.pipelines.file("chain")
    file.write_text(file.read_text().replace("text: '-1'", "text: edited"))
    second = run("chain")
    assert reasons(second)["s1"] == "text changed: -1 -> edited"
    assert second.pipeline_version == 2


def test_that_a_pipeline_with_problems_does_not_start(workspace: Studio) -> None:
    from studio.domain.errors import InvalidError

    nodes = (Node("1", "s", "azureml:copy@latest"),)
    service: RunService = workspace.runs
    with pytest.raises(InvalidError, match="step 's': 'data' isn't connected"):
        service.start(Pipeline("p", nodes), RunOptions())
    assert workspace.runs.list() == ()
