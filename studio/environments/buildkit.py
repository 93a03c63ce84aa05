"""Building by BuildKit, where a docker client here offers it: for Dockerfiles that need
it, and for secrets, which a command of the build sees and no layer keeps."""

from __future__ import annotations

import os
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO

from studio.domain.dockerfile import Instruction, instructions
from studio.domain.errors import StudioError, UnavailableError
from studio.environments.build_log import BuildFailedError, explain
from studio.environments.image_build import BuildOptions, BuiltImage, image_id
from studio.environments.image_context import BuildContext
from studio.environments.package_indexes import PackageIndexes, without_credentials
from studio.environments.tool import (
    Progress,
    Report,
    WorkCancelled,
    check_cancelled,
    silent,
)
from studio.targets.docker_engine import DockerEngine
from studio.targets.docker_errors import how_to_start, told

_FIRST_THAT_NEEDS_A_PLUGIN = 23
_LOOK_AT_CANCEL_SECONDS = 0.05
_STEP = re.compile(r"#\d+ \[(?:\S+ +)?(\d+)/(\d+)\] (.*)")
_PRINTED = re.compile(r"#\d+ (?:\d+\.\d+ )?(.*)")
_GONE = re.compile(r"Cannot connect to the Docker daemon|EOF\Z|connection refused")


def find_buildkit() -> str:
    """The docker client that offers BuildKit; "" if none here does."""
    return _find(os.environ.get("PATH", ""))


def index_secrets(indexes: PackageIndexes) -> Mapping[str, str]:
    """This computer's package indexes and authorities, for a Dockerfile's own pip:

    RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf \\
        --mount=type=secret,id=ca.pem,target=/run/secrets/ca.pem  pip install ...
    """
    lines = ["[global]"]
    if indexes.default:
        lines.append(f"index-url = {indexes.default}")
    if remote := [url for url in indexes.extra if "://" in url]:
        lines.append(f"extra-index-url = {' '.join(remote)}")
    if indexes.proxy:
        lines.append(f"proxy = {indexes.proxy}")
    told = {}
    if indexes.certificates and Path(indexes.certificates).is_file():
        lines.append("cert = /run/secrets/ca.pem")
        told["ca.pem"] = Path(indexes.certificates).read_text(encoding="utf-8")
    return {"pip.conf": "\n".join(lines) + "\n", **told}


def asked_secrets(dockerfile: str, indexes: PackageIndexes) -> Mapping[str, str]:
    """Of `index_secrets` those that a Dockerfile mounts; none goes where none is asked
    for."""
    asked = re.findall(r"--mount=\S*\bid=([\w.-]+)", dockerfile)
    return {name: v for name, v in index_secrets(indexes).items() if name in asked}


def build_buildkit(
    engine: DockerEngine,
    context: BuildContext,
    options: BuildOptions,
    *,
    secrets: Mapping[str, str] | None = None,
    progress: Report = silent,
    hide: Callable[[str], str] = str,
    cancel: threading.Event | None = None,
) -> BuiltImage:
    """As `build_classic`; `secrets` by the ids that the Dockerfile's mounts name."""
    client = find_buildkit()
    if not client:
        raise no_buildkit("This build")
    began, before = time.perf_counter(), image_id(engine, options.tag)
    with _private(secrets or {}) as files:
        identity = files.parent / "image"
        words = _words(client, engine, context, options, files, identity)
        heard = _Heard(context, progress, _hiding(hide, secrets or {}))
        try:
            code = _run(words, context, heard, progress, cancel)
        except WorkCancelled:
            _take_back(engine, options.tag, before)
            raise
        image = identity.read_text().strip() if identity.is_file() else ""
    if code or not image:
        raise heard.failure(engine)
    with told(engine.context):
        size = int(engine.api.inspect_image(image)["Size"])
    return BuiltImage(
        image, options.tag, size, time.perf_counter() - began, "\n".join(heard.lines)
    )


def no_buildkit(what: str) -> UnavailableError:
    return UnavailableError(
        f"{what} needs BuildKit, which no docker client on this computer offers",
        hint="Install Docker's buildx plugin (package docker-buildx), or write the "
        "Dockerfile without --mount, --chmod, --link and <<",
    )


def _take_back(engine: DockerEngine, tag: str, before: str) -> None:
    """An image that was finished in the moment of the cancellation."""
    if image_id(engine, tag) != before:
        with told(engine.context):
            engine.api.remove_image(tag)


@cache
def _find(path: str) -> str:
    for folder in path.split(os.pathsep):
        if (client := shutil.which("docker", path=folder)) and _offers(client):
            return client
    return ""


def _offers(client: str) -> bool:
    try:
        version = subprocess.run(
            [client, "--version"], capture_output=True, text=True, timeout=10
        )
        found = re.search(r"version (\d+)\.", version.stdout)
        if found and int(found[1]) < _FIRST_THAT_NEEDS_A_PLUGIN:
            return True
        plugin = [client, "buildx", "version"]
        return not subprocess.run(plugin, capture_output=True, timeout=10).returncode
    except (OSError, subprocess.TimeoutExpired):
        return False


@contextmanager
def _private(secrets: Mapping[str, str]) -> Iterator[Path]:
    """A folder with the secrets as files, in memory where the system has a place."""
    memory = Path("/dev/shm")
    place = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="studio-build-", dir=place) as name:
        files = Path(name) / "secrets"
        files.mkdir(mode=0o700)
        for identity, value in secrets.items():
            if not re.fullmatch(r"[\w.-]+", identity):
                raise StudioError(
                    f"'{identity}' can't be the name of a build secret",
                    hint="Use letters, digits, '_', '-' and '.'",
                )
            file = os.open(files / identity, os.O_WRONLY | os.O_CREAT, 0o600)
            with os.fdopen(file, "w", encoding="utf-8") as stream:
                stream.write(value)
        yield files


def _words(
    client: str,
    engine: DockerEngine,
    context: BuildContext,
    options: BuildOptions,
    secrets: Path,
    identity: Path,
) -> Sequence[str]:
    words = [client, "--host", engine.context.host, *_tls(engine), "build"]
    words += ["--progress", "plain", "--file", context.name, "--tag", options.tag]
    words += ["--network", "default" if options.network else "none"]
    words += ["--iidfile", str(identity)]
    words += ["--no-cache"] * options.fresh
    for name, value in options.labels.items():
        words += ["--label", f"{name}={value}"]
    for name, value in options.arguments.items():
        words += ["--build-arg", f"{name}={value}"]
    for file in sorted(secrets.iterdir()):
        words += ["--secret", f"id={file.name},src={file}"]
    return [*words, "-"]


def _tls(engine: DockerEngine) -> Sequence[str]:
    if not engine.context.certificates:
        return ()
    folder = Path(engine.context.certificates)
    return (
        *("--tlsverify", "--tlscacert", str(folder / "ca.pem")),
        *("--tlscert", str(folder / "cert.pem"), "--tlskey", str(folder / "key.pem")),
    )


def _hiding(
    hide: Callable[[str], str], secrets: Mapping[str, str]
) -> Callable[[str], str]:
    lines = {line for value in secrets.values() for line in value.splitlines()}
    long = sorted((each for each in lines if len(each) > 3), key=len, reverse=True)

    def hidden(text: str) -> str:
        for each in long:
            text = text.replace(each, "***")
        return hide(without_credentials(text))

    return hidden


def _run(
    words: Sequence[str],
    context: BuildContext,
    heard: _Heard,
    progress: Report,
    cancel: threading.Event | None,
) -> int:
    """The client's exit status; it and all it started are gone when this ends."""
    child = subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=False,
        env={**os.environ, "DOCKER_BUILDKIT": "1", "NO_COLOR": "1"},
        start_new_session=True,
    )
    assert child.stdin is not None and child.stdout is not None
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threads = [
        threading.Thread(target=_send, args=(child.stdin, context), daemon=True),
        threading.Thread(target=_read, args=(child.stdout, lines), daemon=True),
    ]
    progress(Progress("sending", "", 0, context.size_bytes()))
    try:
        for thread in threads:
            thread.start()
        while True:
            check_cancelled(cancel, "The build")
            try:
                line = lines.get(timeout=_LOOK_AT_CANCEL_SECONDS)
            except queue.Empty:
                continue
            if line is None:
                return child.wait()
            heard(line)
    finally:
        _end(child)
        for thread in threads:
            thread.join()


def _send(stdin: IO[bytes], context: BuildContext) -> None:
    try:
        with stdin:
            context.write(stdin, lambda _: None)
    except BrokenPipeError:
        pass  # the client has ended, and says why


def _read(stdout: IO[bytes], lines: queue.SimpleQueue[str | None]) -> None:
    with stdout:
        for line in stdout:
            lines.put(line.decode("utf-8", "replace").rstrip())
    lines.put(None)


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        if os.name == "posix":
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()
    child.wait()


class _Heard:
    """What the build has said, and the step it is at."""

    def __init__(
        self, context: BuildContext, progress: Report, hide: Callable[[str], str]
    ) -> None:
        self.lines: list[str] = []
        self._context = context
        self._progress = progress
        self._hide = hide
        self._at = ""
        self._step, self._steps = 0, 0

    def __call__(self, line: str) -> None:
        line = self._hide(line)
        if found := _STEP.match(line):
            self._step, self._steps, self._at = int(found[1]), int(found[2]), found[3]
            line = f"Step {found[1]}/{found[2]} : {found[3]}"
        elif found := _PRINTED.match(line):
            line = found[1]
        if line.strip() and not line.startswith("sha256:"):
            self.lines.append(line)
            done = max(0, self._step - 1)
            self._progress(Progress("building", line, done, self._steps))

    def failure(self, engine: DockerEngine) -> StudioError:
        log = "\n".join(self.lines)
        if self.lines and _GONE.search(self.lines[-1]):
            return UnavailableError(
                "The Docker engine stopped while it was building; no image was made",
                hint=f"{how_to_start(engine.context)}. Then build again",
            )
        at = self._instruction(log)
        line, text = (at.line, at.text) if at else (0, "")
        return BuildFailedError(explain(log, line=line, instruction=text), log)

    def _instruction(self, log: str) -> Instruction | None:
        named = re.findall(r"^ > \[[^\]]*\] (.*?):?$", log, re.M)
        wanted = " ".join((named[-1] if named else self._at).split())
        for each in instructions(self._context.dockerfile):
            if wanted and " ".join(each.text.split()).startswith(wanted[:60]):
                return each
        return None
