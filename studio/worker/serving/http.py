"""HTTP/1.1 for one model: parsing by httptools, every path but the probes needs a
key, only callers of this computer are answered."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import sys
import time
import uuid
from collections import deque
from concurrent.futures import Executor
from typing import Any, Deque, Dict, List, Optional, Tuple

import httptools

from .body import dumps
from .models import Model
from .problems import BadRequest

LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}
_HEADER_SECONDS = 10.0
_IDLE_SECONDS = 75.0
_MAX_HEADER_BYTES = 32 * 1024
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


class Service:
    """What all connections share."""

    def __init__(self, config: Dict[str, Any], model: Model, pool: Executor) -> None:
        self.model = model
        self.pool = pool
        self.deployment = str(config.get("deployment") or "")
        self.max_body = int(config.get("max_body_bytes") or 10 * 1024 * 1024)
        self.timeout = float(config.get("request_timeout_s") or 60)
        self.hosts = LOOPBACK | set(config.get("allowed_hosts") or ())
        self.key_hashes: List[Tuple[str, Optional[float]]] = []
        self.take_keys(config.get("key_hashes") or [])
        self.connections: "set[Connection]" = set()

    def take_keys(self, listed: List[Dict[str, Any]]) -> None:
        self.key_hashes = [(each["sha256"], each.get("expires")) for each in listed]

    def knows(self, authorization: str) -> bool:
        """Whether a header carries a valid key; all hashes are always compared."""
        scheme, _, key = authorization.partition(" ")
        digest = hashlib.sha256(key.strip().encode("utf-8", "replace")).hexdigest()
        known = False
        for expected, expires in self.key_hashes:
            valid = expires is None or expires > time.time()
            known |= hmac.compare_digest(digest, expected) and valid
        return known and scheme.lower() == "bearer"


class Request:
    def __init__(self) -> None:
        self.method = ""
        self.url = b""
        self.headers: Dict[str, str] = {}
        self.body = bytearray()
        self.refused = 0
        self.header_bytes = 0
        self.keep_alive = True
        self.began = time.perf_counter()


class Connection(asyncio.Protocol):
    """One client. Requests are answered in the order they came."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._loop = asyncio.get_running_loop()
        self._transport: Any = None
        self._parser: Any = None
        self._request = Request()
        self._waiting: Deque[Request] = deque()
        self._busy = False
        self._closing = False
        self._timer: Any = None

    @property
    def busy(self) -> bool:
        return self._busy or bool(self._waiting)

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._parser = httptools.HttpRequestParser(self)
        self._service.connections.add(self)
        self._set_timer(_HEADER_SECONDS)

    def connection_lost(self, exc: Optional[Exception]) -> None:
        self._closing = True
        self._service.connections.discard(self)
        if self._timer:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        if self._closing:
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._refuse(400, "Upgrades aren't supported", "Send plain HTTP/1.1")
        except httptools.HttpParserError:
            self._refuse(400, "This isn't a valid HTTP request", "Send HTTP/1.1")

    def drain(self) -> None:
        """Close now, or as soon as the requests at hand are answered."""
        self._closing = True
        if not self.busy and self._transport:
            self._transport.close()

    # -- called by the parser -------------------------------------------------

    def on_message_begin(self) -> None:
        self._request = Request()
        self._set_timer(_HEADER_SECONDS)

    def on_url(self, url: bytes) -> None:
        self._request.url += url
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        self._request.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        request = self._request
        request.method = self._parser.get_method().decode("latin-1")
        request.keep_alive = self._parser.should_keep_alive()
        self._set_timer(self._service.timeout)
        length = request.headers.get("content-length", "0")
        if length.isdigit() and int(length) > self._service.max_body:
            request.refused = 413
        elif request.headers.get("expect", "").lower() == "100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if request.refused:
            self._too_large()

    def on_body(self, body: bytes) -> None:
        request = self._request
        if request.refused:
            return
        request.body += body
        if len(request.body) > self._service.max_body:
            request.refused = 413
            self._too_large()

    def on_message_complete(self) -> None:
        if self._request.refused or self._closing:
            return
        if self._timer:
            self._timer.cancel()
        self._waiting.append(self._request)
        if len(self._waiting) > 16:
            self._transport.pause_reading()
        if not self._busy:
            self._busy = True
            self._loop.create_task(self._answer_waiting())

    # -- answering ------------------------------------------------------------

    async def _answer_waiting(self) -> None:
        while self._waiting:
            request = self._waiting.popleft()
            status, body = await self._answer(request)
            self._send(request, status, body)
            if not request.keep_alive or self._closing:
                self._transport.close()
                break
        self._busy = False
        if not self._closing and self._transport:
            self._transport.resume_reading()
            self._set_timer(_IDLE_SECONDS)

    async def _answer(self, request: Request) -> Tuple[int, bytes]:
        if told := self._turned_away(request):
            return told
        path = request.url.split(b"?", 1)[0].decode("latin-1")
        if path in ("/healthz", "/ready") and request.method in ("GET", "HEAD"):
            return 200, b'{"status":"ok"}'
        if not self._service.knows(request.headers.get("authorization", "")):
            return 401, problem(
                "The key is missing or wrong",
                "Send it as 'Authorization: Bearer KEY'",
            )
        if path == "/signature":
            if request.method != "GET":
                return 405, problem("Use GET", "GET /signature")
            return 200, dumps(self._service.model.signature())
        if path != "/score":
            return 404, problem("There is nothing at this path", "Send POST to /score")
        if request.method != "POST":
            return 405, problem("Use POST", "POST /score with a body of JSON")
        return await self._score(request)

    def _turned_away(self, request: Request) -> Optional[Tuple[int, bytes]]:
        """A page of another site must reach us neither by name nor from a browser."""
        host = request.headers.get("host", "")
        name = host if host.endswith("]") else host.rsplit(":", 1)[0]
        if name.lower() not in self._service.hosts:
            return 403, problem(
                "The host '%s' isn't served here" % host, "Use 127.0.0.1 or localhost"
            )
        if "origin" in request.headers:
            return 403, problem(
                "Requests of web pages aren't answered", "Call it from a program"
            )
        return None

    async def _score(self, request: Request) -> Tuple[int, bytes]:
        work = self._loop.run_in_executor(
            self._service.pool, self._service.model.predict, bytes(request.body)
        )
        try:
            return 200, await asyncio.wait_for(work, self._service.timeout)
        except BadRequest as error:
            return 400, problem(error.message, error.hint)
        except asyncio.TimeoutError:
            return 408, problem(
                "The model took longer than %g seconds" % self._service.timeout,
                "Send fewer rows, or raise the timeout",
            )
        except Exception as error:
            import traceback

            traceback.print_exc()
            return 500, problem(
                "The model raised %s: %s" % (type(error).__name__, _short(error)),
                "See the deployment's log for the whole story",
            )

    def _send(self, request: Request, status: int, body: bytes) -> None:
        seconds = time.perf_counter() - request.began
        name = request.headers.get("x-request-id", "")[:128] or str(uuid.uuid4())
        name = "".join(c for c in name if c.isprintable())
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(
                _head(status, len(body), name, self._service.deployment, request)
                + (b"" if request.method == "HEAD" else body)
            )
        if request.url not in (b"/healthz", b"/ready"):
            path = request.url.decode("latin-1")[:200]
            line = "%s %s %s %d %.1f ms %s" % (
                time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                request.method,
                path,
                status,
                seconds * 1000,
                name,
            )
            print(line, file=sys.stderr, flush=True)

    # -- refusing -------------------------------------------------------------

    def _count(self, size: int) -> None:
        self._request.header_bytes += size
        if self._request.header_bytes > _MAX_HEADER_BYTES:
            self._request.refused = 431
            self._refuse(431, "The headers are too large", "Send fewer headers")

    def _too_large(self) -> None:
        limit = self._service.max_body
        told = "The body is larger than %d bytes" % limit
        self._refuse(413, told, "Send fewer rows in one request")

    def _refuse(self, status: int, message: str, hint: str) -> None:
        if self._closing:
            return
        self._closing = True
        self._request.keep_alive = False
        self._send(self._request, status, problem(message, hint))
        self._transport.close()

    def _set_timer(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self._timed_out)

    def _timed_out(self) -> None:
        if not self.busy and self._transport:
            self._transport.close()


def problem(message: str, hint: str) -> bytes:
    return dumps({"error": {"message": message, "hint": hint}})


def _head(
    status: int, length: int, request_id: str, deployment: str, request: Request
) -> bytes:
    connection = "keep-alive" if request.keep_alive else "close"
    return (
        "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
        "x-request-id: %s\r\nazureml-model-deployment: %s\r\nConnection: %s\r\n\r\n"
        % (status, _REASONS[status], length, request_id, deployment, connection)
    ).encode("latin-1", "replace")


def _short(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return text[0][:300] if text else ""
