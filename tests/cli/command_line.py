"""Calls `studio` as a person or a script does, and keeps what it answered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

SLOW_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """Exit code, stdout and stderr of one call."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """stdout as the one JSON document it has to be."""
        return json.loads(self.out)


@dataclass(frozen=True)
class CommandLine:
    """`studio` in a process of its own, on one workspace if there is one."""

    workspace: Path | None = None
    environment: Mapping[str, str] | None = None

    def __call__(self, *arguments: str, stdin: str = "") -> Answer:
        done = subprocess.run(
            self.words(*arguments),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=SLOW_SECONDS,
            env=self._environment(),
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str, **more: Any) -> subprocess.Popen[str]:
        """Start it and return at once, its output in pipes unless told otherwise."""
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
        return subprocess.Popen(
            self.words(*arguments), text=True, env=self._environment(), **streams
        )

    def words(self, *arguments: str) -> list[str]:
        where = ["--workspace", str(self.workspace)] if self.workspace else []
        return [sys.executable, "-m", "studio", *where, *arguments]

    def _environment(self) -> dict[str, str]:
        hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "STUDIO_WORKSPACE")
        ours = {k: v for k, v in os.environ.items() if k not in hidden}
        return {**ours, **(self.environment or {})}


def write_pipeline(root: Path, name: str, jobs: str) -> Path:
    """A pipeline of inline steps in a workspace; the path of its file."""
    file = root / "pipelines" / name / "pipeline.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("type: pipeline\njobs:\n" + dedent(jobs).replace("\n", "\n  "))
    return file


ENDLESS = """
  wait:
    type: command
    command: >-
      python -c "import time; print('waiting', flush=True); time.sleep(600)"
"""

FAILING = """
  fail:
    type: command
    command: >-
      python -c "raise SystemExit('the data is upside down')"
"""
