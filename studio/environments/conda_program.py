"""The program that solves and installs conda packages, in a process of its own.

    python -m studio.environments.conda_program

One line of JSON comes in, one goes out. What it is about to do is told on stderr, also
in lines of JSON. When stdin closes, whoever asked is gone, and we end.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import warnings
from collections.abc import Mapping
from typing import Any

from studio.domain.errors import StudioError
from studio.environments.conda_channels import HiddenText
from studio.environments.conda_linking import link
from studio.environments.conda_solving import reach, solve

_WORK = {"solve": solve, "install": link, "reach": reach}


async def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """What came of it; a failure is an answer too, and holds no secret."""
    hidden = HiddenText(os.environ, request.get("logins") or {})
    try:
        return {"result": await _WORK[request["work"]](request, hidden)}
    except StudioError as error:
        told = {"kind": "told", "text": error.message, "hint": error.hint}
    except Exception as error:  # rattler has forty kinds
        told = {"kind": type(error).__name__, "text": hidden.hide(str(error))}
    return {"failure": told}


def _end_with_the_asker() -> None:
    if not sys.stdin.read(1):
        os._exit(1)


def main() -> None:
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_asker, daemon=True).start()
    warnings.simplefilter("ignore")
    told = asyncio.run(answer(request))
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    os._exit(0)  # threads of the solver's runtime would be waited for


if __name__ == "__main__":
    main()
