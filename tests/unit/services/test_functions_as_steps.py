"""A decorated Python function in `components/` is a step like any other."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from textwrap import dedent

import pytest
from workspaces import SharedTarget, run_here, states

from studio.bootstrap import Studio
from studio.domain.node import FromPath, FromStep, Node, Value
from studio.domain.pipeline import Pipeline, new_id
from studio.domain.run import Run

Runs = Callable[..., Run]

STEPS = '''
    import helpers
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from studio.step import Model, step

    @step(title="Add ratio")
    def add_ratio(
        data: pd.DataFrame, over: str, under: str, factor: float = 1.0
    ) -> pd.DataFrame:
        """Adds one column divided by another."""
        return data.assign(ratio=helpers.divide(data[over], data[under]) * factor)

    @step
    def learn(data: pd.DataFrame, target: str, steps: int = 200) -> tuple[Model, dict]:
        """Learns to tell one from another."""
        model = LogisticRegression(max_iter=steps)
        model.fit(data[["a", "ratio"]], data[target])
        return model, {"accuracy": model.score(data[["a", "ratio"]], data[target])}

    @step
    def wrong(data: pd.DataFrame) -> pd.DataFrame:
        raise KeyError("no such thing")
'''


@pytest.fixture
def workspace(studio: Studio) -> Studio:
    folder = studio.workspace.components
    (folder / "my_steps.py").write_text(dedent(STEPS))
    (folder / "helpers.py").write_text("def divide(a, b):\n    return a / b\n")
    rows = "".join(f"{n},{2 + n % 5},{'x' if n > 20 else 'y'}\n" for n in range(1, 41))
    (studio.workspace.root / "rows.csv").write_text("a,b,kind\n" + rows)
    return studio


@pytest.fixture
def run(workspace: Studio, target: SharedTarget) -> Runs:
    return partial(run_here, workspace, target)


def step(name: str, **inputs: object) -> Node:
    return Node(new_id(), name, f"azureml:{name}@latest", inputs)  # type: ignore[arg-type]


def pipeline(studio: Studio, factor: float = 2.0) -> Pipeline:
    rows = FromPath(str(studio.workspace.root / "rows.csv"), "mltable")
    ratio = step(
        "add_ratio",
        data=rows,
        over=Value("a"),
        under=Value("b"),
        factor=Value(factor),
    )
    learn = step("learn", data=FromStep("add_ratio", "out"), target=Value("kind"))
    return Pipeline("functions", (ratio, learn))


def test_that_functions_run_with_tables_models_and_metrics(
    workspace: Studio, run: Runs
) -> None:
    done = run(pipeline(workspace))
    assert states(done) == {"add_ratio": "SUCCEEDED", "learn": "SUCCEEDED"}, done
    learnt = done.step("learn")
    assert learnt is not None
    assert learnt.metrics["accuracy"] > 0.8
    model = workspace.runs.output(done.id, "learn", "out")
    assert "ratio" in (model / "MLmodel").read_text()


def test_that_only_an_edited_function_or_its_helpers_run_again(
    workspace: Studio, run: Runs
) -> None:
    same = pipeline(workspace)
    run(same)
    helpers = workspace.workspace.components / "helpers.py"
    helpers.write_text("def divide(a, b):\n    return a / (b + 1)\n")
    again = run(same)
    first = again.step("add_ratio")
    assert first is not None
    assert first.reason == "code changed: helpers.py +1 -1"


def test_that_the_line_of_an_error_is_the_functions_own(
    workspace: Studio, run: Runs
) -> None:
    rows = FromPath(str(workspace.workspace.root / "rows.csv"), "mltable")
    done = run(Pipeline("bad", (step("wrong", data=rows),)))
    error = done.step("wrong").error  # type: ignore[union-attr]
    assert error is not None
    assert error.message == "KeyError: 'no such thing'"
    line = dedent(STEPS).splitlines().index('    raise KeyError("no such thing")') + 1
    assert (error.file, error.line) == ("my_steps.py", line)


def test_that_broken_functions_are_listed_with_their_error(workspace: Studio) -> None:
    file = workspace.workspace.components / "bad.py"
    file.write_text("@step\ndef f(x) -> dict: ...\n")
    names = {component.name for component in workspace.components.list()}
    assert {"add_ratio", "learn", "wrong"} <= names
    (broken,) = workspace.components.broken()
    assert "'x' has no type hint" in broken.message
    file.unlink()
    workspace.components.list()
    assert workspace.components.broken() == ()
