"""One deployment's life: start, switch to a newer generation, restart, stop."""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from studio.supervisor.folder import utc_now
from studio.supervisor.replica import Replica
from studio.supervisor.sockets import listen, port_of, turn_away

_MAX_CRASHES = 5
_BACKOFF_SECONDS = (0.2, 30.0)
_START_SECONDS = 300.0
_DRAIN_SECONDS = 10.0
_MAX_LOG_BYTES = 10 * 1024 * 1024

Configure = Callable[[Mapping[str, Any], int], dict[str, Any]]


class Deployment:
    """`configure(spec, socket)` makes a server's configuration."""

    def __init__(self, name: str, log: Path, configure: Configure) -> None:
        self.name = name
        self.state, self.message, self.hint = "STARTING", "", ""
        self.since = utc_now()
        self.restarts = 0
        self.serving: Replica | None = None
        self._incoming: Replica | None = None
        self._leaving: list[tuple[Replica, float]] = []
        self._log = log
        self._configure = configure
        self._listener: socket.socket = listen()
        self._spec: Mapping[str, Any] = {}
        self._crashes = 0
        self._failed_starts = 0
        self._not_before = 0.0
        self._phases: list[dict[str, Any]] = []

    def want(self, spec: Mapping[str, Any]) -> None:
        """Take a new wish; another generation is started beside the old one."""
        changed = spec.get("generation") != self._spec.get("generation")
        changed = changed or self.state in ("STOPPING", "STOPPED")
        self._spec = spec
        if changed and not spec.get("stopped"):
            self._crashes, self._failed_starts, self._not_before = 0, 0, 0.0
            if self._incoming is not None:
                self._leave(self._incoming, at_once=True)
                self._incoming = None
            if self.serving is None:
                self._say("STARTING")
            self._begin()
        elif spec.get("stopped"):
            self.stop()

    def tick(self) -> None:
        """Look at the processes and do the next thing."""
        _rotate(self._log)
        self._watch_leaving()
        if self.state in ("STOPPING", "STOPPED"):
            if not self._leaving:
                self._say("STOPPED")
            return
        if self._incoming is not None:
            self._watch_incoming(self._incoming)
        if self.serving is not None:
            self._watch_serving(self.serving)
        if self.state == "FAILED":
            turn_away(self._listener, f"'{self.name}' isn't serving: {self.message}")
        idle = self.serving is None and self._incoming is None
        if idle and self.state != "FAILED" and time.monotonic() >= self._not_before:
            self._begin()

    def stop(self) -> None:
        """Finish requests, then end. `stopped` tells when it is done."""
        for replica in (self.serving, self._incoming):
            if replica is not None:
                self._leave(replica)
        self.serving = self._incoming = None
        self._say("STOPPING" if self._leaving else "STOPPED")

    @property
    def stopped(self) -> bool:
        return not self._leaving and self.serving is None and self._incoming is None

    def tell(self, message: Mapping[str, Any]) -> None:
        """Send a message to whatever runs."""
        for replica in (self.serving, self._incoming):
            if replica is not None:
                replica.send(message)

    def close(self) -> None:
        self._listener.close()

    def view(self) -> dict[str, Any]:
        """What `state.json` says of this deployment."""
        replica = self.serving or self._incoming
        return {
            "state": self.state,
            "generation": self._spec.get("generation"),
            "pid": replica.pid if replica else None,
            "port": port_of(self._listener),
            "message": self.message,
            "hint": self.hint,
            "restarts": self.restarts,
            "updating": self.serving is not None and self._incoming is not None,
            "phases": replica.phases if replica else self._phases,
            "since": self.since,
        }

    # -- inside ---------------------------------------------------------------

    def _begin(self) -> None:
        config = self._configure(self._spec, self._listener.fileno())
        try:
            self._incoming = Replica(
                config, self._spec, self._log, port_of(self._listener)
            )
        except OSError as error:
            self._incoming = None
            told = f"The server could not be started: {error}"
            self._say_not_started(told, "Check the environment's interpreter")

    def _watch_incoming(self, replica: Replica) -> None:
        if replica.ready:
            before, self.serving, self._incoming = self.serving, replica, None
            self._failed_starts = 0
            if before is not None:
                self._leave(before)
            self._say("RUNNING")
        elif replica.failure is not None:
            self._give_up(replica, replica.failure["message"], replica.failure["hint"])
        elif replica.ended:
            self._crashed(replica)
        elif time.monotonic() - replica.started > _START_SECONDS:
            told = f"It wasn't ready after {_START_SECONDS:.0f} seconds"
            self._give_up(replica, told, "Read its log: what does loading wait for?")

    def _crashed(self, replica: Replica) -> None:
        self._crashes += 1
        self._failed_starts += 1
        how = replica.how_it_ended()
        failed = self._failed_starts
        if self.serving is not None or failed >= _MAX_CRASHES:
            times = f", {failed} times in a row" if failed > 1 else ""
            told = f"It {how} before it was ready{times}"
            self._give_up(replica, told, "Read its log, mend the cause, deploy again")
            return
        self._phases = replica.phases
        replica.close()
        self._incoming = None
        self._wait_before_restart()
        self._say("STARTING", f"It {how} before it was ready; trying again")

    def _give_up(self, replica: Replica, message: str, hint: str) -> None:
        self._phases = replica.phases
        replica.close()
        self._incoming = None
        self._say_not_started(message, hint)

    def _say_not_started(self, message: str, hint: str) -> None:
        if self.serving is not None:  # the generation before goes on serving
            self._say("RUNNING", f"The new version didn't start: {message}", hint)
        else:
            self._say("FAILED", message, hint)

    def _watch_serving(self, replica: Replica) -> None:
        threshold = int((self._spec.get("probe") or {}).get("failure_threshold", 30))
        if replica.ended:
            told = f"It {replica.how_it_ended()} and is being restarted"
        elif replica.failed_probes >= threshold:
            told = f"It didn't answer {threshold} probes and is being restarted"
        else:
            self._say_health(replica)
            return
        replica.close()
        self.serving = None
        self.restarts += 1
        self._crashes += 1
        self._wait_before_restart()
        self._say("STARTING", told, "Read its log")

    def _say_health(self, replica: Replica) -> None:
        if replica.stuck:
            told = "Every thread is busy with a request that takes too long"
            self._say("UNHEALTHY", told, "Restart it, and read its log")
        elif replica.failed_probes >= 3:
            told = f"It hasn't answered its last {replica.failed_probes} probes"
            self._say("UNHEALTHY", told, "Read its log")
        elif self.state == "UNHEALTHY":
            self._say("RUNNING")
        elif self.state == "RUNNING" and replica.failed_probes == 0:
            alive = time.monotonic() - replica.started
            self._crashes = 0 if alive > 60 else self._crashes

    def _wait_before_restart(self) -> None:
        first, longest = _BACKOFF_SECONDS
        pause = min(longest, first * 2 ** (self._crashes - 1))
        self._not_before = time.monotonic() + pause

    def _leave(self, replica: Replica, at_once: bool = False) -> None:
        replica.quit()
        deadline = time.monotonic() + (0 if at_once else _DRAIN_SECONDS)
        self._leaving.append((replica, deadline))

    def _watch_leaving(self) -> None:
        still = []
        for replica, deadline in self._leaving:
            if replica.ended or time.monotonic() > deadline:
                replica.close()
            else:
                still.append((replica, deadline))
        self._leaving = still

    def _say(self, state: str, message: str = "", hint: str = "") -> None:
        if (state, message) != (self.state, self.message):
            self.since = utc_now()
        self.state, self.message, self.hint = state, message, hint


def _rotate(log: Path) -> None:
    """Keep one old log. The server goes on appending to the same, emptied file."""
    try:
        if log.stat().st_size > _MAX_LOG_BYTES:
            shutil.copyfile(log, log.with_name("log.1.txt"))
            os.truncate(log, 0)
    except OSError:
        return  # there is none yet, or no room: it is tried again
