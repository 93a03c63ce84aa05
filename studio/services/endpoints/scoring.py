"""A scoring request over plain HTTP on this computer."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any
from urllib.parse import urlsplit

from studio.domain import ways
from studio.domain.endpoint import Deployment, Endpoint, ScoringAnswer
from studio.domain.errors import UnavailableError

_TYPICAL: dict[str, Any] = {
    "boolean": True,
    "integer": 1,
    "long": 1,
    "float": 1.0,
    "double": 1.0,
    "string": "text",
    "datetime": "2026-01-01T00:00:00",
}


def send(uri: str, body: bytes, key: str, timeout_seconds: float) -> ScoringAnswer:
    """POST a body of JSON; the answer with its status and seconds."""
    parts = urlsplit(uri)
    connection = http.client.HTTPConnection(
        parts.hostname or "127.0.0.1", parts.port, timeout=timeout_seconds
    )
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    began = time.perf_counter()
    try:
        connection.request("POST", parts.path, body, headers)
        answer = connection.getresponse()
        data = answer.read()
    except TimeoutError as error:
        raise UnavailableError(
            f"{uri} didn't answer within {timeout_seconds:g} seconds",
            hint="See the deployment's log",
        ) from error
    except (OSError, http.client.HTTPException) as error:
        raise UnavailableError(
            f"{uri} can't be reached: {error}", "See whether the endpoint is running"
        ) from error
    finally:
        connection.close()
    seconds = time.perf_counter() - began
    return ScoringAnswer(answer.status, data, seconds, dict(answer.getheaders()))


def sample_request(signature: dict[str, Any]) -> bytes | None:
    """{"input_data": {"columns", "data"}} from a model's example or signature."""
    example = signature.get("example")
    if isinstance(example, dict) and {"columns", "data"} <= set(example):
        table = {"columns": example["columns"], "data": example["data"][:2]}
        return json.dumps({"input_data": table}, indent=2).encode()
    columns = signature.get("inputs") or []
    if not columns:
        return None
    names = [column["name"] for column in columns]
    row = [_TYPICAL.get(column["type"], 0) for column in columns]
    body = {"input_data": {"columns": names, "data": [row]}}
    return json.dumps(body, indent=2).encode()


def not_serving(endpoint: Endpoint, found: Deployment | None) -> UnavailableError:
    """Why nobody answers there, in the server's own words if it left any."""
    state = found.state.value if found else endpoint.state
    why = (found.message if found else "") or endpoint.message
    hint = (found.hint if found else "") or endpoint.hint
    return UnavailableError(
        f"Endpoint '{endpoint.name}' isn't serving ({state})"
        + (f": {why}" if why else ""),
        hint=hint or _way_out(endpoint.name, state),
    )


def _way_out(name: str, state: str) -> str:
    if state == "STARTING":
        return ways.WAIT_TO_SERVE(name)
    if state == "STOPPING":
        return ways.START_THEN(name)
    return ways.START(name)
