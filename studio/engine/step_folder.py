"""A step's folder within its run, and what the step leaves in it.

runs/RUN/STEP/log.txt        what it printed
runs/RUN/STEP/code/          its working folder: a copy of its code
runs/RUN/STEP/outputs/NAME   where its outputs are to be written
runs/RUN/STEP/reports.jsonl  metrics, parameters and progress, line by line
runs/RUN/STEP/actions.jsonl  wishes, such as to register a model
runs/RUN/STEP/error.json     a description of its failure
runs/RUN/STEP/mlruns/        what unmodified MLflow code logged
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.domain.component import Component
from studio.domain.errors import InvalidError
from studio.domain.run import StepError
from studio.domain.target import TaskEnded
from studio.engine.step_json import parse_json

_TELEMETRY_OFF = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "1",
    "GIT_PYTHON_REFRESH": "quiet",
}
_PRIVATE = (
    *("STUDIO_", "DBUS_", "XDG_RUNTIME_DIR"),
    *("PYTHON_KEYRING_", "KEYRING_", "GNOME_KEYRING_"),
)


@dataclass(frozen=True)
class StepFolder:
    root: Path

    @property
    def log(self) -> Path:
        return self.root / "log.txt"

    @property
    def code(self) -> Path:
        return self.root / "code"

    @property
    def outputs(self) -> Path:
        return self.root / "outputs"

    @property
    def reports(self) -> Path:
        return self.root / "reports.jsonl"

    @property
    def actions(self) -> Path:
        return self.root / "actions.jsonl"

    @property
    def error(self) -> Path:
        return self.root / "error.json"

    @property
    def mlruns(self) -> Path:
        return self.root / "mlruns"

    def prepare(self, component: Component, code: Path | None) -> dict[str, str]:
        """Make everything an attempt needs; the paths of its outputs by name."""
        for leftover in (self.code, self.outputs, self.mlruns):
            shutil.rmtree(leftover, ignore_errors=True)
        for leftover in (self.reports, self.actions, self.error):
            leftover.unlink(missing_ok=True)
        self.outputs.mkdir(parents=True, exist_ok=True)
        if code is None:
            self.code.mkdir()
        else:
            shutil.copytree(code, self.code, copy_function=_copy_writable)
        paths: dict[str, str] = {}
        for port in component.outputs:
            path = self.outputs / port.name
            if port.type != "uri_file":
                path.mkdir()
            paths[port.name] = str(path)
        return paths

    def environment(self, own: Mapping[str, str]) -> dict[str, str]:
        """The step's environment variables: ours, then its own.

        Nothing of the desktop session (where the keyring is reached) goes along.
        """
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(_PRIVATE)}
        inherited["PATH"] = os.pathsep.join(
            [str(Path(sys.executable).parent), inherited.get("PATH", os.defpath)]
        )
        return {
            **inherited,
            **_TELEMETRY_OFF,
            "PYTHONUNBUFFERED": "1",
            "MLFLOW_TRACKING_URI": self.mlruns.as_uri(),
            "MLFLOW_ALLOW_FILE_STORE": "true",
            "STUDIO_METRICS": str(self.reports),
            "STUDIO_ACTIONS": str(self.actions),
            "STUDIO_ERROR": str(self.error),
            **own,
        }

    def read_actions(self) -> list[dict[str, Any]]:
        try:
            lines = self.actions.read_text(errors="replace").splitlines()
        except FileNotFoundError:
            return []
        return [self._action(line) for line in lines if line.strip()]

    def _action(self, line: str) -> dict[str, Any]:
        found = _json(line)
        if not isinstance(found, dict):
            raise InvalidError(
                f"it left a wish that can't be read: {line[:80]}",
                hint=f"Write one JSON object a line to {self.actions.name}",
            )
        return found

    def failure(self, ended: TaskEnded) -> StepError:
        """Why the attempt failed: what the step said, else how its process ended."""
        try:
            said = _json(self.error.read_text(errors="replace"))
        except FileNotFoundError:
            said = None
        if isinstance(said, dict) and not ended.reason:
            return _described(said, self.code)
        return StepError(_how_it_ended(ended), _what_to_do(ended))

    def logged_artifacts(self) -> Path | None:
        """The folder of the files that MLflow code logged, if there are any."""
        for folder in sorted(self.mlruns.glob("*/*/artifacts")):
            if any(entry.is_file() for entry in folder.rglob("*")):
                return folder
        return None


def _copy_writable(source: str, target: str) -> str:
    shutil.copyfile(source, target)
    return target


def _json(text: str) -> Any:
    try:
        return parse_json(text)
    except ValueError:
        return None


def _described(said: Mapping[str, Any], code: Path) -> StepError:
    file = str(said.get("file") or "")
    if file.startswith(f"{code}{os.sep}"):
        file = file[len(str(code)) + 1 :]
    line = said.get("line")
    kind = str(said.get("type") or "")
    message = str(said.get("message") or kind or "it failed without a message")
    ours = "hint" in said
    return StepError(
        message if ours or not kind else f"{kind}: {message}",
        str(said.get("hint") or ""),
        file,
        line if isinstance(line, int) else None,
        str(said.get("traceback") or ""),
    )


def _how_it_ended(ended: TaskEnded) -> str:
    if ended.reason == "out of memory":
        return "it needed more memory than there is, and the system ended it"
    if ended.reason == "timeout":
        return f"it took longer than its limit and was ended ({ended.seconds:.0f} s)"
    if ended.signal is not None and ended.reason in ("", "stopped", _killed(ended)):
        name = signal.strsignal(ended.signal) or "unknown"
        return f"its process was ended by signal {ended.signal} ({name.lower()})"
    if ended.reason and ended.reason != "stopped":
        return ended.reason
    return f"its command ended with exit code {ended.code}"


def _killed(ended: TaskEnded) -> str:
    """What a worker says of a signal that nobody on our side has sent."""
    return f"killed by signal {ended.signal}"


def _what_to_do(ended: TaskEnded) -> str:
    if ended.reason == "out of memory":
        return "Use less data or a smaller model, or free memory; then resume the run"
    if ended.reason == "timeout":
        return "Raise 'limits: timeout' of the step, or make it faster"
    return (
        "Read the step's log and mend the cause. Then resume the run or, if you "
        "changed the pipeline, run it anew: finished steps are reused"
    )
