"""Small workspaces with real components, for tests, benchmarks and the kill test."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any, TypeVar
from unittest import mock

import yaml

from studio.bootstrap import Studio, execute_run
from studio.domain.node import FromInput, FromStep, Node, Value
from studio.domain.pipeline import Pipeline, PipelineInput, new_id
from studio.domain.run import Run, RunOptions
from studio.services.runs.service import RunService
from studio.targets.process import ProcessTarget

T = TypeVar("T")

COPY = """
    import pathlib, sys
    source, target = sys.argv[1:3]
    text = pathlib.Path(source).read_text() if source != "-" else ""
    pathlib.Path(target).write_text(text + (sys.argv[3] if len(sys.argv) > 3 else "x"))
"""


def eventually(
    ask: Callable[[], T], what: str = "the condition", seconds: float = 30.0
) -> T:
    """The first truthy answer; AssertionError after a deadline."""
    deadline = time.monotonic() + seconds
    while True:
        if answer := ask():
            return answer
        assert time.monotonic() < deadline, f"{what} didn't come in {seconds} s"
        time.sleep(0.01)


def write_component(
    root: Path,
    name: str,
    script: str,
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any] | None = None,
    command: str = "",
    **more: Any,
) -> Path:
    """A component of a workspace: `components/NAME` with its YAML and script.py."""
    folder = root / "components" / name
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "src" / "script.py").write_text(dedent(script))
    data = {
        "name": name,
        "type": "command",
        "code": "./src",
        "inputs": dict(inputs or {}),
        "outputs": dict(outputs or {}),
        "command": command or _command(inputs or {}, outputs or {}),
        **more,
    }
    (folder / "component.yml").write_text(yaml.safe_dump(data, sort_keys=False))
    return folder


def _command(inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> str:
    words = ["python script.py"]
    for name, declared in inputs.items():
        word = f"${{{{inputs.{name}}}}}"
        words.append(f"$[[{word}]]" if declared.get("optional") else word)
    words += [f"${{{{outputs.{name}}}}}" for name in outputs]
    return " ".join(words)


def step(name: str, component: str = "", **inputs: Any) -> Node:
    """A step; an input written "step.output" is an edge, anything else a value."""
    bound = {key: _bound(value) for key, value in inputs.items()}
    return Node(new_id(), name, f"azureml:{component or name}@latest", bound)


def _bound(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("@"):
        source, _, output = value[1:].partition(".")
        return FromStep(source, output or "out")
    return Value(value) if isinstance(value, (str, int, float, bool)) else value


# A "model" that is best at x = 3; its curve falls or rises towards its value.
LEARN = """
    import json, os, pathlib, sys, time
    x, slow, out = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
    with open(os.environ["STUDIO_METRICS"], "a") as metrics:
        for at in range(1, 9):
            value = -abs(x - 3) * at / 8
            line = {"key": "score", "value": value, "step": at}
            print(json.dumps(line), file=metrics, flush=True)
            time.sleep(slow)
    pathlib.Path(out).write_text(str(x))
"""


def save_curve(studio: Studio) -> Pipeline:
    """The pipeline `curve`: one step that logs `score` for its inputs x and slow."""
    write_component(
        studio.workspace.root,
        "learn",
        LEARN,
        inputs={
            "x": {"type": "integer", "default": 0, "max": 99},
            "slow": {"type": "number", "default": 0.0},
        },
        outputs={"out": {"type": "uri_file"}},
    )
    learn = step("learn", x=FromInput("x"), slow=FromInput("slow"))
    inputs = {
        "x": PipelineInput("x", "integer", 0),
        "slow": PipelineInput("slow", "number", 0.0),
    }
    pipeline = Pipeline("curve", (learn,), inputs)
    studio.pipelines.save(pipeline)
    return pipeline


def write_copy_components(root: Path) -> None:
    """`first` writes a text, `copy` appends one to what it is given."""
    write_component(
        root,
        "first",
        """
        import pathlib, sys
        pathlib.Path(sys.argv[2]).write_text(sys.argv[1])
        """,
        inputs={"text": {"type": "string", "default": "x"}},
        outputs={"out": {"type": "uri_file"}},
    )
    write_component(
        root,
        "copy",
        """
        import pathlib, sys
        data, text, out = sys.argv[1:]
        pathlib.Path(out).write_text(pathlib.Path(data).read_text() + text)
        """,
        inputs={
            "data": {"type": "uri_file"},
            "text": {"type": "string", "default": "y"},
        },
        outputs={"out": {"type": "uri_file"}},
    )


def chain(length: int, name: str = "chain") -> Pipeline:
    """`first`, then `copy` after `copy`; every step has another parameter."""
    nodes = [step("s0", "first", text="0")]
    nodes += [
        step(f"s{i}", "copy", data=f"@s{i - 1}", text=f"-{i}") for i in range(1, length)
    ]
    return Pipeline(name, tuple(nodes), experiment=name)


def fan_out(width: int, name: str = "fan") -> Pipeline:
    """One `first`, and `width` copies of it that don't wait for each other."""
    nodes = [step("s0", "first")]
    nodes += [
        step(f"s{i}", "copy", data="@s0", text=f"-{i}") for i in range(1, width + 1)
    ]
    return Pipeline(name, tuple(nodes), experiment=name)


def run_to_end(studio: Studio, pipeline: Pipeline | str, **options: Any) -> Run:
    """Start a run in its own process and wait for its end (60 s at most)."""
    run_id = studio.runs.start(pipeline, RunOptions(**options))
    run = studio.runs.wait(run_id, timeout_seconds=60)
    assert run.state.ended, f"run {run_id} didn't end: {studio.runs.log(run_id).text}"
    return run


class SharedTarget(ProcessTarget):
    """Stays open from run to run, so that tests don't wait for imports."""

    def close(self) -> None:
        return

    def end(self) -> None:
        super().close()


def begin_here(
    studio: Studio, target: ProcessTarget, pipeline: Pipeline | str, **options: Any
) -> tuple[str, threading.Thread]:
    """A run executed by a thread of this process, on a target that is warm."""
    with mock.patch.object(RunService, "_launch"):
        if "resume" in options:
            run_id = studio.runs.resume(options["resume"])
        else:
            run_id = studio.runs.start(pipeline, RunOptions(**options))
    arguments = (studio.workspace.root, run_id, target)
    thread = threading.Thread(target=execute_run, args=arguments)
    thread.start()
    return run_id, thread


def run_here(
    studio: Studio, target: ProcessTarget, pipeline: Pipeline | str, **options: Any
) -> Run:
    run_id, thread = begin_here(studio, target, pipeline, **options)
    thread.join(60)
    run = studio.runs.get(run_id)
    assert run.state.ended, run
    return run


def reasons(run: Run) -> dict[str, str]:
    return {each.name: each.reason for each in run.steps}


def states(run: Run) -> dict[str, str]:
    return {each.name: each.state.value for each in run.steps}


def reused(run: Run) -> set[str]:
    return {each.name for each in run.steps if each.reused}
