"""A debugger's side of the Debug Adapter Protocol, just enough for a breakpoint."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from typing import Any

SECONDS = 40.0


class DebugClient:
    """Every wait ends: after `SECONDS` in all, an error is raised."""

    def __init__(self, address: str) -> None:
        host, port = address.split(":")
        self._end = time.monotonic() + SECONDS
        self._socket = socket.create_connection((host, int(port)), timeout=SECONDS)
        self._file = self._socket.makefile("rb")
        self._seq = 0
        self._seen: list[dict[str, Any]] = []

    def __enter__(self) -> DebugClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._socket.close()

    def attach(self, script: Path, line: int) -> None:
        """Attach, set a breakpoint and let the program begin."""
        self.ask("initialize", adapterID="debugpy", pathFormat="path")
        attach = self.send("attach", justMyCode=False)
        self.event("initialized")
        source, points = {"path": str(script)}, [{"line": line}]
        set_ = self.ask("setBreakpoints", source=source, breakpoints=points)
        assert set_["breakpoints"][0]["verified"]
        self.ask("configurationDone")
        self.answer(attach)

    def stopped(self) -> dict[str, Any]:
        """Wait for the breakpoint; the topmost frame."""
        thread = self.event("stopped")["threadId"]
        return self.ask("stackTrace", threadId=thread)["stackFrames"][0]

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        return self.answer(self.send(command, **arguments))

    def send(self, command: str, **arguments: Any) -> int:
        self._seq += 1
        body = {"type": "request", "seq": self._seq, "command": command}
        text = json.dumps({**body, "arguments": arguments}).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(text), text))
        return self._seq

    def answer(self, seq: int) -> dict[str, Any]:
        found = self._await(lambda m: m.get("request_seq") == seq)
        assert found["success"], found
        return found.get("body") or {}

    def event(self, name: str) -> dict[str, Any]:
        found = self._await(lambda m: m.get("event") == name)
        return found.get("body") or {}

    def _await(self, wanted: Any) -> dict[str, Any]:
        while True:
            for message in self._seen:
                if wanted(message):
                    self._seen.remove(message)
                    return message
            assert time.monotonic() < self._end, f"not answered: {self._seen}"
            self._seen.append(self._read())

    def _read(self) -> dict[str, Any]:
        length = 0
        while line := self._file.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert length, "the debugger hung up"
        found: dict[str, Any] = json.loads(self._file.read(length))
        return found
