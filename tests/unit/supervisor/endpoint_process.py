"""A real supervisor over a folder, and a client of its endpoint."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

KEY = "a-key-of-the-tests"
PATIENCE = 30.0
SCRIPT = """
import json, os, sys, time
def init():
    if os.environ.get("CRASH"): os._exit(5)
    time.sleep(float(os.environ.get("SLOW", 0)))
def run(raw_data):
    what = json.loads(raw_data)
    if what == "exit": os._exit(3)
    if what == "env": return dict(os.environ)
    if what == "loop":
        while True: pass
    if what == "flood": print("x" * 11_000_000)
    if isinstance(what, dict): time.sleep(what["sleep"])
    return [os.environ.get("VERSION", ""), os.getpid()]
"""


def wait_until(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """The first true value of `condition`, polled; fails after `seconds`."""
    tick = threading.Event()
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        tick.wait(0.01)
    return value


def is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def key_hash(key: str = KEY) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(key.encode()).hexdigest(), "expires": None}


class EndpointProcess:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.script = folder / "score.py"
        self.script.write_text(SCRIPT)
        self.wanted: dict[str, Any] = {
            "name": "churn",
            "generation": 0,
            "port": 0,
            "key_hashes": [key_hash()],
            "traffic": {"blue": 100},
            "stop": False,
            "deployments": {"blue": self.deployment()},
        }
        self.process: subprocess.Popen[bytes] | None = None

    def deployment(self, generation: int = 1, **changes: Any) -> dict[str, Any]:
        """A wished deployment; `env` is added to the environment."""
        return {
            "generation": generation,
            "kind": "script",
            "model_path": "",
            "script": str(self.script),
            "python": sys.executable,
            "env": {"VERSION": str(generation)},
            "instances": 1,
            "stopped": False,
            "probe": {"period_s": 0.1, "timeout_s": 0.5, "failure_threshold": 10},
            **changes,
        }

    def want(self, **changes: Any) -> None:
        """Write the wish as services do: whole, and the file private."""
        generation = self.wanted["generation"] + 1
        self.wanted = {**self.wanted, **changes, "generation": generation}
        draft = self.folder / "wanted.part"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(self.wanted))
        draft.replace(self.folder / "wanted.json")

    def start(self, **changes: Any) -> EndpointProcess:
        self.want(**changes)
        self.process = self.spawn()
        return self

    def spawn(self) -> subprocess.Popen[bytes]:
        with (self.folder / "supervisor.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "studio.supervisor", str(self.folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def state(self) -> dict[str, Any]:
        try:
            return dict(json.loads((self.folder / "state.json").read_text()))
        except OSError:
            return {"deployments": {}}

    def seen(self, name: str = "blue") -> dict[str, Any]:
        return dict(self.state["deployments"].get(name, {}))

    def wait_for(self, state: str, name: str = "blue", **facts: Any) -> dict[str, Any]:
        """The deployment as told once it is in that state with those facts."""
        wanted = {"state": state, **facts}

        def found() -> dict[str, Any] | None:
            told = self.seen(name)
            fits = all(told.get(key) == value for key, value in wanted.items())
            return told if fits else None

        return dict(wait_until(found))

    def spool(self) -> list[dict[str, Any]]:
        return [
            json.loads(line)
            for line in (self.folder / "spool.jsonl").read_text().splitlines()
        ]

    @property
    def port(self) -> int:
        return int(self.state["port"])

    def score(self, body: Any = None, key: str = KEY, port: int = 0) -> tuple[int, Any]:
        """Status and JSON of the answer; OSError if there is none."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", port or self.port, timeout=PATIENCE
        )
        try:
            headers = {"Authorization": f"Bearer {key}"}
            connection.request("POST", "/score", json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def version(self) -> str:
        status, answer = self.score()
        assert status == 200, answer
        return str(answer[0])

    def close(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(PATIENCE)


def children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(word) for word in path.read_text().split()] if path.exists() else []


class Callers:
    """Clients that call without a pause; every answer and failure is kept."""

    def __init__(self, endpoint: EndpointProcess, count: int = 3) -> None:
        self._endpoint = endpoint
        self._port = endpoint.port
        self._stop = threading.Event()
        self.versions: list[str] = []
        self.failures: list[str] = []
        self._threads = [threading.Thread(target=self._call) for _ in range(count)]

    def _call(self) -> None:
        while not self._stop.is_set():
            try:
                status, answer = self._endpoint.score(port=self._port)
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(repr(error))
                continue
            if status == 200:
                self.versions.append(answer[0])
            else:
                self.failures.append(str(answer))

    def __enter__(self) -> Callers:
        for thread in self._threads:
            thread.start()
        wait_until(lambda: len(self.versions) > 10)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE)


def listening_addresses(pids: list[int]) -> set[str]:
    """Local addresses, in the kernel's notation, that processes listen on."""
    sockets = {
        os.readlink(entry)  # noqa: PTH115
        for pid in pids
        for entry in Path(f"/proc/{pid}/fd").iterdir()
        if entry.is_symlink()
    }
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    return {r[1] for r in rows if r[3] == "0A" and f"socket:[{r[9]}]" in sockets}
