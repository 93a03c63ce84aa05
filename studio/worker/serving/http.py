"""HTTP/1.1: one client's connection, its limits and its end."""

from __future__ import annotations

import asyncio
import sys
import time
import uuid
from collections import deque
from typing import Any, Deque, Optional, Set

from .service import Answer, Request, Service, problem

try:
    import httptools
except ImportError:  # an environment of its own may lack it; ours is slower
    from . import parsing as httptools  # type: ignore[no-redef]

_HEADER_SECONDS = 10.0
_IDLE_SECONDS = 75.0
_PARTING_SECONDS = 1.0
_LINGER_SECONDS = 2.0
_MAX_HEADER_BYTES = 32 * 1024
_MAX_WAITING = 16
_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    413: "Content Too Large",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Connection(asyncio.Protocol):
    """One client. Requests are answered in the order they came."""

    def __init__(self, service: Service, group: "Set[Connection]") -> None:
        self._service = service
        self._group = group
        self._loop = asyncio.get_running_loop()
        self._transport: Any = None
        self._parser: Any = None
        self._request = Request()
        self._waiting: Deque[Request] = deque()
        self._head_bytes = 0
        self._in_head = True
        self._in_body = False
        self._answering = False
        self._deaf = False  # nothing more is read
        self._parting = False  # the next answer is the last
        self._timer: Any = None

    # -- the connection -------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._parser = httptools.HttpRequestParser(self)
        self._group.add(self)
        self._set_timer(_HEADER_SECONDS)

    def connection_lost(self, exc: Optional[Exception]) -> None:
        self._deaf = True
        self._group.discard(self)
        if self._timer:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        if self._in_head:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._refuse(400, "Upgrades aren't supported", "Send plain HTTP/1.1")
        except httptools.HttpParserError:
            self._refuse(400, "This isn't a valid HTTP request", "Send HTTP/1.1")
        if self._in_head and self._head_bytes > _MAX_HEADER_BYTES + len(data):
            self._refuse(431, "The headers are too large", "Send fewer headers")

    def eof_received(self) -> bool:
        """A client that sends no more may still read what it asked for."""
        self._deaf = self._parting = True
        return self._answering or bool(self._waiting)

    def part(self) -> None:
        """End after the requests at hand, or after one that is on its way already."""
        self._parting = True
        self._loop.call_later(_PARTING_SECONDS, self._close_if_idle)

    def _close_if_idle(self) -> None:
        reading = self._in_body or self._head_bytes
        if not (self._answering or reading):
            self._transport.close()

    def _set_timer(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self._timed_out)

    def _timed_out(self) -> None:
        if not self._answering:
            self._transport.close()

    # -- called by the parser -------------------------------------------------

    def on_message_begin(self) -> None:
        self._request = Request()
        if not self._answering:
            self._set_timer(_HEADER_SECONDS)

    def on_url(self, url: bytes) -> None:
        self._request.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._request.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        request = self._request
        self._in_head, self._in_body, self._head_bytes = False, True, 0
        request.method = self._parser.get_method().decode("latin-1")
        request.keep_alive = self._parser.should_keep_alive()
        if _size(request) > _MAX_HEADER_BYTES:
            self._refuse(431, "The headers are too large", "Send fewer headers")
        elif int(request.headers.get("content-length", "0")) > self._service.max_body:
            self._refuse_body()
        elif request.headers.get("expect", "").lower() == "100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if not self._answering:
            self._set_timer(self._service.timeout)

    def on_body(self, body: bytes) -> None:
        if self._deaf:
            return
        self._request.body += body
        if len(self._request.body) > self._service.max_body:
            self._refuse_body()

    def on_message_complete(self) -> None:
        self._in_head, self._in_body = True, False
        if not self._deaf and not self._parser.should_upgrade():
            self._enqueue(self._request)

    # -- answering ------------------------------------------------------------

    def _refuse_body(self) -> None:
        told = "The body is larger than %d bytes" % self._service.max_body
        self._refuse(413, told, "Send fewer rows in one request")

    def _refuse(self, status: int, message: str, hint: str) -> None:
        """Read no more; say why, after what came before is answered."""
        if self._deaf:
            return
        self._deaf = True
        self._request.refused = status, problem(message, hint)
        self._request.keep_alive = False
        self._enqueue(self._request)

    def _enqueue(self, request: Request) -> None:
        self._waiting.append(request)
        if len(self._waiting) > _MAX_WAITING:
            self._transport.pause_reading()
        if not self._answering:
            self._answering = True
            self._loop.create_task(self._answer_waiting())

    async def _answer_waiting(self) -> None:
        keep_alive = True
        while self._waiting and keep_alive:
            request = self._waiting.popleft()
            answer = await self._service.answer(request)
            keep_alive = request.keep_alive and not (
                self._parting and not self._waiting
            )
            self._send(request, answer, keep_alive)
        self._answering = False
        if not keep_alive:
            self._say_goodbye()
        elif not self._transport.is_closing():
            self._transport.resume_reading()
            self._set_timer(_HEADER_SECONDS if self._head_bytes else _IDLE_SECONDS)

    def _send(self, request: Request, answer: Answer, keep_alive: bool) -> None:
        status, body = answer
        name = request.headers.get("x-request-id", "")[:128] or str(uuid.uuid4())
        name = "".join(c for c in name if c.isprintable())
        if not self._transport.is_closing():
            head = _head(status, len(body), name, self._service.deployment, keep_alive)
            self._transport.write(head + (b"" if request.method == "HEAD" else body))
        if request.path not in ("/healthz", "/ready"):
            _log(request, status, name)

    def _say_goodbye(self) -> None:
        """Close so that the answer arrives: closing with unread data would reset it."""
        self._deaf = True
        if self._transport.is_closing():
            return
        self._transport.write_eof()
        self._transport.resume_reading()
        self._set_timer(_LINGER_SECONDS)


def _size(request: Request) -> int:
    headers = request.headers.items()
    return len(request.url) + sum(len(name) + len(value) for name, value in headers)


def _head(
    status: int, length: int, request_id: str, deployment: str, keep_alive: bool
) -> bytes:
    connection = "keep-alive" if keep_alive else "close"
    return (
        "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
        "x-request-id: %s\r\nazureml-model-deployment: %s\r\nConnection: %s\r\n\r\n"
        % (status, _REASONS[status], length, request_id, deployment, connection)
    ).encode("latin-1", "replace")


def _log(request: Request, status: int, name: str) -> None:
    line = "%s %s %s %d %.1f ms %s" % (
        time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        request.method or "-",
        request.url.decode("latin-1")[:200] or "-",
        status,
        (time.perf_counter() - request.began) * 1000,
        name,
    )
    print(line, file=sys.stderr, flush=True)
