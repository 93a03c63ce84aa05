"""What a served model answers to a request, whichever way the request came."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List, Optional, Set, Tuple

from .body import dumps
from .models import Model
from .problems import BadRequest

Answer = Tuple[int, bytes]
LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}
THREADS = 4


class Request:
    """One request as it arrives; `refused` is the answer if it never gets further."""

    def __init__(self) -> None:
        self.method = ""
        self.url = b""
        self.headers: Dict[str, str] = {}
        self.body = bytearray()
        self.refused: Optional[Answer] = None
        self.keep_alive = True
        self.began = time.perf_counter()

    @property
    def path(self) -> str:
        return self.url.split(b"?", 1)[0].decode("latin-1")


class Work:
    """One call of the model; it may be given up while its thread goes on."""

    def __init__(self, model: Model, body: bytes) -> None:
        self._model = model
        self._body = body
        self.running = False

    def run(self) -> bytes:
        self.running = True
        try:
            return self._model.predict(self._body)
        except SystemExit as error:  # would end the server, not only the request
            raise RuntimeError("it called exit(%s)" % error.code) from error
        finally:
            self.running = False


class Service:
    """The model, who may ask it, and the threads that it computes in."""

    def __init__(self, config: Dict[str, Any], model: Model) -> None:
        self.model = model
        self.deployment = str(config.get("deployment") or "")
        self.max_body = int(config.get("max_body_bytes") or 10 * 1024 * 1024)
        self.timeout = float(config.get("request_timeout_s") or 60)
        self._hosts = LOOPBACK | {h.lower() for h in config.get("allowed_hosts") or ()}
        self._pool = ThreadPoolExecutor(THREADS, "score")
        self._given_up: Set[Work] = set()
        self._key_hashes: List[Tuple[str, Optional[float]]] = []
        self.take_keys(config.get("key_hashes") or [])

    def take_keys(self, listed: List[Dict[str, Any]]) -> None:
        self._key_hashes = [(each["sha256"], each.get("expires")) for each in listed]

    def knows(self, authorization: str) -> bool:
        """Whether a header carries a valid key; all hashes are always compared."""
        scheme, _, key = authorization.partition(" ")
        digest = hashlib.sha256(key.strip().encode("utf-8", "replace")).hexdigest()
        known = False
        for expected, expires in self._key_hashes:
            valid = expires is None or expires > time.time()
            known |= hmac.compare_digest(digest, expected) and valid
        return known and scheme.lower() == "bearer"

    async def answer(self, request: Request) -> Answer:
        """Status and JSON body. Everything but the two probes needs a key."""
        told = request.refused or self._turned_away(request) or self._probed(request)
        if told:
            return told
        if not self.knows(request.headers.get("authorization", "")):
            told_how = "Send it as 'Authorization: Bearer KEY'"
            return 401, problem("The key is missing or wrong", told_how)
        if request.path == "/signature":
            if request.method != "GET":
                return 405, problem("Use GET", "GET /signature")
            return 200, dumps(self.model.signature())
        if request.path != "/score":
            return 404, problem("There is nothing at this path", "Send POST to /score")
        if request.method != "POST":
            return 405, problem("Use POST", "POST /score with a body of JSON")
        return await self._score(request)

    def _turned_away(self, request: Request) -> Optional[Answer]:
        """A page of another site must reach us neither by name nor from a browser."""
        host = request.headers.get("host", "")
        name = host if host.endswith("]") else host.rsplit(":", 1)[0]
        if name.lower() not in self._hosts and "*" not in self._hosts:
            told = "The host '%s' isn't served here" % host
            return 403, problem(told, "Use 127.0.0.1 or localhost")
        if "origin" in request.headers:
            told = "Requests of web pages aren't answered"
            return 403, problem(told, "Call it from a program")
        return None

    def _probed(self, request: Request) -> Optional[Answer]:
        if request.method not in ("GET", "HEAD"):
            return None
        if request.path == "/ready" and self._busy_beyond_time() >= THREADS:
            told = "All %d threads are busy with requests that took too long" % THREADS
            return 503, problem(told, "Restart the deployment; see its log")
        return (
            (200, b'{"status":"ok"}')
            if request.path in ("/healthz", "/ready")
            else None
        )

    def _busy_beyond_time(self) -> int:
        self._given_up = {work for work in self._given_up if work.running}
        return len(self._given_up)

    async def _score(self, request: Request) -> Answer:
        work = Work(self.model, bytes(request.body))
        loop = asyncio.get_running_loop()
        try:
            answer = loop.run_in_executor(self._pool, work.run)
            return 200, await asyncio.wait_for(answer, self.timeout)
        except BadRequest as error:
            return 400, problem(error.message, error.hint)
        except asyncio.TimeoutError:
            self._given_up.add(work)
            told = "The model took longer than %g seconds" % self.timeout
            return 408, problem(told, "Send fewer rows, or raise the timeout")
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            told = "The model raised %s: %s" % (type(error).__name__, _short(error))
            return 500, problem(told, "See the deployment's log for the whole story")


def problem(message: str, hint: str) -> bytes:
    return dumps({"error": {"message": message, "hint": hint}})


def _short(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return text[0][:300] if text else ""
