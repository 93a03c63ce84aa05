"""The images that we have built: listed, looked into, cleaned up, moved as one file."""

from __future__ import annotations

import os
import tarfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from studio.domain import ways
from studio.domain.container_engine import LABEL, EngineImage, ImageLayer
from studio.domain.errors import (
    InvalidError,
    NotFoundError,
    RefusedError,
    UnavailableError,
)
from studio.environments.tool import Progress, Report, check_cancelled, silent
from studio.targets.docker_engine import DockerEngine
from studio.targets.docker_errors import disk_is_full, told

Users = Callable[[EngineImage], Sequence[str]]
"""Who, beside containers, uses an image: deployments, environments' versions."""

_CHUNK = 1 << 20
_NO_OPERATION = "/bin/sh -c #(nop) "


@dataclass(frozen=True)
class CleanUp:
    """What a clean-up has removed, what it has kept and why."""

    removed: tuple[EngineImage, ...]
    kept: tuple[EngineImage, ...]
    freed_bytes: int


def nobody(image: EngineImage) -> Sequence[str]:
    return ()


def our_images(engine: DockerEngine, users: Users = nobody) -> Sequence[EngineImage]:
    """The newest first; those that a container or another image of ours stands on are
    in use as well."""
    with told(engine.context):
        listed = engine.api.images(filters={"label": LABEL + "kind"})
        containers = engine.api.containers(all=True)
    running: dict[str, list[str]] = {}
    for each in containers:
        name = str((each.get("Names") or [each["Id"][:12]])[0]).lstrip("/")
        running.setdefault(each["ImageID"], []).append(f"container {name}")
    found = sorted(map(_image, listed), key=lambda image: image.created_at)
    named = [
        replace(image, used_by=(*users(image), *running.get(image.id, ())))
        for image in reversed(found)
    ]
    stand = {image.labels.get(LABEL + "on", ""): image.name for image in named}
    return [
        replace(image, used_by=(*image.used_by, f"image {stand[image.id]}"))
        if image.id in stand
        else image
        for image in named
    ]


def layers(engine: DockerEngine, reference: str) -> Sequence[ImageLayer]:
    """What each line of the Dockerfile has cost, the first line first."""
    with told(engine.context):
        image = engine.api.inspect_image(reference)
        history = engine.api.history(reference)
    base = str((image["Config"].get("Labels") or {}).get(LABEL + "base") or "")
    ours = len(history) - _lines(engine, base)
    found = [
        ImageLayer(
            _line(str(each.get("CreatedBy") or ""), str(each.get("Comment") or "")),
            int(each.get("Size") or 0),
            datetime.fromtimestamp(int(each.get("Created") or 0), UTC),
            from_base=number >= ours,
        )
        for number, each in enumerate(history)
    ]
    return list(reversed(found))


def our_image(engine: DockerEngine, name: str, users: Users = nobody) -> EngineImage:
    """One that was made here, by its name or its id; NotFoundError if it isn't."""
    for image in our_images(engine, users):
        if name in (image.id, image.name, *image.tags):
            return image
    raise NotFoundError(
        f"There is no image {name} that was made here",
        hint=ways.SEE_IMAGES(),
    )


def remove_image(engine: DockerEngine, image: EngineImage) -> None:
    """RefusedError if something uses it."""
    if image.used_by:
        raise RefusedError(
            f"The image {image.name} is used by {', '.join(image.used_by)}",
            hint="Stop or remove what uses it first",
        )
    with told(engine.context):
        for tag in image.tags or (image.id,):
            engine.api.remove_image(tag)


def clean_up(
    engine: DockerEngine,
    users: Users = nobody,
    *,
    keep: Callable[[EngineImage], bool] = lambda _: False,
    trial: bool = False,
) -> CleanUp:
    """Remove our images that nothing uses; with `trial` only say which.

    What goes first may have kept another in use, so it looks again until it is done.
    """
    removed: list[EngineImage] = []
    before = _bytes(engine)
    while True:
        listed = [each for each in our_images(engine, users) if each not in removed]
        unused = [each for each in listed if not each.used_by and not keep(each)]
        if not trial:
            for image in unused:
                remove_image(engine, image)
        removed += unused
        if trial or not unused:
            break
    left = [each for each in our_images(engine, users) if each not in removed]
    freed = (
        sum(each.size_bytes for each in removed) if trial else before - _bytes(engine)
    )
    return CleanUp(tuple(removed), tuple(left), max(0, freed))


def export_image(
    engine: DockerEngine,
    reference: str,
    file: Path,
    *,
    progress: Report = silent,
    cancel: threading.Event | None = None,
) -> None:
    """One file with the image and its name, whole or not there at all."""
    with told(engine.context):
        total = int(engine.api.inspect_image(reference)["Size"])
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        with told(engine.context), partial.open("wb") as out:
            done = 0
            for chunk in engine.api.get_image(reference, chunk_size=_CHUNK):
                check_cancelled(cancel, "Exporting the image")
                out.write(chunk)
                done += len(chunk)
                progress(Progress("exporting", "", min(done, total), total))
            out.flush()
            os.fsync(out.fileno())
        partial.replace(file)
    except OSError as error:
        raise UnavailableError(
            f"{file} can't be written: {error.strerror or error}",
            hint="Choose a folder that you may write to, on a disk with enough room",
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def import_image(
    engine: DockerEngine,
    file: Path,
    *,
    progress: Report = silent,
    cancel: threading.Event | None = None,
) -> Sequence[str]:
    """The names of the images in a file that `export_image` or `docker save` wrote."""
    _check_archive(file)
    total = file.stat().st_size

    def chunks() -> Any:
        done = 0
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                check_cancelled(cancel, "Importing the image")
                done += len(chunk)
                progress(Progress("importing", "", done, total))
                yield chunk

    names: list[str] = []
    with told(engine.context):
        for event in engine.api.load_image(chunks(), quiet=False):
            if "error" in event:
                if "no space left" in str(event["error"]):
                    raise disk_is_full(engine.context)
                raise _not_an_image(file)
            text = str(event.get("stream") or "")
            for start in ("Loaded image: ", "Loaded image ID: "):
                if text.startswith(start):
                    names.append(text.removeprefix(start).strip())
    if not names:
        raise _not_an_image(file)
    return names


def _check_archive(file: Path) -> None:
    if not file.is_file():
        raise InvalidError(f"There is no file {file}", "Check its name")
    try:
        with tarfile.open(file) as tar:
            if not {"manifest.json", "index.json"} & set(tar.getnames()):
                raise _not_an_image(file)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise _not_an_image(file) from error


def _not_an_image(file: Path) -> InvalidError:
    return InvalidError(
        f"{file.name} holds no image, or isn't whole",
        hint="Use a file that 'environments export' or 'docker save' wrote",
    )


def _image(listed: Mapping[str, Any]) -> EngineImage:
    tags = [tag for tag in listed.get("RepoTags") or () if tag != "<none>:<none>"]
    return EngineImage(
        id=listed["Id"],
        tags=tuple(tags),
        size_bytes=int(listed["Size"]),
        created_at=datetime.fromtimestamp(int(listed["Created"]), UTC),
        labels=dict(listed.get("Labels") or {}),
    )


def _line(created_by: str, comment: str) -> str:
    """As it stands in the Dockerfile, as far as the engine remembers it."""
    if created_by.startswith(_NO_OPERATION):
        return created_by.removeprefix(_NO_OPERATION).strip()
    if created_by.startswith("/bin/sh -c "):
        return "RUN " + created_by.removeprefix("/bin/sh -c ")
    return created_by.removesuffix("# buildkit").strip() or comment or "FROM"


def _lines(engine: DockerEngine, base: str) -> int:
    """How many layers are the base's; 0 where it isn't there (any more)."""
    from docker.errors import APIError

    if not base:
        return 0
    with told(engine.context):
        try:
            return len(engine.api.history(base))
        except APIError:
            return 0


def _bytes(engine: DockerEngine) -> int:
    with told(engine.context):
        return int(engine.api.df().get("LayersSize") or 0)
