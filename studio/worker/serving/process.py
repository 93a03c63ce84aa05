"""The server's process: loads the model, listens, obeys the lines on its stdin."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
import traceback
from typing import Any, Dict, Iterator, List

from .. import kernel  # noqa: TID252  the package has another name when run
from .problems import explain

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
    kernel.die_with_parent(os.getppid())
    kernel.prefer_for_out_of_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    commands = _take_stdin()
    config = json.loads(_first_line(commands))
    for descriptor in (config["deployment_fd"], config.get("endpoint_fd")):
        if descriptor is not None:  # what the model's code starts must not listen
            os.set_inheritable(descriptor, False)
    os.environ.update(config.get("env") or {})
    try:
        from .models import load

        model = load(config, reporter.phase)
        with reporter.phase("warm_up"):
            model.warm_up()
        from .listener import Listener  # noqa: F401
        from .service import Service
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
    service = Service(config, model)
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
        self._ending = asyncio.Event() if sys.version_info >= (3, 10) else None
        self._pending = b""
        self._endpoint: Any = None

    async def run(self) -> None:
        if self._ending is None:
            self._ending = asyncio.Event()
        from .listener import Listener

        loop = asyncio.get_running_loop()
        own = Listener(self._config["deployment_fd"], self._service)
        own.open()
        if self._config.get("endpoint_fd") is not None:
            self._endpoint = Listener(self._config["endpoint_fd"], self._service)
        os.set_blocking(self._commands.fileno(), False)
        loop.add_reader(self._commands.fileno(), self._read_commands)
        loop.add_signal_handler(signal.SIGTERM, self._ending.set)
        self._reporter.tell(event="ready", pid=os.getpid())
        await self._ending.wait()
        await self._drain([own, self._endpoint] if self._endpoint else [own])

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
            self._accept_endpoint(bool(command.get("on")))
        elif command.get("op") == "quit":
            self._end()

    def _accept_endpoint(self, on: bool) -> None:
        if self._endpoint is None:
            return
        if on:
            self._endpoint.open()
        else:
            self._endpoint.close()

    def _end(self) -> None:
        assert self._ending is not None
        self._ending.set()

    async def _drain(self, listeners: List[Any]) -> None:
        """Let the requests at hand be answered, for a while."""
        deadline = time.monotonic() + _DRAIN_SECONDS
        for listener in listeners:
            listener.close()
        while time.monotonic() < deadline:
            if not any(listener.in_use for listener in listeners):
                return
            await asyncio.sleep(0.02)


def _take_stdin() -> Any:
    """The supervisor's lines, on a descriptor that the model's code doesn't read."""
    commands = os.fdopen(os.dup(0), "rb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return commands


def _first_line(stream: Any) -> bytes:
    """One line, byte by byte: what follows belongs to the event loop."""
    line = b""
    while not line.endswith(b"\n"):
        byte = stream.read(1)
        if not byte:
            break
        line += byte
    return line
