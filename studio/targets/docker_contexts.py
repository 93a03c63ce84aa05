"""Which Docker engines this person has: Docker's own contexts, its variables, and the
sockets that rootless and desktop engines use."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio.domain.container_engine import EngineContext
from studio.domain.errors import InvalidError, NotFoundError

_DESKTOPS = (
    ("docker desktop", ".docker/run/docker.sock"),
    ("docker desktop", ".docker/desktop/docker.sock"),
    ("colima", ".colima/default/docker.sock"),
    ("rancher desktop", ".rd/docker.sock"),
)


def contexts(environment: Mapping[str, str] | None = None) -> Sequence[EngineContext]:
    """Every engine that is known, the one in use marked `current`.

    As Docker chooses: DOCKER_HOST, DOCKER_CONTEXT, the context of its settings, the
    system's socket; where that one isn't there, the first socket that is.
    """
    environment = os.environ if environment is None else environment
    folder = Path(environment.get("DOCKER_CONFIG") or _home(environment) / ".docker")
    listed = [_default(environment, folder), *_named(folder)]
    taken = {context.host for context in listed}
    listed += [c for c in _sockets(environment) if c.host not in taken]
    chosen = _chosen(listed, environment, folder)
    return [replace(context, current=context.name == chosen) for context in listed]


def context_named(
    name: str = "", environment: Mapping[str, str] | None = None
) -> EngineContext:
    """The engine of a name; without one, the one in use."""
    known = contexts(environment)
    for context in known:
        if context.name == name or (not name and context.current):
            return context
    raise NotFoundError(
        f"There is no Docker context '{name}'",
        hint=f"There are: {', '.join(context.name for context in known)}",
    )


def _home(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("HOME") or Path.home())


def _system_host() -> str:
    if sys.platform == "win32":
        return "npipe:////./pipe/docker_engine"
    return "unix:///var/run/docker.sock"


def _default(environment: Mapping[str, str], folder: Path) -> EngineContext:
    host = environment.get("DOCKER_HOST", "")
    if not host:
        return EngineContext("default", _system_host())
    secured = environment.get("DOCKER_TLS_VERIFY") or environment.get("DOCKER_TLS")
    certificates = environment.get("DOCKER_CERT_PATH") or str(folder)
    return EngineContext(
        "default",
        _as_host(host),
        source="DOCKER_HOST",
        certificates=certificates if secured else "",
        verify=bool(environment.get("DOCKER_TLS_VERIFY")),
    )


def _as_host(host: str) -> str:
    return host if "://" in host else f"tcp://{host}"


def _named(folder: Path) -> list[EngineContext]:
    """The contexts made by `docker context create`."""
    found = []
    for meta in sorted(folder.glob("contexts/meta/*/meta.json")):
        told = _read(meta)
        endpoint = (told.get("Endpoints") or {}).get("docker") or {}
        name, host = told.get("Name"), endpoint.get("Host")
        if not (isinstance(name, str) and isinstance(host, str) and host):
            continue
        digest = hashlib.sha256(name.encode()).hexdigest()
        tls = folder / "contexts" / "tls" / digest / "docker"
        found.append(
            EngineContext(
                name,
                _as_host(host),
                certificates=str(tls) if tls.is_dir() else "",
                verify=not endpoint.get("SkipTLSVerify"),
            )
        )
    return found


def _read(file: Path) -> Mapping[str, Any]:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # docker's own commands say what is wrong with it
    return told if isinstance(told, dict) else {}


def _sockets(environment: Mapping[str, str]) -> list[EngineContext]:
    """Sockets that are there though no context names them."""
    runtime = environment.get("XDG_RUNTIME_DIR", "")
    places = [(name, _home(environment) / path) for name, path in _DESKTOPS]
    if runtime:
        places.insert(0, ("rootless", Path(runtime) / "docker.sock"))
        places.append(("podman", Path(runtime) / "podman" / "podman.sock"))
    return [
        EngineContext(name, f"unix://{path}", source="found")
        for name, path in places
        if path.is_socket()
    ]


def _chosen(
    listed: Sequence[EngineContext], environment: Mapping[str, str], folder: Path
) -> str:
    if environment.get("DOCKER_HOST"):
        return "default"
    wanted = environment.get("DOCKER_CONTEXT")
    wanted = wanted or _read(folder / "config.json").get("currentContext")
    if wanted:
        if wanted not in [context.name for context in listed]:
            raise InvalidError(
                f"Docker's settings choose the context '{wanted}', which doesn't exist",
                hint="Choose one that does: docker context use default",
            )
        return str(wanted)
    if _usable(listed[0]):
        return "default"
    return next((c.name for c in listed if c.source == "found"), "default")


def _usable(context: EngineContext) -> bool:
    scheme, _, path = context.host.partition("://")
    return scheme != "unix" or os.access(path, os.R_OK | os.W_OK)
