"""Open a step of any past run again: its exact inputs, code and parameters."""

from __future__ import annotations

import glob
import os
import signal
import socket
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

from studio.domain import ways
from studio.domain.command import fill, placeholders
from studio.domain.component import Component, Port
from studio.domain.errors import RefusedError, StudioError, UnavailableError
from studio.domain.reopened import HOST, Debugging, Reopened
from studio.domain.run import PastStep, RunnerProcess
from studio.engine.resolve import DataPath, ResolvedStep
from studio.engine.step_folder import StepFolder
from studio.services.processes import is_alive, start_script
from studio.services.runs.reopened_files import write_files
from studio.services.runs.service import RunService
from studio.services.runs.snapshot import environment_digest
from studio.storage.content import ContentStore
from studio.storage.files import write_atomically
from studio.storage.run_history import RunHistory
from studio.storage.workspace import Workspace

RECORD = "reopened.json"
_LISTEN_SECONDS = 30.0


class ReopeningService:
    """Nothing of the run itself is touched; each opening has a folder of its own."""

    def __init__(
        self,
        workspace: Workspace,
        runs: RunService,
        history: RunHistory,
        content: ContentStore,
    ) -> None:
        self._workspace, self._runs = workspace, runs
        self._history, self._content = history, content

    def reopen(
        self, run_id: str, step: str, destination: Path | None = None
    ) -> Reopened:
        """Lay a step out in a fresh folder, by default within the workspace.

        RefusedError where the step never began, or its code or inputs are gone.
        """
        run = self._runs.get(run_id)
        made_of = self._history.attempt(run.id, step)
        if made_of is None or not made_of.parts:
            known = ", ".join(one.name for one in run.steps)
            raise RefusedError(
                f"Step '{step}' of run {run.id} never began: nothing to open",
                hint=f"Choose one that ran. The run's steps are: {known}",
            )
        resolved = self._resolved(run.id, step)
        component = _component(resolved, made_of)
        folder = _fresh(destination or self._place(run.id, step))
        files = StepFolder(folder)
        code = made_of.parts.get("code", "")
        if code and not self._content.whole(code):
            raise _gone(step, "code")
        outputs = files.prepare(component, self._content.path(code) if code else None)
        inputs, notes = self._inputs(made_of, resolved)
        parameters = _named(made_of, "parameter")
        command = fill(made_of.parts["command"], {**parameters, **inputs}, outputs)
        opened = Reopened(
            run.id,
            step,
            component.name,
            folder,
            command,
            _free_port(),
            code,
            parameters,
            inputs,
            outputs,
            _differing(files.environment(_named(made_of, "variable"))),
            tuple(notes),
        )
        write_files(opened)
        self._keep(opened)
        return opened

    def debug(self, opened: Reopened, *, alone: bool = False) -> Debugging:
        """Start the step; it waits for a debugger on a port of this computer.

        Unless it is to go on `alone`, it ends with this process, however that ends.
        """
        if _listens(opened.port):
            opened = with_port(opened)
        log = opened.folder / "debug.log"
        process = start_script(opened.debug_script, log, alone=alone)
        deadline = time.monotonic() + _LISTEN_SECONDS
        while not _listens(opened.port):
            if not is_alive(process):
                raise UnavailableError(
                    f"Step '{opened.step}' ended before a debugger could attach",
                    hint=f"What it said stands in {log}",
                )
            if time.monotonic() > deadline:
                self.stop(Debugging(opened, process, log))
                raise UnavailableError(
                    f"No Python of step '{opened.step}' waits for a debugger",
                    hint=f"Its command may run another program; see {log}",
                )
            time.sleep(0.05)
        return Debugging(opened, process, log)

    def wait(self, debugging: Debugging) -> None:
        """Until the step has ended."""
        while is_alive(debugging.process):
            time.sleep(0.1)

    def stop(self, debugging: Debugging) -> None:
        """End the step and whatever it has started."""
        if is_alive(debugging.process):
            _end_group(debugging.process)

    def read(self, folder: Path) -> Reopened:
        """What was laid out in a folder; RefusedError if nothing was."""
        import json

        try:
            data = json.loads((folder / RECORD).read_text())
            data["notes"] = tuple(data["notes"])
            return Reopened(**{**data, "folder": folder})
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise RefusedError(
                f"{folder} holds no reopened step", ways.REOPEN_STEP()
            ) from error

    def latest(self, run_id: str, step: str) -> Reopened | None:
        """What was laid out last of a step within the workspace; None if nothing."""
        place = self._place(run_id, step)
        records = [
            place / RECORD,
            *place.parent.glob(f"{glob.escape(place.name)}-*/{RECORD}"),
        ]
        there = [record for record in records if record.is_file()]
        for record in sorted(there, key=lambda r: r.stat().st_mtime_ns, reverse=True):
            opened = self.read(record.parent)
            if (opened.run_id, opened.step) == (run_id, step):
                return opened
        return None

    # -- inside ---------------------------------------------------------------------

    def _place(self, run_id: str, step: str) -> Path:
        return self._workspace.root / "reopened" / f"{run_id}-{step}"

    def _keep(self, opened: Reopened) -> None:
        import json

        record = {**asdict(opened), "folder": str(opened.folder)}
        text = json.dumps(record, indent=2)
        write_atomically(opened.folder / RECORD, text.encode())

    def _resolved(self, run_id: str, step: str) -> ResolvedStep | None:
        """The step as today's components make it; None if they no longer can."""
        try:
            planner = self._runs.planner(*self._runs.definition(run_id))
        except StudioError:
            return None
        return next((one for one in planner.steps if one.name == step), None)

    def _inputs(
        self, made_of: PastStep, resolved: ResolvedStep | None
    ) -> tuple[dict[str, str], list[str]]:
        """Where each input stands, and what isn't as it was."""
        found: dict[str, str] = {}
        notes: list[str] = []
        for name, digest in _named(made_of, "input").items():
            source = resolved.inputs.get(name) if resolved else None
            if self._content.whole(digest):
                found[name] = str(self._content.path(digest))
            elif isinstance(source, DataPath) and source.path.exists():
                found[name] = str(source.path)
                if self._content.digest_of(source.path) != digest:
                    notes.append(
                        f"The data of '{name}', {source.path.name}, has changed since: "
                        "it is read as it is now"
                    )
            else:
                raise _gone(made_of.name, f"input '{name}'")
        if made_of.parts.get("environment") != environment_digest():
            notes.append("Packages have changed since: those of today are used")
        return found, notes


def _component(resolved: ResolvedStep | None, made_of: PastStep) -> Component:
    """Enough of the component as it was: its name, command and outputs."""
    command = made_of.parts["command"]
    if resolved is not None and resolved.component.command == command:
        return resolved.component
    known = dict(resolved.component.ports_out) if resolved else {}
    used = [name for side, name, _ in placeholders(command) if side == "outputs"]
    ports = tuple(known.get(name) or Port(name) for name in dict.fromkeys(used))
    name = resolved.component.name if resolved else made_of.name
    return Component(name, command, outputs=ports)


def _named(made_of: PastStep, kind: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in made_of.parts)
    return {name: made_of.parts[f"{kind}:{name}"] for k, _, name in pairs if k == kind}


def _differing(environment: Mapping[str, str]) -> dict[str, str]:
    """What a step's environment adds to anybody's own."""
    own = os.environ
    return {
        name: value
        for name, value in environment.items()
        if own.get(name) != value and name != "PATH"
    }


def _fresh(wanted: Path) -> Path:
    """An empty folder of that name, or of that name with a number."""
    folder, number = wanted, 1
    while folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        number += 1
        folder = wanted.with_name(f"{wanted.name}-{number}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(
            f"{folder} can't be made: {error.strerror}", "Choose another folder"
        ) from error
    return folder


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    """Whether somebody waits there. Asked of the system: a connection would be
    taken for the debugger's."""
    import psutil

    return any(
        found.status == psutil.CONN_LISTEN and found.laddr and found.laddr[1] == port
        for found in psutil.net_connections("tcp4")
    )


def _end_group(process: RunnerProcess) -> None:
    try:
        os.killpg(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + 3.0
        while is_alive(process) and time.monotonic() < deadline:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _gone(step: str, what: str) -> RefusedError:
    return RefusedError(
        f"The {what} of step '{step}' is no longer in this workspace",
        hint="Run the pipeline again, and open the step of that run",
    )


def with_port(opened: Reopened) -> Reopened:
    """The same step on a port that is free now."""
    fresh = replace(opened, port=_free_port())
    write_files(fresh)
    return fresh
