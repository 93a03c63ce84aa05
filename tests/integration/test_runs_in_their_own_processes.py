"""Nobody's window owns a run: who started it may die, and anybody may cancel it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from forked import PROCESSES
from workspaces import (
    chain,
    eventually,
    fan_out,
    reused,
    run_to_end,
    states,
    step,
    write_component,
    write_copy_components,
)

from studio.bootstrap import Studio, create_workspace, open_workspace
from studio.domain.errors import RefusedError
from studio.domain.pipeline import Pipeline
from studio.domain.run import Run, RunOptions
from studio.services.samples import get_sample

OUT = {"out": {"type": "uri_file"}}
WAIT_FOR_FILE = """
    import pathlib, sys, time
    folder = pathlib.Path(sys.argv[1])
    (folder / "started").touch()
    print("waiting", flush=True)
    while not (folder / "go").exists():
        time.sleep(0.01)
    pathlib.Path(sys.argv[2]).write_text("1")
"""


def waiting(studio: Studio, folder: Path) -> Pipeline:
    """`first`, then a step that goes on when there is a file `go`, then a copy."""
    write_copy_components(studio.workspace.root)
    write_component(
        studio.workspace.root,
        "wait",
        WAIT_FOR_FILE,
        inputs={"folder": {"type": "string"}, "data": {"type": "uri_file"}},
        outputs=OUT,
        command="python script.py ${{inputs.folder}} ${{outputs.out}}",
    )
    nodes = (
        step("s0", "first"),
        step("wait", folder=str(folder), data="@s0"),
        step("s2", "copy", data="@wait"),
    )
    return Pipeline("waiting", nodes)


def started(studio: Studio, folder: Path, run_id: str) -> None:
    eventually(
        (folder / "started").exists, f"the step of {studio.runs.log(run_id).text}", 60
    )


def runner_of(studio: Studio, run_id: str) -> psutil.Process:
    with studio.database.read() as connection:
        ask = "SELECT runner_pid FROM run WHERE id = ?"
        pid = connection.exec_driver_sql(ask, (run_id,)).scalar()
    assert isinstance(pid, int)
    return psutil.Process(pid)


def start_and_die(root: Path, name: str) -> None:
    studio = open_workspace(root)
    studio.runs.start(name)
    os.kill(os.getpid(), signal.SIGKILL)


def test_that_a_run_outlives_the_process_that_started_it(
    studio: Studio, tmp_path: Path
) -> None:
    studio.pipelines.save(waiting(studio, tmp_path))
    arguments = (studio.workspace.root, "waiting")
    starter = PROCESSES.Process(target=start_and_die, args=arguments)
    starter.start()
    starter.join()
    assert starter.exitcode == -signal.SIGKILL
    (run,) = studio.runs.list()
    started(studio, tmp_path, run.id)
    assert studio.runs.active() == 1
    assert studio.runs.take_over_abandoned() == 0
    (tmp_path / "go").touch()
    done = studio.runs.wait(run.id, timeout_seconds=60)
    assert done.state.value == "SUCCEEDED"
    assert studio.events.verify()


def test_that_a_killed_runner_takes_its_steps_along_and_its_run_can_be_resumed(
    studio: Studio, tmp_path: Path
) -> None:
    run_id = studio.runs.start(waiting(studio, tmp_path))
    started(studio, tmp_path, run_id)
    # a step begins before that is written down, so as not to wait for it
    eventually(lambda: states(studio.runs.get(run_id))["wait"] == "RUNNING", "its mark")
    runner = runner_of(studio, run_id)
    family = runner.children(recursive=True)
    runner.kill()
    _gone, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
    eventually(studio.runs.take_over_abandoned, "the take-over")
    broken = studio.runs.get(run_id)
    assert broken.state.value == "FAILED"
    assert "ended unexpectedly" in broken.message
    assert f"studio runs resume {run_id}" in broken.hint
    assert states(broken) == {"s0": "SUCCEEDED", "wait": "FAILED", "s2": "SKIPPED"}
    (tmp_path / "go").touch()
    resumed = studio.runs.wait(studio.runs.resume(run_id), timeout_seconds=60)
    assert set(states(resumed).values()) == {"SUCCEEDED"}
    assert reused(resumed) == {"s0"}


def cancel(root: Path, run_id: str) -> None:
    open_workspace(root).runs.cancel(run_id[:-2])


def test_that_a_run_is_cancelled_from_another_process(
    studio: Studio, tmp_path: Path
) -> None:
    run_id = studio.runs.start(waiting(studio, tmp_path))
    started(studio, tmp_path, run_id)
    family = runner_of(studio, run_id).children(recursive=True)
    other = PROCESSES.Process(target=cancel, args=(studio.workspace.root, run_id))
    other.start()
    other.join()
    done = studio.runs.wait(run_id, timeout_seconds=30)
    assert states(done) == {"s0": "SUCCEEDED", "wait": "CANCELLED", "s2": "CANCELLED"}
    assert done.state.value == "CANCELLED"
    psutil.wait_procs(family, timeout=10)
    assert not [p for p in family if p.is_running() and p.status() != "zombie"]
    with pytest.raises(RefusedError, match="already ended"):
        studio.runs.cancel(run_id)


def test_that_a_polite_end_of_the_system_cancels_the_run(
    studio: Studio, tmp_path: Path
) -> None:
    run_id = studio.runs.start(waiting(studio, tmp_path))
    started(studio, tmp_path, run_id)
    runner = runner_of(studio, run_id)
    runner.send_signal(signal.SIGHUP)  # a closed terminal is no reason to stop
    runner.terminate()
    done = studio.runs.wait(run_id, timeout_seconds=30)
    assert done.state.value == "CANCELLED"


def test_that_a_workspace_opened_twice_sees_the_same(
    studio: Studio, tmp_path: Path
) -> None:
    write_copy_components(studio.workspace.root)
    other = open_workspace(studio.workspace.root)
    run_ids = [studio.runs.start(chain(3, "a")), other.runs.start(chain(3, "b"))]
    for run_id in run_ids:
        assert studio.runs.wait(run_id, timeout_seconds=60).state.value == "SUCCEEDED"
        assert other.runs.get(run_id) == studio.runs.get(run_id)
    assert other.events.latest() == studio.events.verify()
    other.close()


def test_that_a_moved_workspace_still_works_and_reuses(tmp_path: Path) -> None:
    studio = create_workspace(tmp_path / "old")
    write_copy_components(studio.workspace.root)
    studio.pipelines.save(chain(3))
    first = run_to_end(studio, "chain")
    assert first.state.value == "SUCCEEDED"
    studio.close()
    shutil.move(tmp_path / "old", tmp_path / "new place")
    moved = open_workspace(tmp_path / "new place")
    second = run_to_end(moved, "chain")
    assert reused(second) == {"s0", "s1", "s2"}
    file = moved.runs.output(second.id, "s2", "out")
    assert file.read_text() == "0-1-2"
    assert file.is_relative_to(tmp_path / "new place")
    moved.close()


def test_that_a_wide_run_keeps_both_slots_busy_and_ends_well(studio: Studio) -> None:
    write_copy_components(studio.workspace.root)
    done = run_to_end(studio, fan_out(40))
    assert done.state.value == "SUCCEEDED"
    spans = [(s.started_at, s.ended_at) for s in done.steps if s.name != "s0"]
    assert any(
        a[0] < b[0] < a[1]  # type: ignore[operator]
        for a in spans
        for b in spans
        if a is not b
    )


MLFLOW = """
    import pathlib, sys, time
    import mlflow
    folder = pathlib.Path(sys.argv[1])
    mlflow.log_param("depth", 3)
    for epoch in range(3):
        mlflow.log_metric("loss", 1 / (epoch + 1), step=epoch)
    (folder / "logged").write_text(str(time.time()))
    while not (folder / "go").exists():
        time.sleep(0.01)
    (folder / "note.txt").write_text("hello")
    mlflow.log_artifact(str(folder / "note.txt"), "notes")
    mlflow.log_metrics({"accuracy": 0.9, "f1": 0.8})
    mlflow.set_tag("team", "data")
"""


def test_that_unmodified_mlflow_code_is_followed_while_it_runs(
    studio: Studio, tmp_path: Path
) -> None:
    write_component(
        studio.workspace.root,
        "track",
        MLFLOW,
        inputs={"folder": {"type": "string"}},
    )
    run_id = studio.runs.start(Pipeline("p", (step("track", folder=str(tmp_path)),)))

    def losses() -> list[float]:
        points = studio.runs.metrics(run_id, "track")
        return [point.value for point in points if point.key == "loss"]

    eventually((tmp_path / "logged").exists, "the script's metrics", 90)
    eventually(lambda: len(losses()) == 3, "metrics while the step runs", 10)
    seen = time.time()
    assert states(studio.runs.get(run_id)) == {"track": "RUNNING"}
    assert seen - float((tmp_path / "logged").read_text()) < 1.0
    (tmp_path / "go").touch()
    done = studio.runs.wait(run_id, timeout_seconds=60)
    track = done.step("track")
    assert track
    assert track.metrics == {"loss": 1 / 3, "accuracy": 0.9, "f1": 0.8}
    assert track.parameters["depth"] == "3"
    logged = studio.runs.output_path(track.outputs["logged_artifacts"])
    assert (logged / "notes" / "note.txt").read_text() == "hello"


AUTOLOG = """
    import sys
    import mlflow
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    mlflow.sklearn.autolog(log_models=False, log_datasets=False)
    rows = np.random.default_rng(0).normal(size=(60, 3))
    LogisticRegression(C=0.5).fit(rows, rows[:, 0] > 0)
"""


def test_that_autolog_works_without_a_server(studio: Studio) -> None:
    write_component(studio.workspace.root, "auto", AUTOLOG)
    done = run_to_end(studio, Pipeline("p", (step("auto"),)))
    auto = done.step("auto")
    assert auto
    assert auto.state.value == "SUCCEEDED", studio.runs.log(done.id, "auto").text
    assert auto.parameters["C"] == "0.5"
    assert auto.metrics["training_accuracy_score"] > 0.9


def git(folder: Path, *arguments: str) -> None:
    settings = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run(
        ["git", "-C", str(folder), *settings, *arguments],
        check=True,
        capture_output=True,
    )


def test_that_the_snapshot_tells_what_a_run_was_made_of(tmp_path: Path) -> None:
    root = tmp_path / "w"
    studio = create_workspace(root)
    write_copy_components(root)
    studio.pipelines.save(chain(2))
    git(root, "init", "-b", "main")
    git(root, "add", "pipelines", "components")
    git(root, "commit", "-m", "first")
    file = studio.pipelines.file("chain")
    file.write_text(file.read_text().replace("text: '-1'", "text: changed"))
    done = run_to_end(studio, "chain")
    snapshot = studio.runs.snapshot(done.id)
    assert "changed" in snapshot.pipeline_yaml
    assert snapshot.git["branch"] == "main"
    assert len(snapshot.git["commit"]) == 40
    assert snapshot.git["dirty"] == "true"
    assert "+      text: changed" in snapshot.git_diff
    assert set(snapshot.code) == {"s0", "s1"}
    assert snapshot.environment["packages"]["pandas"]
    assert snapshot.environment["python"] == ".".join(map(str, sys.version_info[:3]))
    assert snapshot.machine["memory_bytes"] > 1 << 28
    studio.close()


def penguins(studio: Studio, **options: object) -> Run:
    return run_to_end(studio, get_sample("penguins").pipeline, **options)


def test_that_the_sample_runs_reuses_and_says_what_a_change_causes(
    tmp_path: Path,
) -> None:
    studio = create_workspace(tmp_path / "w", sample=get_sample("penguins"))
    first = penguins(studio)
    assert first.state.value == "SUCCEEDED", first.message
    (registered,) = first.registered
    model = studio.models.get(f"{registered.name}:{registered.version}")
    assert model.trained_here
    assert model.run_id == first.id
    assert any("accuracy" in key for key in model.metrics)
    studio.models.verify(model.reference)
    second = penguins(studio)
    assert reused(second) == set(states(second))
    assert studio.models.list().total == 1
    studio.close()


def test_that_a_step_that_is_reused_waits_for_nothing(studio: Studio) -> None:
    write_copy_components(studio.workspace.root)
    run_to_end(studio, chain(30))
    again = run_to_end(studio, chain(30))
    assert len(reused(again)) == 30
    assert not (studio.runs.folder(again.id) / "s0").exists()


def test_that_deleting_a_run_keeps_what_others_use(studio: Studio) -> None:
    write_copy_components(studio.workspace.root)
    first = run_to_end(studio, chain(2))
    second = run_to_end(studio, chain(2))
    studio.runs.delete(first.id)
    assert not studio.runs.folder(first.id).exists()
    assert studio.runs.output(second.id, "s1", "out").read_text() == "0-1"
    assert studio.runs.wait(
        studio.runs.start(chain(2), RunOptions()), timeout_seconds=60
    ).state.ended
