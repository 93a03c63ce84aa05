"""A real server of one model, started as the supervisor starts it."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import queue
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from worker_steps import PATIENCE, WORKER

KEY = "a-key-of-the-tests"


def key_hash(key: str = KEY, expires: float | None = None) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(key.encode()).hexdigest(), "expires": expires}


def listening() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    return listener


class Answer:
    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> str:
        """The message and the hint of a refusal."""
        told = self.json["error"]
        return f"{told['message']} | {told['hint']}"


class Server:
    """`events` holds what it has said; `log` is its stderr; of `packages` it imports
    first."""

    def __init__(
        self,
        log: Path,
        endpoint: socket.socket | None = None,
        packages: Path | None = None,
        **config: Any,
    ) -> None:
        self.own = listening()
        self.endpoint = endpoint or listening()
        self.log = log
        self.events: list[dict[str, Any]] = []
        self._arrived: queue.Queue[dict[str, Any] | None] = queue.Queue()
        fds = [self.own.fileno(), self.endpoint.fileno()]
        with log.open("ab") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-u", str(WORKER / "serve.py")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                pass_fds=fds,
                bufsize=0,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": str(packages)} if packages else None,
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        first = {"endpoint": "churn", "deployment": "blue", "key_hashes": [key_hash()]}
        self.send({**first, "deployment_fd": fds[0], "endpoint_fd": fds[1], **config})

    @property
    def port(self) -> int:
        return int(self.own.getsockname()[1])

    @property
    def endpoint_port(self) -> int:
        return int(self.endpoint.getsockname()[1])

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._arrived.put(json.loads(line))
        self._arrived.put(None)

    def send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(message).encode() + b"\n")

    def wait_for(self, kind: str) -> dict[str, Any]:
        while not self.events or self.events[-1]["event"] != kind:
            event = self._arrived.get(timeout=PATIENCE)
            assert event is not None, self.log.read_text()
            self.events.append(event)
        return self.events[-1]

    def ready(self) -> Server:
        self.wait_for("ready")
        return self

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        key: str | None = KEY,
        port: int = 0,
    ) -> Answer:
        connection = http.client.HTTPConnection(
            "127.0.0.1", port or self.port, timeout=PATIENCE
        )
        sent = {"Authorization": f"Bearer {key}"} if key else {}
        data = body if isinstance(body, bytes) or body is None else json.dumps(body)
        try:
            connection.request(method, path, data, {**sent, **(headers or {})})
            answer = connection.getresponse()
            return Answer(
                answer.status,
                {name.lower(): value for name, value in answer.getheaders()},
                answer.read(),
            )
        finally:
            connection.close()

    def score(self, body: Any, **more: Any) -> Answer:
        return self.request("POST", "/score", body, **more)

    def raw(self, data: bytes, port: int = 0) -> bytes:
        """All that is answered to bytes sent as they are, until the other end."""
        with socket.create_connection(("127.0.0.1", port or self.port)) as client:
            client.settimeout(PATIENCE)
            client.sendall(data)
            return read_all(client)

    def close(self) -> None:
        if self.process.poll() is None:
            assert self.process.stdin
            self.process.stdin.close()
            self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        for stream in (self.process.stdin, self.process.stdout, self.own):
            assert stream
            stream.close()
        self.endpoint.close()


def read_all(client: socket.socket) -> bytes:
    answered = b""
    while chunk := client.recv(65536):
        answered += chunk
    return answered
