"""JSON, one object a line, over file descriptors."""

from __future__ import annotations

import json
import os
from typing import Any, Dict, List, Optional

CHUNK = 1 << 16


class LineReader:
    """Cuts what arrives on a file descriptor into lines."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._rest = b""

    def read(self) -> Optional[List[bytes]]:
        """The lines completed by one read, which may block; None at the end."""
        chunk = os.read(self.fd, CHUNK)
        if not chunk:
            return None
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        return [line for line in lines if line.strip()]

    def wait_for_only_line(self) -> Optional[bytes]:
        """Block until a line that nothing follows; None if the end comes first."""
        line = b""
        while not line.endswith(b"\n"):
            chunk = os.read(self.fd, CHUNK)
            if not chunk:
                return None
            line += chunk
        return line

    def wait_for_line(self) -> Optional[bytes]:
        """Block until the first line; what follows it stays in the pipe."""
        line = bytearray()
        while not line.endswith(b"\n"):
            byte = os.read(self.fd, 1)
            if not byte:
                return None
            line += byte
        return bytes(line)


def write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def write_line(fd: int, value: Dict[str, Any]) -> None:
    write_all(fd, json.dumps(value).encode() + b"\n")
