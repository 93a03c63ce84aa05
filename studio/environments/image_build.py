"""Building an image by the engine's own builder, which every engine has: its log as it
comes, cancelled at any point with nothing left behind."""

from __future__ import annotations

import json
import os
import queue
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from studio.domain.dockerfile import Instruction, instructions
from studio.domain.errors import (
    InvalidError,
    StudioError,
    UnavailableError,
)
from studio.environments.build_log import BuildFailedError, explain
from studio.environments.image_context import BuildContext
from studio.environments.tool import Progress, Report, WorkCancelled, silent
from studio.targets.docker_engine import DockerEngine
from studio.targets.docker_errors import how_to_start, told

_CHUNK = 1 << 20
_LOOK_AT_CANCEL_SECONDS = 0.05
_LAST_WORDS_SECONDS = 60.0
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_STEP = re.compile(r"Step (\d+)/(\d+) : ")
_LAYER = re.compile(r" ---> ([0-9a-f]{12})\Z")
_CONTAINER = re.compile(r" ---> Running in ([0-9a-f]{12})\Z")


@dataclass(frozen=True)
class BuiltImage:
    """`id` is its digest on this engine; `log` is all that the build has said."""

    id: str
    tag: str
    size_bytes: int
    seconds: float
    log: str


@dataclass(frozen=True)
class BuildOptions:
    """`tag` is like NAME:VERSION; `arguments` are the Dockerfile's, no secrets."""

    tag: str
    network: bool = False
    arguments: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    fresh: bool = False


def build_classic(
    engine: DockerEngine,
    context: BuildContext,
    options: BuildOptions,
    *,
    progress: Report = silent,
    hide: Callable[[str], str] = str,
    cancel: threading.Event | None = None,
) -> BuiltImage:
    """Send the context, follow the build, and leave either the image or nothing.

    BuildFailedError says which line or package failed. Layers of a failed build stay
    as the engine's cache, those of a cancelled one are removed.
    """
    began = time.perf_counter()
    build = _Build(engine, context, progress, hide, cancel or threading.Event())
    replaced = image_id(engine, options.tag)
    build.run(options)
    image = image_id(engine, options.tag)
    if not build.image or not image:
        raise build.broken_off()
    if replaced and replaced != image:
        remove_untagged(engine, replaced)
    with told(engine.context):
        size = int(engine.api.inspect_image(image)["Size"])
    seconds = time.perf_counter() - began
    return BuiltImage(image, options.tag, size, seconds, build.log)


def remove_untagged(engine: DockerEngine, image: str) -> None:
    """An image that a newer one has replaced, unless a container still needs it."""
    from docker.errors import APIError, ImageNotFound

    with told(engine.context):
        try:
            if not engine.api.inspect_image(image)["RepoTags"]:
                engine.api.remove_image(image)
        except (APIError, ImageNotFound):
            pass  # in use; it can be cleaned up later


class _Build:
    """One build: what it has said, made and started so far."""

    def __init__(
        self,
        engine: DockerEngine,
        context: BuildContext,
        progress: Report,
        hide: Callable[[str], str],
        cancel: threading.Event,
    ) -> None:
        self.image = ""
        self.log = ""
        self._engine = engine
        self._context = context
        self._progress = progress
        self._hide = hide
        self._cancel = cancel
        self._half = ""
        self._step, self._steps = 0, 0
        self._layers: list[str] = []
        self._containers: list[str] = []

    def run(self, options: BuildOptions) -> None:
        with told(self._engine.context):
            known = set(self._engine.api.images(all=True, quiet=True))
        try:
            with self._answer(options) as response:
                self._follow(response)
            self._stop_if_cancelled()
        except WorkCancelled:
            self._clean_up(options.tag, known)
            raise

    @contextmanager
    def _answer(self, options: BuildOptions) -> Iterator[Any]:
        api = self._engine.api
        url = f"{api.base_url}/v{api.api_version}/build"
        with told(self._engine.context), _sent(self._context, self._sending()) as data:
            response = api.post(
                url,
                params=_parameters(self._context, options),
                data=data,
                headers={"Content-Type": "application/x-tar"},
                stream=True,
                timeout=(10, None),
            )
        try:
            if response.status_code != 200:
                self._say(_message(response) + "\n")
                raise self._failure(response.status_code)
            yield response
        finally:
            response.close()

    def _sending(self) -> Callable[[int], None]:
        total, sent = self._context.size_bytes(), 0

        def wrote(size: int) -> None:
            nonlocal sent
            sent += size
            self._stop_if_cancelled()
            self._progress(Progress("sending", "", sent, total))

        self._progress(Progress("sending", "", 0, total))
        return wrote

    def _follow(self, response: Any) -> None:
        """Read to the end. A cancelled build is read on: the engine then says what it
        still made, and has ended when it is silent."""
        lines = _lines(response)
        until = None
        while True:
            if until is None and self._cancel.is_set():
                self._progress(Progress("cancelling"))
                _hang_up(response)
                until = time.monotonic() + _LAST_WORDS_SECONDS
            try:
                event = lines.get(timeout=_LOOK_AT_CANCEL_SECONDS)
            except queue.Empty:
                if until is not None and time.monotonic() > until:
                    return
                continue
            if event is None:
                return
            if isinstance(event, BaseException):
                if until is not None:
                    return
                raise self.broken_off() from event
            self._hear(event)

    def _hear(self, event: Mapping[str, Any]) -> None:
        if "stream" in event:
            self._say(str(event["stream"]))
        elif "aux" in event:
            self.image = str(event["aux"].get("ID") or self.image)
        elif "error" in event:
            self._say(f"\n{event['error']}\n")
            if not self._cancel.is_set():
                raise self._failure(500)
        elif "status" in event:
            self._progress(_pulling(event))

    def _say(self, text: str) -> None:
        """What it prints comes in pieces, of which some are half a line."""
        *lines, self._half = (self._half + _COLOUR.sub("", text)).split("\n")
        for line in lines:
            self._say_line(self._hide(line.rstrip("\r")))

    def _say_line(self, line: str) -> None:
        if not line.strip():
            return
        self.log += line + "\n"
        if found := _STEP.match(line):
            self._step, self._steps = int(found[1]), int(found[2])
        elif found := _CONTAINER.match(line):
            self._containers.append(found[1])
        elif found := _LAYER.match(line):
            self._layers.append(found[1])
        done = max(0, self._step - 1)
        self._progress(Progress("building", line, done, self._steps))

    def _stop_if_cancelled(self) -> None:
        if self._cancel.is_set():
            raise WorkCancelled("The build was cancelled; nothing is left of it")

    # -- how it ends ----------------------------------------------------------

    def _instruction(self) -> Instruction | None:
        listed = instructions(self._context.dockerfile)
        return listed[self._step - 1] if 0 < self._step <= len(listed) else None

    def _failure(self, status: int) -> StudioError:
        at = self._instruction()
        line, text = (at.line, at.text) if at else (0, "")
        fault = explain(self.log, line=line, instruction=text)
        failed = BuildFailedError(fault, self.log)
        if status == 400:
            failed.code = InvalidError.code
        return failed

    def broken_off(self) -> UnavailableError:
        """The engine has gone away in the middle."""
        where = f" at step {self._step} of {self._steps}" if self._step else ""
        return UnavailableError(
            f"The Docker engine stopped while it was building{where}; "
            "no image was made",
            hint=f"{how_to_start(self._engine.context)}. Then build again: finished "
            "steps are reused",
        )

    def _clean_up(self, tag: str, known: set[str]) -> None:
        """Remove what this build has made, the newest first."""
        from docker.errors import APIError, NotFound

        api = self._engine.api
        with told(self._engine.context):
            for container in self._containers:
                try:
                    api.remove_container(container, force=True, v=True)
                except NotFound:
                    pass
            for layer in reversed(self._layers):
                try:
                    image = api.inspect_image(layer)
                    if image["Id"] in known:
                        continue
                    if tag in (image["RepoTags"] or ()):
                        api.remove_image(tag)
                    else:
                        api.remove_image(layer, noprune=True)
                except (NotFound, APIError):
                    continue  # gone already, or another build goes on from it


def image_id(engine: DockerEngine, tag: str) -> str:
    """What a name means on this engine now; "" if nothing."""
    from docker.errors import ImageNotFound

    with told(engine.context):
        try:
            return str(engine.api.inspect_image(tag)["Id"])
        except ImageNotFound:
            return ""


def _parameters(context: BuildContext, options: BuildOptions) -> dict[str, Any]:
    return {
        "t": options.tag,
        "dockerfile": context.name,
        "rm": True,
        "forcerm": True,
        "nocache": options.fresh,
        "networkmode": "default" if options.network else "none",
        "buildargs": json.dumps(dict(options.arguments)),
        "labels": json.dumps(dict(options.labels)),
    }


@contextmanager
def _sent(
    context: BuildContext, wrote: Callable[[int], None]
) -> Iterator[Iterator[bytes]]:
    """The context's tar, written by a thread while it is sent: never whole anywhere."""
    reading, writing = os.pipe()
    failed: list[BaseException] = []

    def write() -> None:
        try:
            with os.fdopen(writing, "wb") as stream:
                context.write(stream, wrote)
        except BrokenPipeError:
            pass  # the engine wants no more of it
        except BaseException as error:
            failed.append(error)

    def read() -> Iterator[bytes]:
        with os.fdopen(reading, "rb", buffering=0, closefd=False) as stream:
            while data := stream.read(_CHUNK):
                yield data
        thread.join()
        if failed:
            raise failed[0]

    thread = threading.Thread(target=write, name="build context", daemon=True)
    thread.start()
    try:
        yield read()
    finally:
        os.close(reading)
        thread.join()


_Event = Mapping[str, Any] | BaseException | None


def _lines(response: Any) -> queue.SimpleQueue[_Event]:
    """What the engine tells, read by a thread; None at the end."""
    events: queue.SimpleQueue[_Event] = queue.SimpleQueue()

    def read() -> None:
        try:
            for line in response.iter_lines(chunk_size=None):
                if line.strip():
                    events.put(json.loads(line))
            events.put(None)
        except Exception as error:  # the engine died in mid-sentence
            events.put(error)

    threading.Thread(target=read, name="build log", daemon=True).start()
    return events


def _hang_up(response: Any) -> None:
    """Say that we have gone, and go on listening: the engine then cancels."""
    stream = response.raw._fp.fp.raw
    try:
        getattr(stream, "_sock", stream).shutdown(socket.SHUT_WR)
    except (OSError, AttributeError):
        response.close()


def _message(response: Any) -> str:
    try:
        return str(response.json()["message"])
    except (ValueError, KeyError):
        return str(response.text)


def _pulling(event: Mapping[str, Any]) -> Progress:
    detail = event.get("progressDetail") or {}
    line = " ".join(str(event[k]) for k in ("id", "status") if event.get(k))
    return Progress(
        "pulling", line, int(detail.get("current") or 0), int(detail.get("total") or 0)
    )
