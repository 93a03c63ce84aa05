"""What a build is sent: a Dockerfile and the files it copies, as one tar stream."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from studio.domain.errors import InvalidError

DOCKERFILE = "Dockerfile"


@dataclass(frozen=True)
class Content:
    """A folder or file of this computer, and its name in the context.

    Scripts that uv or conda made begin with the path of an interpreter of this
    computer; in an image they begin with `interpreter`, where one is given.
    """

    source: Path
    name: str
    interpreter: str = ""


@dataclass(frozen=True)
class BuildContext:
    dockerfile: str
    contents: tuple[Content, ...] = ()
    name: str = DOCKERFILE

    def size_bytes(self) -> int:
        return sum(
            file.stat().st_size for _, file, _ in self._files() if _is_file(file)
        )

    def write(self, stream: IO[bytes], wrote: Callable[[int], None]) -> None:
        """The tar of it all; `wrote` hears of the bytes of each file.

        Owners are left out, so that the same files give the same layer.
        """
        with tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as tar:
            text = self.dockerfile.encode()
            _add(tar, tarfile.TarInfo(self.name), io.BytesIO(text), len(text))
            for name, file, content in self._files():
                info = tar.gettarinfo(str(file), name)
                info.uid = info.gid = 0
                info.uname = info.gname = ""
                info.mode = 0o755 if info.mode & 0o100 or info.isdir() else 0o644
                if info.isreg():
                    _add_file(tar, info, file, content.interpreter)
                    wrote(info.size)
                else:
                    tar.addfile(info)

    def _files(self) -> Iterator[tuple[str, Path, Content]]:
        for content in self.contents:
            if content.source.is_dir():
                for name, file in _walk(content.source, content.name):
                    yield name, file, content
            else:
                yield content.name, content.source, content


def folder_context(folder: Path, dockerfile: str = DOCKERFILE) -> BuildContext:
    """A folder with somebody's own Dockerfile; its .dockerignore is obeyed."""
    from docker.utils.build import exclude_paths

    file = folder / dockerfile
    if not file.resolve().is_relative_to(folder.resolve()) or not file.is_file():
        raise InvalidError(
            f"There is no file '{dockerfile}' in the build context {folder}",
            hint="Name the Dockerfile relative to the context's folder",
        )
    ignored = folder / ".dockerignore"
    patterns = ignored.read_text("utf-8").splitlines() if ignored.is_file() else []
    rules = [line.strip() for line in patterns]
    rules = [rule for rule in rules if rule and not rule.startswith("#")]
    kept = exclude_paths(str(folder), rules, dockerfile=dockerfile)
    contents = [
        Content(folder / name, Path(name).as_posix())
        for name in sorted(kept)
        if name != dockerfile and _is_file(folder / name)
    ]
    return BuildContext(file.read_text("utf-8"), tuple(contents), dockerfile)


def _walk(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    for place, folders, files in os.walk(folder):
        folders.sort()
        relative = Path(place).relative_to(folder)
        for each in sorted(_links(place, folders) + files):
            yield (Path(name) / relative / each).as_posix(), Path(place) / each


def _links(place: str, folders: Sequence[str]) -> list[str]:
    """Links to folders are sent as links; os.walk doesn't enter them."""
    return [each for each in folders if (Path(place) / each).is_symlink()]


def _is_file(path: Path) -> bool:
    return path.is_symlink() or path.is_file()


def _add(tar: tarfile.TarFile, info: tarfile.TarInfo, data: IO[bytes], n: int) -> None:
    info.size, info.mode = n, 0o644
    tar.addfile(info, data)


def _add_file(
    tar: tarfile.TarFile, info: tarfile.TarInfo, file: Path, interpreter: str
) -> None:
    with file.open("rb") as stream:
        if interpreter and stream.read(3) == b"#!/":
            body = _with_interpreter(b"#!/" + stream.read(), interpreter)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
            return
        stream.seek(0)
        tar.addfile(info, stream)


def _with_interpreter(script: bytes, interpreter: str) -> bytes:
    first, _, rest = script.partition(b"\n")
    if b"python" not in first:
        return script
    return b"#!" + interpreter.encode() + b"\n" + rest
