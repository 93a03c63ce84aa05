"""What goes wrong with a Docker engine, in words a person can act on."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from studio.domain.container_engine import EngineContext
from studio.domain.errors import (
    InvalidError,
    NotFoundError,
    RefusedError,
    StudioError,
    UnavailableError,
)

_START = {
    "linux": "Start it with 'sudo systemctl start docker' (a rootless one with "
    "'systemctl --user start docker'); to install it, see your distribution's package "
    "docker.io or docker-ce",
    "darwin": "Open Docker Desktop (or run 'colima start') and wait until it says that "
    "it is running",
    "win32": "Start Docker Desktop and wait until it says that it is running; it needs "
    "WSL 2",
}


def how_to_start(context: EngineContext) -> str:
    """What a person does to have this engine answer."""
    if context.remote:
        return f"Check that {context.host} can be reached and that Docker runs there"
    if context.source == "DOCKER_HOST":
        return f"DOCKER_HOST says {context.host}: start that engine, or unset it"
    return _START.get(sys.platform, "Start Docker")


@contextmanager
def told(context: EngineContext) -> Iterator[None]:
    """What docker-py raises inside becomes a StudioError."""
    from docker.errors import DockerException
    from requests.exceptions import RequestException
    from urllib3.exceptions import HTTPError

    try:
        yield
    except StudioError:
        raise
    except (DockerException, RequestException, HTTPError, OSError) as error:
        raise as_studio_error(error, context) from error


def as_studio_error(error: BaseException, context: EngineContext) -> StudioError:
    from docker.errors import APIError
    from requests.exceptions import ReadTimeout

    text = str(getattr(error, "explanation", None) or error)
    if isinstance(error, APIError):
        return refusal(text, int(error.status_code or 0), context)
    if isinstance(error, ReadTimeout):
        return UnavailableError(
            f"The Docker engine at {context.host} has stopped answering",
            hint="Restart it, then try again",
        )
    if "PermissionError" in text or "Permission denied" in text:
        return UnavailableError(
            f"You may not use the Docker engine at {context.host}",
            hint="Add yourself to its group with 'sudo usermod -aG docker $USER' and "
            "log in again, or use a rootless engine",
        )
    if re.search(r"SSL|TLS|certificate", text):
        return UnavailableError(
            f"The Docker engine at {context.host} can't be trusted: {_brief(text)}",
            hint="Check ca.pem, cert.pem and key.pem in "
            f"{context.certificates or 'the folder that DOCKER_CERT_PATH names'}",
        )
    return UnavailableError(
        f"No Docker engine answers at {context.host}", how_to_start(context)
    )


def refusal(text: str, status: int, context: EngineContext) -> StudioError:
    """What an engine that answers has refused, and the way out."""
    if "no space left on device" in text:
        return disk_is_full(context)
    if "could not select device driver" in text or "Unknown runtime specified" in text:
        return UnavailableError(
            "This Docker engine has no GPU support",
            hint="Install the NVIDIA Container Toolkit and restart Docker, or deploy "
            "without a GPU",
        )
    if status == 404:
        return NotFoundError(
            f"The Docker engine doesn't have it: {_brief(text)}",
            hint="Check the name, or build or pull it first",
        )
    if status == 409:
        return RefusedError(
            f"The Docker engine refuses: {_brief(text)}",
            hint="Stop what uses it first",
        )
    if status == 400:
        return InvalidError(f"The Docker engine refuses: {_brief(text)}")
    return UnavailableError(
        f"The Docker engine failed: {_brief(text)}",
        hint="See the engine's own log, or restart it",
    )


def disk_is_full(context: EngineContext) -> UnavailableError:
    where = f"of {context.host} " if context.remote else ""
    return UnavailableError(
        f"The disk {where}on which Docker keeps its images is full",
        hint="Remove images that nothing uses (Environments, Images, Clean up, or "
        "'docker system prune'), then build again",
    )


def _brief(text: str) -> str:
    return " ".join(text.split())[:300]
