"""Listening sockets on this computer only, and who else holds a port."""

from __future__ import annotations

import contextlib
import json
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"
_BACKLOG = 512
_TURNED_AWAY_AT_ONCE = 8


class PortTakenError(Exception):
    """The port is used by another process; `message` and `hint` are for people."""

    def __init__(self, port: int) -> None:
        who = port_holder(port)
        super().__init__(f"Port {port} is already used by {who}")
        self.message = str(self)
        self.hint = "Stop that program, or deploy with another port"


def listen(port: int = 0) -> socket.socket:
    """A listening socket on the loopback address, to be handed to replicas."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        raise PortTakenError(port) from error
    listener.listen(_BACKLOG)
    listener.setblocking(False)
    return listener


def turn_away(listener: socket.socket, message: str) -> None:
    """Answer 503 to whoever waits at a socket that nobody serves."""
    body = json.dumps({"error": {"message": message, "hint": "See its log"}}).encode()
    head = (
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    for _ in range(_TURNED_AWAY_AT_ONCE):
        try:
            caller, _address = listener.accept()
        except OSError:  # nobody waits
            return
        with caller, contextlib.suppress(OSError):
            caller.settimeout(0.1)
            caller.recv(65536)  # unread, it would make the system drop our answer
            caller.sendall(head.encode() + body)
            caller.shutdown(socket.SHUT_WR)


def port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def port_holder(port: int) -> str:
    """ "nginx (pid 812)" as far as the system lets us see it."""
    inodes = _listening_inodes(port)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            links = {str(entry.readlink()) for entry in (folder / "fd").iterdir()}
        except OSError:
            continue
        if links & inodes:
            name = (folder / "comm").read_text().strip()
            return f"{name} (pid {folder.name})"
    return "another program"


def _listening_inodes(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                found.add(f"socket:[{fields[9]}]")
    return found
