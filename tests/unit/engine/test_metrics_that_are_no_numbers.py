"""NaN and infinity are what a person needs to see most: they are never lost."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

from workspaces import step, write_component

from studio.bootstrap import Studio
from studio.cli.documents import run_document
from studio.cli.output import dumps
from studio.domain.pipeline import Pipeline
from studio.domain.run import Run

Runs = Callable[..., Run]

DIVERGED = """
    import json, os, pathlib, sys
    metrics = pathlib.Path("..", "mlruns", "0", "r", "metrics")
    metrics.mkdir(parents=True)
    (metrics.parent / "meta.yaml").touch()
    (metrics / "loss").write_text("1 0.5 0\\n2 nan 1\\n")
    (metrics / "onlynan").write_text("1 nan 0\\n")
    with open(os.environ["STUDIO_METRICS"], "a") as file:
        file.write(json.dumps({"key": "bare", "value": float("nan")}) + "\\n")
        file.write(json.dumps({"key": "up", "value": float("inf")}) + "\\n")
        file.write(json.dumps({"key": "down", "value": "-Infinity"}) + "\\n")
    model = pathlib.Path(sys.argv[1])
    model.mkdir(exist_ok=True)
    (model / "model.bin").write_text("x")
    wish = {"action": "register_model", "output": "out", "name": "diverged",
            "metrics": {"loss": "NaN", "up": "Infinity", "f1": 0.5}}
    pathlib.Path(os.environ["STUDIO_ACTIONS"]).write_text(json.dumps(wish) + "\\n")
"""


def diverge(studio: Studio, run: Runs) -> Run:
    root = studio.workspace.root
    write_component(root, "bad", DIVERGED, outputs={"out": {"type": "custom_model"}})
    return run(Pipeline("p", (step("bad"),)))


def test_that_nan_and_infinity_are_kept_as_they_were_logged(
    workspace: Studio, run: Runs
) -> None:
    done = diverge(workspace, run)
    assert done.metrics == {
        "loss": math.nan,
        "onlynan": math.nan,
        "bare": math.nan,
        "up": math.inf,
        "down": -math.inf,
    }
    points = workspace.runs.metrics(done.id)
    assert [p.value for p in points if p.key == "loss"] == [0.5, math.nan]
    assert workspace.runs.get(done.id) == workspace.runs.get(done.id)


def test_that_a_step_taken_over_still_has_them(workspace: Studio, run: Runs) -> None:
    first = diverge(workspace, run)
    again = run(Pipeline("p", (step("bad"),)))
    assert again.steps[0].reused
    assert again.metrics == first.metrics


def test_that_the_document_of_a_run_is_json_and_says_them(
    workspace: Studio, run: Runs
) -> None:
    done = diverge(workspace, run)

    def never(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    text = dumps(run_document(done, workspace.runs.output_path))
    document = json.loads(text, parse_constant=never)
    assert document["metrics"]["onlynan"] == "NaN"
    assert document["metrics"]["up"] == "Infinity"
    assert document["steps"][0]["metrics"]["down"] == "-Infinity"


def test_that_a_model_keeps_them_and_no_filter_matches_nan(
    workspace: Studio, run: Runs
) -> None:
    diverge(workspace, run)
    model = workspace.models.get("diverged:1")
    assert dict(model.metrics) == {"loss": math.nan, "up": math.inf, "f1": 0.5}
    found = workspace.models.list
    for term in ("loss>0", "loss<0", "loss>=-1e300", "loss<=1e300", "up<1e300"):
        assert found(term).total == 0, term
    assert found("up>1e300 f1>0.4").total == 1


def test_that_no_filter_of_runs_matches_nan(workspace: Studio, run: Runs) -> None:
    diverge(workspace, run)
    for term in ("loss>0", "loss<0", "onlynan<=0", "onlynan>=0"):
        assert workspace.runs.list(filter=term) == (), term
    assert len(workspace.runs.list(filter="up>1")) == 1
