"""The server's process: loads the model, listens, obeys the lines on its stdin."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, Iterator, Optional

from .problems import explain

_THREADS = 4
_DRAIN_SECONDS = 8.0


class Reporter:
    """JSON lines to the supervisor, on a descriptor that prints can't reach."""

    def __init__(self) -> None:
        sys.stdout.flush()
        self._stream = os.fdopen(os.dup(1), "w", buffering=1)
        os.dup2(2, 1)

    def tell(self, **event: Any) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(json.dumps(event) + "\n")
            self._stream.flush()

    @contextlib.contextmanager
    def phase(self, name: str) -> Iterator[None]:
        self.current = name
        began = time.perf_counter()
        yield
        self.tell(
            event="phase", name=name, seconds=round(time.perf_counter() - began, 4)
        )

    current = "start"


def main() -> int:
    reporter = Reporter()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    commands = os.fdopen(os.dup(0), "rb", buffering=0)
    config = json.loads(_first_line(commands))
    os.environ.update(config.get("env") or {})
    try:
        from .models import load

        model = load(config, reporter.phase)
        with reporter.phase("warm_up"):
            model.warm_up()
        from .http import Service
    except BaseException as error:
        traceback.print_exc()
        told = explain(error)
        reporter.tell(
            event="failed",
            phase=reporter.current,
            message=told.message,
            hint=told.hint,
        )
        return 1
    with ThreadPoolExecutor(_THREADS, "score") as pool:
        service = Service(config, model, pool)
        asyncio.run(_Server(config, service, reporter, commands).run())
        sys.stderr.flush()
        os._exit(0)  # a scoring thread that never ends must not keep us


class _Server:
    def __init__(
        self, config: Dict[str, Any], service: Any, reporter: Reporter, commands: Any
    ) -> None:
        self._config = config
        self._service = service
        self._reporter = reporter
        self._commands = commands
        self._endpoint: Optional[asyncio.AbstractServer] = None
        self._ending = asyncio.Event() if sys.version_info >= (3, 10) else None
        self._pending = b""
        self._change: Any = None

    async def run(self) -> None:
        if self._ending is None:
            self._ending = asyncio.Event()
        loop = asyncio.get_running_loop()
        own = await self._listen(self._config["deployment_fd"])
        os.set_blocking(self._commands.fileno(), False)
        loop.add_reader(self._commands.fileno(), self._read_commands)
        loop.add_signal_handler(signal.SIGTERM, self._ending.set)
        self._reporter.tell(event="ready", pid=os.getpid())
        await self._ending.wait()
        for server in (own, self._endpoint):
            if server is not None:
                server.close()
        await self._drain()

    async def _listen(self, descriptor: int) -> asyncio.AbstractServer:
        from .http import Connection

        loop = asyncio.get_running_loop()
        # a duplicate: closing the server must not close the socket that others share
        listener = socket.socket(fileno=os.dup(descriptor))
        return await loop.create_server(
            lambda: Connection(self._service), sock=listener, backlog=512
        )

    def _read_commands(self) -> None:
        try:
            data = self._commands.read(65536)
        except BlockingIOError:
            return
        if not data:  # the supervisor is gone
            asyncio.get_running_loop().remove_reader(self._commands.fileno())
            self._end()
            return
        *lines, self._pending = (self._pending + data).split(b"\n")
        for line in lines:
            with contextlib.suppress(ValueError):
                self._obey(json.loads(line))

    def _obey(self, command: Dict[str, Any]) -> None:
        if command.get("op") == "keys":
            self._service.take_keys(command.get("key_hashes") or [])
        elif command.get("op") == "endpoint":
            change = self._accept_endpoint(bool(command.get("on")))
            self._change = asyncio.get_running_loop().create_task(change)
        elif command.get("op") == "quit":
            self._end()

    async def _accept_endpoint(self, on: bool) -> None:
        descriptor = self._config.get("endpoint_fd")
        if on and self._endpoint is None and descriptor is not None:
            self._endpoint = await self._listen(descriptor)
        elif not on and self._endpoint is not None:
            server, self._endpoint = self._endpoint, None
            server.close()

    def _end(self) -> None:
        assert self._ending is not None
        self._ending.set()

    async def _drain(self) -> None:
        """Let the requests at hand be answered, for a while."""
        deadline = time.monotonic() + _DRAIN_SECONDS
        while time.monotonic() < deadline:
            for connection in list(self._service.connections):
                connection.drain()
            if not self._service.connections:
                return
            await asyncio.sleep(0.02)


def _first_line(stream: Any) -> bytes:
    """One line, byte by byte: what follows belongs to the event loop."""
    line = b""
    while not line.endswith(b"\n"):
        byte = stream.read(1)
        if not byte:
            break
        line += byte
    return line
