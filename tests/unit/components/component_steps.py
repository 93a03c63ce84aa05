"""Run a component as its own process, the way the runner does."""

from __future__ import annotations

import json
import os
import runpy
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from forked import PROCESSES

from studio.domain.command import fill
from studio.interchange.component_yaml import read_component
from studio.resources import resource_path

COMPONENTS = resource_path("components")
SAMPLE = resource_path("samples/penguins")
PENGUINS = SAMPLE / "data/penguins.csv"
NAMES = sorted(file.parent.name for file in COMPONENTS.glob("*/component.yml"))


@dataclass(frozen=True)
class Result:
    """What a step left behind."""

    code: int
    out: str
    err: str
    folder: Path
    reports: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)
    error: dict[str, Any] = field(default_factory=dict)

    def output(self, name: str) -> Path:
        return self.folder / "outputs" / name

    def table(self, name: str = "table") -> pd.DataFrame:
        assert (self.output(name) / "MLTable").is_file()
        return pq.read_table(self.output(name) / "data.parquet").to_pandas()

    @property
    def metrics(self) -> dict[str, float]:
        return {r["key"]: r["value"] for r in self.reports if "key" in r}

    @property
    def params(self) -> dict[str, Any]:
        return {r["param"]: r["value"] for r in self.reports if "param" in r}


class Steps:
    """Runs steps in folders of their own below one folder."""

    def __init__(self, root: Path, *, warm: bool = True) -> None:
        self.root = root
        self.warm = warm
        self.started = 0

    def run(self, name: str, /, *, listening: bool = True, **inputs: Any) -> Result:
        """Run a component; its defaults fill in what is not given."""
        component = read_component(COMPONENTS / name, built_in=True)
        self.started += 1
        folder = self.root / f"{self.started}_{name}"
        outputs = {p.name: str(folder / "outputs" / p.name) for p in component.outputs}
        code = folder / "code"
        assert component.code is not None
        shutil.copytree(component.code, code)
        for include in component.additional_includes:
            shutil.copy2(include, code / include.name)
        defaults = {
            p.name: _text(p.default)
            for p in component.parameters
            if p.default is not None
        }
        given = {k: _text(v) for k, v in inputs.items() if v is not None}
        unknown = (
            set(given) - set(component.ports_in) - set(component.parameters_by_name)
        )
        assert not unknown, f"{name} has no inputs {unknown}"
        command = fill(component.command, {**defaults, **given}, outputs)
        return _run(command, code, folder, listening, self.warm)

    def ok(self, name: str, /, **inputs: Any) -> Result:
        result = self.run(name, **inputs)
        assert result.code == 0, result.err
        return result

    def fails(self, name: str, /, **inputs: Any) -> Result:
        """Run a step that must end with one message, a hint and no traceback."""
        result = self.run(name, **inputs)
        assert result.code == 1, result.err or result.out
        assert result.err.startswith("Error: "), result.err
        assert "Traceback" not in result.err
        assert len(result.err.strip().splitlines()) == 2, result.err
        assert result.error["hint"]
        assert f"Error: {result.error['message']}" in result.err
        return result

    def table(self, frame: pd.DataFrame | dict[str, Any], name: str = "given") -> Path:
        """A frame as an MLTable folder."""
        self.started += 1
        folder = self.root / f"{self.started}_{name}"
        folder.mkdir(parents=True)
        table = pa.Table.from_pandas(pd.DataFrame(frame), preserve_index=False)
        pq.write_table(table, folder / "data.parquet")
        (folder / "MLTable").write_text(
            "type: mltable\npaths:\n  - file: ./data.parquet\n"
            "transformations:\n  - read_parquet\n"
        )
        return folder

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.root / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _run(command: str, code: Path, folder: Path, listening: bool, warm: bool) -> Result:
    files = {
        "STUDIO_METRICS": folder / "metrics.jsonl",
        "STUDIO_ACTIONS": folder / "actions.jsonl",
        "STUDIO_ERROR": folder / "error.json",
    }
    heard = {name: str(path) for name, path in files.items()} if listening else {}
    start = _forked if warm else _by_shell
    code_of_exit = start(command, code, folder, heard)
    error = files["STUDIO_ERROR"]
    return Result(
        code_of_exit,
        (folder / "out.txt").read_text(),
        (folder / "err.txt").read_text(),
        folder,
        _lines(files["STUDIO_METRICS"]),
        _lines(files["STUDIO_ACTIONS"]),
        json.loads(error.read_text()) if error.is_file() else {},
    )


def _by_shell(command: str, code: Path, folder: Path, heard: dict[str, str]) -> int:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with (folder / "out.txt").open("w") as out, (folder / "err.txt").open("w") as err:
        return subprocess.run(
            command,
            shell=True,
            cwd=code,
            env={**_clean_environment(), **heard, "PATH": path},
            stdout=out,
            stderr=err,
            timeout=100,
            check=False,
        ).returncode


def _forked(command: str, code: Path, folder: Path, heard: dict[str, str]) -> int:
    """A process of its own, forked from one that has imported the libraries."""
    process = PROCESSES.Process(
        target=_be_the_step, args=(command, code, folder, heard)
    )
    process.start()
    process.join(timeout=100)
    assert process.exitcode is not None
    return process.exitcode


def _be_the_step(command: str, code: Path, folder: Path, heard: dict[str, str]) -> None:
    for number, name in ((1, "out.txt"), (2, "err.txt")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT), number)
    os.environ.update(heard)
    os.chdir(code)
    _, script, *arguments = shlex.split(command)
    sys.argv = [script, *arguments]
    sys.path[0] = str(code)
    runpy.run_path(script, run_name="__main__")


def _clean_environment() -> Mapping[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("STUDIO_")}


def _lines(file: Path) -> list[dict[str, Any]]:
    if not file.is_file():
        return []
    return [json.loads(line) for line in file.read_text().splitlines()]


_MLFLOW = """
import json, sys
import mlflow.pyfunc, mlflow.sklearn
import pandas as pd
folder, given = sys.argv[1], json.loads(sys.argv[2])
{code}
print("TOLD " + json.dumps(told))
"""


def with_mlflow(code: str, folder: Path, given: Any = None) -> Any:
    """What `told` is after running code with the real mlflow, in its own process."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            _MLFLOW.format(code=textwrap.dedent(code)),
            str(folder),
            json.dumps(given),
        ],
        capture_output=True,
        text=True,
        timeout=100,
        env={**os.environ, "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "true"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (line,) = [each for each in done.stdout.splitlines() if each.startswith("TOLD ")]
    return json.loads(line.removeprefix("TOLD "))
