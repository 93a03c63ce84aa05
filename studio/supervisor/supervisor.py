"""Looks at wishes and processes ten times a second, and does what is to be done."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from studio.supervisor.deployment import Deployment
from studio.supervisor.folder import Folder, process_identity
from studio.supervisor.gateway import Gateway, SharedSocketGateway
from studio.supervisor.sockets import PortTakenError, listen, port_of, turn_away

_TICK_SECONDS = 0.05
_RETRY_PORT_SECONDS = 2.0


class Supervisor:
    def __init__(self, root: Path, gateway: Gateway | None = None) -> None:
        self._folder = Folder(root)
        self._gateway = gateway or SharedSocketGateway()
        self._wanted: dict[str, Any] = {}
        self._deployments: dict[str, Deployment] = {}
        self._removed: list[Deployment] = []
        self._listener: socket.socket | None = None
        self._port_problem: PortTakenError | None = None
        self._retry_port_at = 0.0
        self._traffic_problem = ""
        self._stopping = False
        self._identity = process_identity()
        self._written: dict[str, Any] = {}
        self._told: dict[str, tuple[str, str]] = {}

    def run(self) -> int:
        """Until the endpoint is to be stopped. 1 if another one owns it already."""
        if not self._folder.lock():
            return 1
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, lambda *_: self._stop())
        while True:
            wishes = self._folder.new_wishes()
            if wishes is not None:
                self._take(wishes)
            self._tick()
            self._publish()
            if self._stopping and not self._deployments and not self._removed:
                break
            time.sleep(_TICK_SECONDS)
        return 0

    def _take(self, wishes: dict[str, Any]) -> None:
        if wishes.get("stop"):
            self._wanted = {**self._wanted, **wishes, "deployments": {}}
            self._stop()
            return
        self._stopping = False
        keys_changed = wishes.get("key_hashes") != self._wanted.get("key_hashes")
        self._wanted = wishes
        self._open_port()
        if keys_changed:
            for deployment in self._deployments.values():
                deployment.tell({"op": "keys", "key_hashes": wishes["key_hashes"]})
        self._apply_deployments()

    def _open_port(self) -> None:
        """Bind the endpoint's port; a taken one is tried again now and then."""
        if self._listener is not None:
            return
        try:
            self._listener = listen(int(self._wanted.get("port") or 0))
            self._port_problem = None
        except PortTakenError as error:
            self._port_problem = error
            self._retry_port_at = time.monotonic() + _RETRY_PORT_SECONDS

    def _apply_deployments(self) -> None:
        if self._listener is None:
            return
        specs: Mapping[str, Mapping[str, Any]] = self._wanted.get("deployments", {})
        for name in [n for n in self._deployments if n not in specs]:
            deployment = self._deployments.pop(name)
            deployment.stop()
            self._removed.append(deployment)
        for name, spec in specs.items():
            if name not in self._deployments:
                configure = partial(self._configuration, name)
                log = self._folder.log_file(name)
                self._deployments[name] = Deployment(name, log, configure)
            self._deployments[name].want(spec)

    def _configuration(
        self, name: str, spec: Mapping[str, Any], listener: int
    ) -> dict[str, Any]:
        """The first line a server reads: keys by their hashes only."""
        assert self._listener is not None
        return {
            "endpoint": self._wanted.get("name"),
            "deployment": name,
            "kind": spec["kind"],
            "model_path": spec.get("model_path"),
            "mlmodel": spec.get("mlmodel"),
            "script": spec.get("script"),
            "env": spec.get("env") or {},
            "key_hashes": self._wanted.get("key_hashes", []),
            "deployment_fd": listener,
            "endpoint_fd": self._listener.fileno(),
            "max_body_bytes": int(spec.get("max_body_bytes") or 10 * 1024 * 1024),
            "request_timeout_s": float(spec.get("request_timeout_s") or 60),
            "allowed_hosts": [],
        }

    def _tick(self) -> None:
        if self._port_problem and time.monotonic() > self._retry_port_at:
            self._open_port()
            self._apply_deployments()
        for deployment in [*self._deployments.values(), *self._removed]:
            deployment.tick()
        for deployment in [d for d in self._removed if d.stopped]:
            deployment.close()
            self._removed.remove(deployment)
        ready = {n: d.serving for n, d in self._deployments.items() if d.serving}
        traffic = {} if self._stopping else self._wanted.get("traffic", {})
        self._traffic_problem = self._gateway.apply(traffic, ready)
        live = [self._deployments.get(n) for n, share in traffic.items() if share]
        failed = [d for d in live if d is not None and d.state == "FAILED"]
        if failed and self._listener is not None:
            turn_away(self._listener, f"It isn't serving: {failed[0].message}")

    def _stop(self) -> None:
        self._stopping = True
        for name in list(self._deployments):
            deployment = self._deployments.pop(name)
            deployment.stop()
            self._removed.append(deployment)

    def _publish(self) -> None:
        """Write the state if it is news, and what changed into the spool."""
        state = self._state()
        if state == self._written:
            return
        self._written = state
        for name, view in state["deployments"].items():
            news = (view["state"], view["message"])
            if self._told.get(name) != news:
                self._told[name] = news
                self._folder.tell(name, *news, view["hint"])
        self._folder.write_state(state)

    def _state(self) -> dict[str, Any]:
        # one that is wanted again hides the one of its name that is going
        shown = [*self._removed, *self._deployments.values()]
        problem = self._port_problem
        return {
            **self._identity,
            "generation": self._wanted.get("generation"),
            "port": port_of(self._listener) if self._listener else 0,
            "state": self._overall(shown),
            "message": problem.message if problem else self._traffic_problem,
            "hint": problem.hint if problem else "",
            "deployments": {d.name: d.view() for d in shown},
        }

    def _overall(self, shown: list[Deployment]) -> str:
        if self._stopping:
            return "STOPPED" if not shown else "STOPPING"
        if self._port_problem:
            return "FAILED"
        states = {deployment.state for deployment in shown}
        for state in ("RUNNING", "UNHEALTHY", "STARTING", "FAILED"):
            if state in states:
                return state
        return "STOPPED"
