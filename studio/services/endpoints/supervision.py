"""An endpoint's folder: what we want, what its supervisor says, is it there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from studio.domain.endpoint import DeploymentState, Phase
from studio.domain.run import RunnerProcess
from studio.services.processes import boot_id
from studio.storage.endpoints import Observed
from studio.storage.files import write_atomically

IN_A_COPY = "Start it, and it gets an address of its own"


@dataclass(frozen=True)
class EndpointView:
    """What was last seen of an endpoint."""

    state: str
    port: int
    message: str
    hint: str
    deployments: tuple[Observed, ...]


class EndpointFolder:
    def __init__(self, root: Path) -> None:
        self.root = root

    def write_wanted(self, wanted: Mapping[str, Any]) -> None:
        """Replace what is wanted; readable by this user only."""
        self.root.mkdir(parents=True, exist_ok=True)
        text = json.dumps({**wanted, "generation": self.generation() + 1})
        write_atomically(self.root / "wanted.json", text.encode(), mode=0o600)

    def generation(self) -> int:
        return int(_json(self.root / "wanted.json").get("generation", 0))

    def session_hashes(self) -> list[dict[str, Any]]:
        """Hashes of keys that other processes made for themselves."""
        listed = _json(self.root / "wanted.json").get("key_hashes", [])
        return [entry for entry in listed if entry.get("expires")]

    def state(self) -> dict[str, Any]:
        return _json(self.root / "state.json")

    def become_own(self) -> None:
        """Forget what the supervisor of the folder said that this is a copy of."""
        if served_elsewhere(self):
            (self.root / "state.json").unlink(missing_ok=True)

    def was_started(self) -> bool:
        return (self.root / "state.json").exists()


def supervisor_of(folder: EndpointFolder) -> RunnerProcess | None:
    """The endpoint's process if it lives: its lock is held for as long as it does."""
    if not (folder.root / "lock").exists():
        return None
    import fcntl

    with (folder.root / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            state = folder.state()
            return RunnerProcess(int(state.get("pid") or 0), 0.0, "")
    return None


def served_elsewhere(folder: EndpointFolder) -> str:
    """The folder that is served by the process that this one's state speaks of: a
    workspace that was copied while it served. "" if that isn't so."""
    state = folder.state()
    if state.get("boot_id") != boot_id():
        return ""
    try:
        words = psutil.Process(int(state.get("pid") or 0)).cmdline()
    except (psutil.Error, ValueError):
        return ""
    served = words[-1] if "studio.supervisor" in words else ""
    here = Path(served).absolute() == folder.root.absolute()
    return "" if here or not Path(served).is_dir() else served


def observed(
    folder: EndpointFolder, alive: bool, stopped: bool, names: Iterable[str]
) -> EndpointView | None:
    """What the supervisor says of the deployments `names`; None while it hasn't
    answered the newest wish. What it no longer speaks of after its end is stopped."""
    state = folder.state()
    if stopped and not alive:
        return _stopped(folder, names) if state else None
    if not state or (state.get("generation") != folder.generation() and alive):
        return None
    told = state.get("deployments", {})
    if state.get("state") == "FAILED" and state.get("message"):  # a port in use
        failed = {key: state.get(key) for key in ("state", "message", "hint")}
        told = {name: {**failed, **told.get(name, {})} for name in names}
    known = [name for name in names if name in told or not alive]
    deployments = tuple(_deployment(n, told.get(n, {}), alive) for n in known)
    return EndpointView(
        state=str(state.get("state", "")) if alive else _at_rest(state),
        port=int(state.get("port") or 0),
        message=str(state.get("message") or ""),
        hint=str(state.get("hint") or ""),
        deployments=deployments,
    )


def _stopped(folder: EndpointFolder, names: Iterable[str]) -> EndpointView:
    """At rest because that is wanted: what failed before is history."""
    original = served_elsewhere(folder)
    return EndpointView(
        state="STOPPED",
        port=0 if original else int(folder.state().get("port") or 0),
        message=f"This is a copy: {original} serves it" if original else "",
        hint=IN_A_COPY if original else "",
        deployments=tuple(_deployment(name, {}, False) for name in names),
    )


def _at_rest(state: Mapping[str, Any]) -> str:
    return "FAILED" if state.get("state") == "FAILED" else "STOPPED"


def _deployment(name: str, said: Mapping[str, Any], alive: bool) -> Observed:
    state = DeploymentState(said.get("state", "STOPPED"))
    if not alive and state is not DeploymentState.FAILED:
        state = DeploymentState.STOPPED
    serving = state in (DeploymentState.RUNNING, DeploymentState.UNHEALTHY)
    return Observed(
        name=name,
        state=state,
        health=_health(state),
        message=str(said.get("message") or ""),
        hint=str(said.get("hint") or ""),
        pid=said.get("pid") if serving else None,
        restarts=int(said.get("restarts") or 0),
        phases=tuple(
            Phase(str(p["name"]), float(p["seconds"])) for p in said.get("phases", [])
        ),
    )


def _health(state: DeploymentState) -> str:
    if state is DeploymentState.RUNNING:
        return "healthy"
    return "unhealthy" if state is DeploymentState.UNHEALTHY else ""


def _json(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
