"""Asks the program that solves and installs conda packages, and hears its progress."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Mapping
from typing import Any

from studio.domain.errors import StudioError
from studio.environments.conda_words import failure
from studio.environments.package_indexes import PackageIndexes
from studio.environments.tool import Progress, Report, run_tool

_PROGRAM = "studio.environments.conda_program"


def ask_conda(
    request: Mapping[str, Any],
    *,
    what: str,
    indexes: PackageIndexes,
    progress: Report,
    cancel: threading.Event | None,
) -> Mapping[str, Any]:
    """Its result. StudioError tells what it could not do.

    Log-ins go by its stdin, so that no list of processes shows them.
    """
    told = {
        "alias": indexes.channel_alias,
        "offline": indexes.offline,
        "logins": {server: [*login] for server, login in indexes.logins.items()},
        **request,
    }
    ended = run_tool(
        [sys.executable, "-P", "-m", _PROGRAM],
        what=what,
        cancel=cancel,
        environment=indexes.conda_environment(),
        request=json.dumps(told),
        on_error=lambda line: _hear(line, progress),
    )
    try:
        answer = json.loads(ended.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        raise _died(what, ended.code, ended.stderr) from None
    if "failure" in answer:
        raise failure(answer["failure"])
    result: Mapping[str, Any] = answer["result"]
    return result


def _hear(line: str, progress: Report) -> None:
    try:
        told = json.loads(line)
        heard = Progress(told["phase"], told["line"], told["done"], told["total"])
    except (ValueError, KeyError, TypeError):
        return  # something the solver's library says to its developers
    progress(heard)


def _died(what: str, code: int, told: str) -> StudioError:
    lines = [li for li in told.splitlines() if li.strip() and not li.startswith("{")]
    why = lines[-1] if lines else f"it ended with status {code}"
    return StudioError(f"{what} failed: {why}", "Try again; see the log for details")
