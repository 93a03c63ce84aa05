"""Images that others have made: looked up on the engine, fetched where they aren't."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from typing import Any

from studio.domain.errors import InvalidError, StudioError, UnavailableError
from studio.environments.tool import Progress, Report, check_cancelled, silent
from studio.targets.docker_engine import DockerEngine
from studio.targets.docker_errors import told

_TAG = re.compile(r":[\w][\w.-]{0,127}\Z")


def ensure_image(
    engine: DockerEngine,
    reference: str,
    *,
    progress: Report = silent,
    hide: Callable[[str], str] = str,
    offline: bool = False,
    cancel: threading.Event | None = None,
) -> str:
    """The digest that names exactly this image; it is pulled if the engine lacks it.

    NAME@sha256:... where a registry has it, else the engine's own sha256:...
    """
    if not (found := _digest(engine, reference)) and offline:
        raise UnavailableError(
            f"The image '{reference}' isn't on the Docker engine, and the package "
            "settings say 'offline'",
            hint="Use the network once: studio settings packages set --online",
        )
    if not found:
        _pull(engine, reference, progress, hide, cancel)
        found = _digest(engine, reference)
    if not found:
        raise UnavailableError(
            f"The image '{reference}' isn't on the Docker engine",
            hint="Pull or build it, or choose another",
        )
    return found


def newest_digest(engine: DockerEngine, reference: str) -> str:
    """What the registry has under this name now; "" where it can't be asked."""
    try:
        with told(engine.context):
            answer = engine.api.inspect_distribution(reference)
    except StudioError:
        return ""
    return str((answer.get("Descriptor") or {}).get("digest") or "")


def _digest(engine: DockerEngine, reference: str) -> str:
    from docker.errors import APIError, ImageNotFound

    with told(engine.context):
        try:
            image = engine.api.inspect_image(reference)
        except ImageNotFound:
            return ""
        except APIError as error:
            if error.status_code != 400:
                raise
            raise _not_pulled(reference, str(error.explanation)) from error
    name = reference.split("@")[0]
    name = _TAG.sub("", name)
    digests = image.get("RepoDigests") or ()
    fitting = [d for d in digests if d.split("@")[0] == name]
    return str(fitting[0] if fitting else image["Id"])


def _pull(
    engine: DockerEngine,
    reference: str,
    progress: Report,
    hide: Callable[[str], str],
    cancel: threading.Event | None,
) -> None:
    from docker.errors import APIError

    layers: dict[str, tuple[int, int]] = {}
    # docker-py would otherwise fetch every tag
    tag = None if "@" in reference or _TAG.search(reference) else "latest"
    failed = ""
    with told(engine.context):
        try:
            for event in engine.api.pull(reference, tag=tag, stream=True, decode=True):
                check_cancelled(cancel, f"Pulling {reference}")
                failed = failed or str(event.get("error") or "")
                progress(_layers(event, layers))
        except APIError as error:
            failed = str(error.explanation or error)
    if failed:
        raise _not_pulled(reference, hide(failed))


def _layers(event: Mapping[str, Any], layers: dict[str, tuple[int, int]]) -> Progress:
    detail = event.get("progressDetail") or {}
    if event.get("id") and detail.get("total"):
        layers[event["id"]] = int(detail.get("current") or 0), int(detail["total"])
    done, total = (
        (sum(part) for part in zip(*layers.values(), strict=True))
        if (layers)
        else (0, 0)
    )
    words = (str(event[key]) for key in ("id", "status") if event.get(key))
    return Progress("pulling", " ".join(words), done, total)


def _not_pulled(reference: str, text: str) -> StudioError:
    if "invalid reference format" in text:
        return InvalidError(
            f"'{reference}' isn't the name of an image",
            hint="Write one like python:3.11-slim or NAME@sha256:DIGEST",
        )
    if re.search(r"denied|unauthorized|authentication required", text):
        return UnavailableError(
            f"The registry doesn't give out '{reference}': it doesn't exist, or you "
            "may not read it",
            hint="Check its name; log in with 'docker login' if it is private",
        )
    if re.search(r"not found|manifest unknown", text):
        return UnavailableError(
            f"There is no image '{reference}' in its registry",
            hint="Check its name and tag",
        )
    return UnavailableError(
        f"The image '{reference}' isn't on the Docker engine and can't be pulled: "
        f"{' '.join(text.split())[:200]}",
        hint="Connect the engine to the network once; or import the image from a "
        "file; or choose a base image that is there",
    )
