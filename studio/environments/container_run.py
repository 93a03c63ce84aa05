"""A program run once in a container that can do nothing but compute: no network, no
rights, nothing that stays. It ends with us, and the engine then removes it."""

from __future__ import annotations

import os
import socket
import tarfile
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.domain.container_engine import LABEL
from studio.domain.errors import UnavailableError
from studio.environments.image_recipe import USER
from studio.environments.tool import Finished, WorkCancelled
from studio.targets.docker_engine import DockerEngine
from studio.targets.docker_errors import told

ROOT = "/opt/studio-trial"
_IN_MEMORY = 32 << 20
_LOOK_AT_CANCEL_SECONDS = 0.05
_SECONDS_TO_GO = 20
_MOST_TASKS = 1024
_MOST_SAID = 1 << 26
_PYTHONS = ("/opt/env/bin/python", "python3", "python")
_STDOUT = 1


@dataclass(frozen=True)
class ContainerProgram:
    """`files` (folders or files of this computer) stand below `ROOT` by their names;
    `arguments` are Python's, `request` is the first line that it reads."""

    image: str
    files: Mapping[str, Path]
    arguments: tuple[str, ...]
    request: str
    what: str = "The container"


def run_in_container(
    engine: DockerEngine, program: ContainerProgram, cancel: threading.Event
) -> Finished:
    """What it has said, and its exit code. WorkCancelled, with the container gone,
    once `cancel` is set."""
    refused: Exception | None = None
    with told(engine.context), _packed(program.files) as files:
        for python in _PYTHONS:
            files.seek(0)
            try:
                with _container(engine, program, python, files) as made:
                    return _followed(engine, *made, program, cancel)
            except _NoSuchPython as error:
                refused = error
    raise UnavailableError(
        f"{program.image} has no Python to try a model with",
        hint=f"Make an image with {' or '.join(_PYTHONS[1:])} on its PATH",
    ) from refused


class _NoSuchPython(Exception):
    pass


@contextmanager
def _container(
    engine: DockerEngine, program: ContainerProgram, python: str, files: Any
) -> Iterator[tuple[str, _Waiting]]:
    """One that is ready to be started, with its files; gone afterwards."""
    from docker.errors import APIError, NotFound

    api = engine.api
    own = str(api.inspect_image(program.image)["Config"].get("User") or "")
    is_root = own.partition(":")[0] in ("", "0", "root")
    made = api.create_container(
        program.image,
        command=list(program.arguments),
        entrypoint=[python],
        stdin_open=True,
        user=f"{USER}:{USER}" if is_root else own,
        volumes=[ROOT],
        working_dir="/tmp",
        environment={"HOME": "/tmp", "PYTHONDONTWRITEBYTECODE": "1"},
        labels={LABEL + "trial": str(os.getpid())},
        healthcheck={"test": ["NONE"]},
        host_config=api.create_host_config(
            network_mode="none",
            read_only=True,
            tmpfs={"/tmp": "mode=1777"},
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            auto_remove=True,
            pids_limit=_MOST_TASKS,
        ),
    )["Id"]
    ending = _Waiting(engine, made)
    try:
        api.put_archive(made, ROOT, files)
        yield made, ending
    finally:
        try:
            api.remove_container(made, force=True, v=True)
        except (NotFound, APIError):
            pass  # the engine has removed it, or is about to
        ending.code()


def _followed(
    engine: DockerEngine,
    container: str,
    ending: _Waiting,
    program: ContainerProgram,
    cancel: threading.Event,
) -> Finished:
    with closing(_Hearing(engine, container)) as lines:
        _start(engine, container)
        lines.send(program.request)
        while not lines.ended.wait(_LOOK_AT_CANCEL_SECONDS):
            if cancel.is_set():
                raise WorkCancelled(f"{program.what} was cancelled", "Start it again")
    return Finished(ending.code(), lines.text(_STDOUT), lines.text(_STDOUT + 1))


def _start(engine: DockerEngine, container: str) -> None:
    from docker.errors import APIError

    try:
        engine.api.start(container)
    except APIError as error:
        text = str(error.explanation)
        if "executable file not found" in text or "no such file" in text:
            raise _NoSuchPython(text) from error
        raise


class _Waiting:
    """Asks for the exit code before it starts: the engine forgets it afterwards. The
    end by a signal is negative, as elsewhere."""

    def __init__(self, engine: DockerEngine, container: str) -> None:
        self._code = -1

        def wait() -> None:
            try:
                answer = engine.api.wait(container, timeout=None, condition="removed")
            except Exception:  # the engine has gone
                return
            code = int(answer["StatusCode"])
            self._code = 128 - code if code > 128 else code

        self._thread = threading.Thread(target=wait, name="end", daemon=True)
        self._thread.start()

    def code(self) -> int:
        """Once it is gone."""
        self._thread.join(timeout=_SECONDS_TO_GO)
        return self._code


class _Hearing:
    """One connection that its stdin hangs on: the program ends when we do."""

    def __init__(self, engine: DockerEngine, container: str) -> None:
        from docker.utils.socket import frames_iter

        streams = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
        self._socket = engine.api.attach_socket(container, params=streams)
        self._heard: list[tuple[int, bytes]] = []
        self.ended = threading.Event()

        def read() -> None:
            try:
                said = 0
                for frame in frames_iter(self._socket, tty=False):
                    self._heard.append(frame)
                    said += len(frame[1])
                    if said > _MOST_SAID:
                        break  # what prints without end would take our memory
            except (OSError, ValueError):
                pass  # it was removed while it spoke
            self.ended.set()

        threading.Thread(target=read, name="container", daemon=True).start()

    def close(self) -> None:
        connection = getattr(self._socket, "_sock", self._socket)
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        self.ended.wait(_SECONDS_TO_GO)
        self._socket._response.close()
        connection.close()

    def send(self, line: str) -> None:
        getattr(self._socket, "_sock", self._socket).sendall(f"{line}\n".encode())

    def text(self, stream: int) -> str:
        said = b"".join(data for which, data in self._heard if which == stream)
        return said.decode("utf-8", "replace")


@contextmanager
def _packed(files: Mapping[str, Path]) -> Iterator[Any]:
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as packed:
        with tarfile.open(fileobj=packed, mode="w", dereference=True) as tar:
            for name, source in files.items():
                tar.add(source, name, filter=_plain)
        yield packed


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo | None:
    if Path(info.name).name == "__pycache__":
        return None
    info.uid = info.gid = 0
    info.mode = 0o755 if info.isdir() else 0o644
    return info
