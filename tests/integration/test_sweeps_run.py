"""Sweeps in processes of their own: trials, the best, stopping early, cancelling."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from workspaces import eventually, save_curve

from studio.bootstrap import Studio
from studio.domain.run import RunState
from studio.domain.sweep import Space, Sweep, SweepSpec, TrialState


@pytest.fixture
def workspace(studio: Studio) -> Studio:
    save_curve(studio)
    return studio


def spec(**more: object) -> SweepSpec:
    spaces = {"x": Space("choice", (0, 1, 3, 9))}
    return SweepSpec("curve", spaces, "score", sampling="grid", **more)  # type: ignore[arg-type]


def finished(studio: Studio, sweep_id: str) -> Sweep:
    def ended() -> Sweep | None:
        sweep = studio.sweeps.get(sweep_id)
        return sweep if sweep.state.ended else None

    return eventually(ended, "the sweep's end", 100)


def test_that_a_grid_tries_every_value_and_knows_the_best(workspace: Studio) -> None:
    sweep = finished(workspace, workspace.sweeps.start(spec(concurrent=2)))
    assert sweep.state is RunState.SUCCEEDED, sweep.message
    assert sorted(int(t.parameters["x"]) for t in sweep.trials) == [0, 1, 3, 9]
    assert {t.state for t in sweep.trials} == {TrialState.SUCCEEDED}
    assert sweep.best is not None
    assert (sweep.best.parameters, sweep.best.value) == ({"x": 3}, 0.0)
    run = workspace.runs.get(sweep.best.run_id)
    assert (run.experiment, run.inputs["x"]) == (sweep.id, 3)
    assert len(workspace.pipelines.versions("curve")) == 1


def test_that_a_cancelled_sweep_ends_its_trials_and_starts_no_more(
    workspace: Studio,
) -> None:
    sweep_id = workspace.sweeps.start(spec(inputs={"slow": 5.0}))
    eventually(lambda: workspace.sweeps.get(sweep_id).trials, "the first trial", 60)
    workspace.sweeps.cancel(sweep_id)
    sweep = finished(workspace, sweep_id)
    assert sweep.state is RunState.CANCELLED
    assert [t.state for t in sweep.trials] == [TrialState.CANCELLED]
    assert workspace.runs.active() == 0


def test_that_a_killed_sweep_is_told_and_its_trial_is_a_run_of_its_own(
    workspace: Studio,
) -> None:
    sweep_id = workspace.sweeps.start(spec(inputs={"slow": 0.2}))
    eventually(lambda: workspace.sweeps.get(sweep_id).trials, "the first trial", 60)
    ((_, runner),) = workspace.sweeps._repository.unfinished()
    assert runner is not None
    os.kill(runner.pid, signal.SIGKILL)
    sweep = finished(workspace, sweep_id)
    assert sweep.message == "The process that ran it ended unexpectedly"
    workspace.runs.wait(sweep.trials[0].run_id, timeout_seconds=60)
    assert workspace.runs.get(sweep.trials[0].run_id).state is RunState.SUCCEEDED


def test_that_the_command_line_starts_shows_and_lists_sweeps(
    workspace: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    from studio.cli.app import run

    where = ["--workspace", str(workspace.workspace.root), "--json", "sweeps"]
    options = ["--space", "x=1,3", "--metric", "score", "--sampling", "grid"]
    assert run([*where, "start", "curve", *options]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["best"]["parameters"] == {"x": 3}
    assert run([*where, "show", document["sweep"]]) == 0
    assert json.loads(capsys.readouterr().out)["trials"] == document["trials"]
    assert run([*where, "list"]) == 0
    assert len(json.loads(capsys.readouterr().out)["sweeps"]) == 1
    assert run([*where, "start", "curve", "--space", "y=1", "--metric", "m"]) == 1
    assert "no input 'y'" in capsys.readouterr().err


def test_that_early_stopping_ends_trials_that_fall_behind(tmp_path: Path) -> None:
    from studio.engine.sweeping import Observation, SweepLoop

    class Curves:
        """Trials whose curves are known; a look moves each one step on."""

        def __init__(self) -> None:
            self.seen: dict[str, int] = {}
            self.stopped: set[str] = set()
            self.kept: dict[int, TrialState] = {}
            self.values: dict[str, float] = {}

        def start(self, number: int, parameters: object) -> str:
            name = f"t{number}"
            self.seen[name] = 0
            self.values[name] = [5.0, 5.0, 5.0, 0.0][number]
            return name

        def look(self, run_id: str) -> Observation:
            self.seen[run_id] += 1
            at, value = self.seen[run_id], self.values[run_id]
            points = [(n, value) for n in range(1, at + 1)]
            ended = at > 5 or run_id in self.stopped
            state = RunState.SUCCEEDED if ended else RunState.RUNNING
            return Observation(state, value, points)

        def stop(self, run_id: str) -> None:
            self.stopped.add(run_id)

        def keep(self, trial: object) -> None:
            self.kept[trial.number] = trial.state  # type: ignore[attr-defined]

        def cancel_requested(self) -> bool:
            return False

    curves = Curves()
    SweepLoop(spec(early_stopping=True), curves).run()
    assert curves.kept[3] is TrialState.STOPPED
    assert [curves.kept[n] for n in range(3)] == [TrialState.SUCCEEDED] * 3
