"""One server process of a deployment: started, probed, told, ended."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SERVER = Path(__file__).resolve().parent.parent / "worker" / "serve.py"
_PRIVATE = (
    "STUDIO_",
    "DBUS_",
    "XDG_RUNTIME_DIR",
    "PYTHON_KEYRING_",
    "KEYRING_",
    "GNOME_KEYRING_",
    "SSH_AUTH_SOCK",
    "GPG_AGENT_INFO",
)

_TO_PACKAGES = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_", "UV_", "PIP_")


class Replica:
    """A running server. Threads read what it says and probe whether it answers."""

    def __init__(
        self, config: Mapping[str, Any], spec: Mapping[str, Any], log: Path, port: int
    ) -> None:
        self.generation = int(spec.get("generation", 0))
        self.port = port
        self.phases: list[dict[str, Any]] = []
        self.failure: dict[str, str] | None = None
        self.ready = False
        self.announced = False
        self.failed_probes = 0
        self.stuck = False  # alive, and unable to take requests
        self.started = time.monotonic()
        self._probe = dict(spec.get("probe") or {})
        self._closing = False
        descriptors = [config["deployment_fd"], config["endpoint_fd"]]
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [str(spec["python"]), "-u", str(SERVER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                pass_fds=[fd for fd in descriptors if fd is not None],
                env=_environment(spec.get("env") or {}, bool(spec.get("own_packages"))),
                cwd=log.parent,
                start_new_session=True,
            )
        self.send(config)
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._keep_probing, daemon=True).start()

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def how_it_ended(self) -> str:
        code = self.process.returncode
        if code is not None and code < 0:
            return f"was ended by signal {-code} ({signal.Signals(-code).name})"
        return f"ended with exit code {code}"

    def send(self, message: Mapping[str, Any]) -> None:
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError, ValueError):
            self.process.stdin.write(json.dumps(message).encode() + b"\n")
            self.process.stdin.flush()

    def quit(self) -> None:
        """Ask it to finish what it is doing and end."""
        self._closing = True
        self.send({"op": "quit"})

    def kill(self) -> None:
        """End it, and everything it has started, at once."""
        self._closing = True
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Let go of an ended process."""
        self._closing = True
        if self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
        self.kill()
        self.process.wait()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if said.get("event") == "phase":
                phase = {"name": said.get("name"), "seconds": said.get("seconds", 0)}
                self.phases = [*self.phases, phase]
            elif said.get("event") == "ready":
                self.announced = True
            elif said.get("event") == "failed":
                self.failure = {
                    "message": str(said.get("message") or "The model can't be loaded"),
                    "hint": str(said.get("hint") or "See the deployment's log"),
                }

    def _keep_probing(self) -> None:
        period = float(self._probe.get("period_s", 1))
        timeout = float(self._probe.get("timeout_s", 2))
        while not self._closing and not self.ended:
            if not self.announced:  # the one it replaces may answer on this port
                time.sleep(0.02)
                continue
            status = _get(self.port, "/ready", timeout)
            if status == 200:
                self.ready, self.failed_probes, self.stuck = True, 0, False
            elif self.ready:  # any answer shows that it is alive
                self.stuck = status is not None
                self.failed_probes = 0 if self.stuck else self.failed_probes + 1
            # before it is ready we ask often, so that a fast start is seen as one
            time.sleep(period if self.ready else 0.02)


def _get(port: int, path: str, timeout: float) -> int | None:
    """The status that a GET is answered with; None if there is no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _environment(own: Mapping[str, str], own_packages: bool) -> dict[str, str]:
    """Nothing of the desktop session, where the keyring is reached, goes along; nor
    does what leads to other packages than the environment's."""
    hidden = (*_PRIVATE, *_TO_PACKAGES) if own_packages else _PRIVATE
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(hidden)}
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "1"}
    return {**inherited, **quiet, "PYTHONUNBUFFERED": "1", **own}
