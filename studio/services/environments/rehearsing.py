"""Trying a model in an interpreter: the program is run, and what it tells is read."""

from __future__ import annotations

import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from studio.domain.errors import UnavailableError
from studio.domain.twin import Failure, Rehearsal, SampleResult
from studio.environments.container_run import ROOT, ContainerProgram, run_in_container
from studio.environments.tool import Finished, WorkCancelled, run_tool
from studio.interchange.requirement_names import package_of
from studio.targets.docker_engine import DockerEngine

PROGRAM = Path(__file__).resolve().parents[2] / "worker" / "twin.py"
MOST_SECONDS = 300.0
_MARK = "STUDIO_TRIAL"
_LEFT_OUT = (
    *("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_"),
    *("STUDIO_", "DBUS_", "XDG_RUNTIME_DIR", "SSH_AUTH_SOCK", "GPG_AGENT_INFO"),
    *("PYTHON_KEYRING_", "KEYRING_", "GNOME_KEYRING_"),
    *("UV_", "PIP_"),  # an index's address may hold a password
)


def rehearse(
    python: Path,
    command: Mapping[str, Any],
    cancel: threading.Event | None = None,
    seconds: float = MOST_SECONDS,
) -> Rehearsal:
    """Load and ask the model of a server's configuration in an interpreter, in a child
    that ends with us."""
    mark = secrets.token_hex(16)
    try:
        return _told_within(
            seconds,
            cancel,
            lambda limit: run_tool(
                [python, "-u", PROGRAM],
                what="The check",
                environment={**_plain_environment(), _MARK: mark},
                request=json.dumps(_config(command)),
                cancel=limit,
            ),
        )
    finally:
        _end_what_was_left(mark)


def _end_what_was_left(mark: str) -> None:
    """What a model's code has started outside of the group that is ended."""
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(_MARK) == mark:
                process.kill()


def rehearse_in_image(
    engine: DockerEngine,
    image: str,
    command: Mapping[str, Any],
    folders: Mapping[str, Path],
    cancel: threading.Event | None = None,
    seconds: float = MOST_SECONDS,
) -> Rehearsal:
    """The same in a container of an image, with copies of the model's and the code's
    `folders`, in which the command's paths lie."""
    asked = {
        **_config(command),
        "model_path": _inside(command.get("model_path"), folders),
        "script": _inside(command.get("script"), folders) or None,
        "ends_with_input": True,
        "tell_versions": True,
    }
    program = ContainerProgram(
        image,
        {"worker": PROGRAM.parent, **folders},
        ("-u", f"{ROOT}/worker/{PROGRAM.name}"),
        json.dumps(asked),
        "The check",
    )
    return _told_within(
        seconds, cancel, lambda limit: run_in_container(engine, program, limit)
    )


def _config(command: Mapping[str, Any]) -> dict[str, Any]:
    return {n: v for n, v in command.items() if n not in ("python", "probe")}


def _inside(path: str | None, folders: Mapping[str, Path]) -> str:
    """Where a file of this computer lies in the container."""
    for name, folder in folders.items():
        if path and Path(path).is_relative_to(folder):
            inner = Path(path).relative_to(folder).as_posix()
            return f"{ROOT}/{name}" if inner == "." else f"{ROOT}/{name}/{inner}"
    return ""


def _told_within(
    seconds: float,
    cancel: threading.Event | None,
    run: Callable[[threading.Event], Finished],
) -> Rehearsal:
    try:
        ended = run(_Limit(cancel, seconds))
    except WorkCancelled as error:
        if cancel is not None and cancel.is_set():
            raise
        raise UnavailableError(
            f"The model wasn't loaded and asked within {seconds:g} s",
            "See what its code waits for; it was ended",
        ) from error
    events = list(_events(ended.stdout))
    if not events or events[-1].get("event") != "end":
        return _with_end(_rehearsal(events), ended)
    return _rehearsal(events)


class _Limit(threading.Event):
    """Set once somebody cancels, or the time is up."""

    def __init__(self, cancel: threading.Event | None, seconds: float) -> None:
        super().__init__()
        self._cancel = cancel
        self._until = time.monotonic() + seconds

    def is_set(self) -> bool:
        cancelled = self._cancel is not None and self._cancel.is_set()
        return cancelled or time.monotonic() > self._until


def _plain_environment() -> Mapping[str, str]:
    """What the server would be started with: nothing that leads to other packages."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(_LEFT_OUT)}
    return {**kept, "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "1"}


def _events(text: str) -> Iterable[dict[str, Any]]:
    for line in text.splitlines():
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, dict):
            yield said


def _with_end(told: Rehearsal, ended: Finished) -> Rehearsal:
    """It ended without a word, such as by a crash of native code."""
    how = f"signal {-ended.code}" if ended.code < 0 else f"exit code {ended.code}"
    last = next(iter(reversed(ended.stderr.strip().splitlines())), "")
    failure = Failure(
        "load",
        f"The interpreter ended with {how}" + (f": {last[:200]}" if last else ""),
        "Look for packages in it that don't fit this computer",
    )
    return replace(told, failures=(*told.failures, failure))


def _rehearsal(events: Sequence[Mapping[str, Any]]) -> Rehearsal:
    seen = next((e for e in events if e.get("event") == "seen"), {})
    return Rehearsal(
        python=str(seen.get("python", "")),
        imported={p["name"]: p["version"] for p in seen.get("imported", ())},
        installed=frozenset(seen.get("installed", ())),
        versions=dict(seen.get("versions") or {}),
        saved_with=dict(seen.get("saved_with", {})),
        phases={
            str(e["name"]): float(e["seconds"])
            for e in events
            if e.get("event") == "phase"
        },
        samples=tuple(
            SampleResult(e["name"], e["outcome"], e["seconds"], e.get("message", ""))
            for e in events
            if e.get("event") == "sample"
        ),
        failures=tuple(_failure(e) for e in events if e.get("event") == "failed"),
        accelerators=dict(seen.get("accelerators", {})),
        providers=dict(seen.get("providers", {})),
        memory_bytes=int(seen.get("memory_bytes", 0)),
    )


def _failure(said: Mapping[str, Any]) -> Failure:
    is_missing = said.get("kind") == "ModuleNotFoundError"
    return Failure(
        str(said.get("phase", "")),
        str(said.get("message", "")),
        str(said.get("hint", "")),
        module=str(said.get("module") or "") if is_missing else "",
        package=package_of(str(said.get("package") or "")),
    )
