"""Whether the places that packages come from answer, by what really fetches them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from studio.domain.errors import StudioError
from studio.environments.package_indexes import PackageIndexes, without_credentials
from studio.environments.tool import (
    Progress,
    Report,
    WorkCancelled,
    check_cancelled,
    silent,
)
from studio.environments.uv import run_uv, solving_python, working_folder
from studio.environments.uv_errors import NetworkAwayError, UnsolvableError
from studio.services.recent import data_folder

_PATIENCE_SECONDS = 10
_ASKED = "pip"
Outcome = Literal["ok", "warning", "failed"]


@dataclass(frozen=True)
class Answer:
    """What one place has said; `address` has no credentials."""

    address: str
    outcome: Outcome
    message: str
    hint: str = ""
    seconds: float = 0.0


def test_connection(
    indexes: PackageIndexes,
    *,
    progress: Report = silent,
    cancel: threading.Event | None = None,
) -> Sequence[Answer]:
    """Ask every index and channel for one package; nothing is kept of it."""
    if indexes.offline:
        return [
            Answer(
                "",
                "warning",
                "Offline: the network is never used, so nothing was asked",
                "Switch offline off to test the connection",
            )
        ]
    asked = _asked(indexes, data_folder() / "environments" / "conda-packages")
    answers = []
    for number, (address, ask) in enumerate(asked.items()):
        check_cancelled(cancel, "The test")
        progress(Progress("asking", address, number, len(asked)))
        answers.append(_answer(address, partial(ask, progress, cancel)))
    return answers


_Ask = Callable[[Report, threading.Event | None], "Answer | None"]


def _asked(indexes: PackageIndexes, conda_cache: Path) -> Mapping[str, _Ask]:
    """What is asked, by the address as it is shown."""
    found: dict[str, _Ask] = {}
    main = [] if indexes.no_index else [indexes.default]
    for url in [*main, *indexes.extra]:
        shown = without_credentials(url) or "The usual package index"
        found[shown] = _of_index(indexes, url)
    channels = list(indexes.channels)
    if indexes.channel_alias and not channels:
        channels = ["conda-forge"]
    for channel in channels:
        below = without_credentials(indexes.channel_alias).rstrip("/")
        shown = f"{below}/{channel}" if below and "://" not in channel else channel
        found[f"Channel {shown}"] = _of_channel(indexes, channel, conda_cache)
    return found


def _answer(address: str, ask: Callable[[], Answer | None]) -> Answer:
    began = time.monotonic()
    try:
        found = ask() or Answer(address, "ok", "It answers")
    except WorkCancelled:
        raise
    except NetworkAwayError as error:
        message = error.message.partition(", and the cache")[0]
        hint = "Check the address, the proxy and the network"
        found = Answer(address, "failed", message, hint)
    except StudioError as error:
        found = Answer(address, "failed", error.message, error.hint)
    passed = time.monotonic() - began
    return replace(found, address=address, seconds=round(passed, 2))


def _of_index(indexes: PackageIndexes, url: str) -> _Ask:
    alone = replace(
        indexes,
        default=url,
        extra=(),
        find_links=(),
        timeout_seconds=min(indexes.timeout_seconds or 99, _PATIENCE_SECONDS),
    )

    def ask(progress: Report, cancel: threading.Event | None) -> Answer | None:
        with working_folder({"requirements.in": f"{_ASKED}\n"}) as folder:
            arguments = ["pip", "compile", "requirements.in", "--no-deps", "--no-build"]
            arguments += ["--no-header", "--no-cache", *solving_python()]
            try:
                run_uv(
                    arguments,
                    indexes=alone,
                    folder=folder,
                    phase="asking",
                    cancel=cancel,
                    retries=0,
                )
            except UnsolvableError:
                return _without_pip()
        return None

    return ask


def _without_pip() -> Answer:
    return Answer(
        "",
        "warning",
        f"It answers, but has no package '{_ASKED}', which a mirror of the usual "
        "packages would have",
        "Check that the address is the index's own; most end with /simple",
    )


def _of_channel(indexes: PackageIndexes, channel: str, cache: Path) -> _Ask:
    def ask(progress: Report, cancel: threading.Event | None) -> Answer | None:
        from studio.environments.conda_child import ask_conda

        answer = ask_conda(
            {"work": "reach", "channels": [channel], "cache": str(cache)},
            what="Asking the channel",
            indexes=indexes,
            progress=progress,
            cancel=cancel,
        )
        if answer["found"]:
            return None
        return Answer(
            "",
            "warning",
            "It answers, but has no package 'python'",
            "Check the channel's name and address",
        )

    return ask
