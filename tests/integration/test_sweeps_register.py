"""Sweeps of a pipeline that registers its model: only the best, only when asked."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from workspaces import LEARN, eventually, run_to_end, step, write_component

from studio.bootstrap import Studio
from studio.domain.errors import RefusedError
from studio.domain.node import FromInput, StepOutput
from studio.domain.pipeline import Pipeline, PipelineInput
from studio.domain.sweep import Space, Sweep, SweepSpec


@pytest.fixture
def workspace(studio: Studio) -> Studio:
    """`curve` is best at x = 3, and registers what it learns as `net`."""
    write_component(
        studio.workspace.root,
        "learn",
        LEARN,
        inputs={"x": {"type": "integer"}, "slow": {"type": "number", "default": 0.0}},
        outputs={"out": {"type": "uri_file"}},
    )
    learn = replace(
        step("learn", x=FromInput("x")),
        outputs={"out": StepOutput(type="custom_model", register="net")},
    )
    inputs = {"x": PipelineInput("x", "integer", 1)}
    studio.pipelines.save(Pipeline("curve", (learn,), inputs))
    return studio


def swept(studio: Studio, *values: int) -> Sweep:
    spec = SweepSpec("curve", {"x": Space("choice", values)}, "score", sampling="grid")
    sweep_id = studio.sweeps.start(spec)

    def ended() -> Sweep | None:
        sweep = studio.sweeps.get(sweep_id)
        return sweep if sweep.state.ended else None

    return eventually(ended, "the sweep's end", 100)


def test_that_trials_register_nothing_and_the_best_is_registered_once(
    workspace: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    from studio.cli.app import run

    first = run_to_end(workspace, "curve")
    assert [each.version for each in first.registered] == ["1"]
    sweep = swept(workspace, 3, 0)
    assert workspace.models.list().total == 1
    assert workspace.models.get("net@latest").version == 1

    where = ["--workspace", str(workspace.workspace.root), "--json", "sweeps"]
    assert run([*where, "register-best", sweep.id]) == 0
    (told,) = json.loads(capsys.readouterr().out)["models"]
    assert (told["name"], told["version"]) == ("net", "2")
    assert told["tags"] == {"sweep": sweep.id, "trial": "0"}
    model = workspace.models.get("net@latest")
    best = sweep.best
    assert best is not None
    assert (model.version, model.run_id) == (2, best.run_id)
    assert model.metrics == {"score": 0.0}
    assert [e.version for e in workspace.runs.get(best.run_id).registered] == ["2"]

    assert workspace.best_models.register(sweep.id) == (model,)
    used = run_to_end(workspace, "curve", inputs={"x": 3})
    assert used.steps[0].reused
    assert [each.version for each in used.registered] == ["2"]
    assert workspace.models.list().total == 2


def test_that_an_ordinary_run_registers_what_it_reuses_of_a_trial(
    workspace: Studio,
) -> None:
    sweep = swept(workspace, 3)
    again = swept(workspace, 3)
    for _ in range(2):
        used = run_to_end(workspace, "curve", inputs={"x": 3})
        assert used.steps[0].reused
        assert [each.version for each in used.registered] == ["1"]
    assert workspace.models.get("net:1").run_id != sweep.trials[0].run_id
    (model,) = workspace.best_models.register(again.id)
    assert (model.version, model.tags["sweep"]) == (1, again.id)
    assert workspace.models.list().total == 1


def test_that_without_a_model_it_says_what_to_do(workspace: Studio) -> None:
    pipeline = workspace.pipelines.get("curve")
    bare = pipeline.update(replace(pipeline.node("learn"), outputs={}))
    workspace.pipelines.save(bare)
    sweep = swept(workspace, 3)
    with pytest.raises(RefusedError, match="has asked to register no model"):
        workspace.best_models.register(sweep.id)
