"""Taking connections from a listening socket that other processes share."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import Any, Set

from .http import Connection
from .service import Service

_AT_ONCE = 64
_PAUSE_SECONDS = 0.2  # when this process has no descriptor left


class Listener:
    """Accepts while it is open. asyncio's own server isn't used for this, because
    closing one loses connections that it has accepted and not yet set up."""

    def __init__(self, descriptor: int, service: Service) -> None:
        self.connections: Set[Connection] = set()
        self._socket = socket.socket(fileno=os.dup(descriptor))
        self._socket.setblocking(False)
        self._service = service
        self._open = False
        self._starting: Set[Any] = set()

    def open(self) -> None:
        self._open = True
        loop = asyncio.get_running_loop()
        loop.add_reader(self._socket.fileno(), self._accept)

    def close(self) -> None:
        """Accept no more; its connections end with what they are doing."""
        if self._open:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
        self._open = False
        for connection in list(self.connections):
            connection.part()

    @property
    def in_use(self) -> bool:
        return bool(self.connections or self._starting)

    def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(_AT_ONCE):
            try:
                client, _ = self._socket.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return  # another process was faster, or the client left
            except OSError:
                loop.remove_reader(self._socket.fileno())
                loop.call_later(_PAUSE_SECONDS, self._go_on)
                return
            task = loop.create_task(self._set_up(client))
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)

    def _go_on(self) -> None:
        if self._open:
            self.open()

    async def _set_up(self, client: socket.socket) -> None:
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        loop = asyncio.get_running_loop()
        _, connection = await loop.connect_accepted_socket(
            lambda: Connection(self._service, self.connections), client
        )
        if not self._open:
            connection.part()
