"""What a build is sent: a Dockerfile and the files it copies, as one tar stream."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, cast

from studio.domain.errors import InvalidError

DOCKERFILE = "Dockerfile"
IGNORE_FILE = ".dockerignore"
_FORMAT: Literal[2] = 2  # PAX, which has room for any name


@dataclass(frozen=True)
class Content:
    """A folder or file of this computer, and its name in the context.

    Scripts that uv or conda made begin with the path of an interpreter of this
    computer; in an image they begin with `interpreter`, where one is given. A folder
    that is `packed` is sent as one tar, for ADD: thousands of files are then written
    once by the engine instead of twice, and none is removed again.
    """

    source: Path
    name: str
    interpreter: str = ""
    packed: bool = False


@dataclass(frozen=True)
class BuildContext:
    dockerfile: str
    contents: tuple[Content, ...] = ()
    name: str = DOCKERFILE

    def size_bytes(self) -> int:
        """Of all files, as `write` counts them."""
        found = (m.info.size for c in self.contents for m in _members(c))
        return sum(found)

    def write(self, stream: IO[bytes], wrote: Callable[[int], None]) -> None:
        """The tar of it all; `wrote` hears of the bytes of each file."""
        with tarfile.open(fileobj=stream, mode="w|", format=_FORMAT) as tar:
            text = self.dockerfile.encode()
            info = _plain(tarfile.TarInfo(self.name), 0o644)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text))
            for content in self.contents:
                if content.packed:
                    _write_packed(tar, content, wrote)
                else:
                    _write(tar, _members(content), wrote)


@dataclass(frozen=True)
class _Member:
    """One entry of a tar; `body` replaces what the file holds."""

    info: tarfile.TarInfo
    file: Path
    body: bytes | None = None


def _members(content: Content) -> Iterator[_Member]:
    root = "" if content.packed else content.name
    if not content.source.is_dir():
        yield _member(content.name, content.source, "")
        return
    for name, file in _walk(content.source, root):
        yield _member(name, file, content.interpreter)


def _member(name: str, file: Path, interpreter: str) -> _Member:
    info = tarfile.TarInfo(name)
    about = file.lstat()
    info.mtime = int(about.st_mtime)
    if file.is_symlink():
        info.type, info.linkname = tarfile.SYMTYPE, str(file.readlink())
        return _Member(_plain(info, 0o777), file)
    runs = about.st_mode & 0o100
    info.size = about.st_size
    body = _with_interpreter(file, interpreter) if interpreter and runs else None
    if body is not None:
        info.size = len(body)
    return _Member(_plain(info, 0o755 if runs else 0o644), file, body)


def _plain(info: tarfile.TarInfo, mode: int) -> tarfile.TarInfo:
    """Without an owner: the same files give the same layer."""
    info.mode, info.uid, info.gid = mode, 0, 0
    return info


def _write(
    tar: tarfile.TarFile, members: Iterable[_Member], wrote: Callable[[int], None]
) -> None:
    for member in members:
        if not member.info.isreg():
            tar.addfile(member.info)
        elif member.body is not None:
            tar.addfile(member.info, io.BytesIO(member.body))
        else:
            with member.file.open("rb") as file:
                tar.addfile(member.info, file)
        wrote(member.info.size)


def _write_packed(
    tar: tarfile.TarFile,
    content: Content,
    wrote: Callable[[int], None],
) -> None:
    """A tar within the tar, written straight through: its size is known before."""
    members = list(_members(content))
    info = _plain(tarfile.TarInfo(content.name), 0o644)
    info.size = _packed_size(members)
    tar.addfile(info)
    inner = _Through(tar.fileobj)
    with tarfile.open(
        fileobj=cast(IO[bytes], inner), mode="w|", format=_FORMAT
    ) as packed:
        _write(packed, members, wrote)
    assert inner.written == info.size
    tar.offset += info.size


class _Through:
    """Where the inner tar writes to: into the outer one."""

    def __init__(self, outer: Any) -> None:
        self._outer = outer
        self.written = 0

    def write(self, data: bytes) -> int:
        self._outer.write(data)
        self.written += len(data)
        return len(data)


def _packed_size(members: Iterable[_Member]) -> int:
    blocks = 2 * tarfile.BLOCKSIZE
    for member in members:
        blocks += len(member.info.tobuf(_FORMAT))
        blocks += -(-member.info.size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
    return -(-blocks // tarfile.RECORDSIZE) * tarfile.RECORDSIZE


def folder_context(folder: Path, dockerfile: str = DOCKERFILE) -> BuildContext:
    """A folder with somebody's own Dockerfile; its .dockerignore is obeyed."""
    file = folder / dockerfile
    if not file.resolve().is_relative_to(folder.resolve()) or not file.is_file():
        raise InvalidError(
            f"There is no file '{dockerfile}' in the build context {folder}",
            hint="Name the Dockerfile relative to the context's folder",
        )
    contents = [
        Content(folder / name, name)
        for name in kept_files(folder, dockerfile)
        if name != dockerfile and _is_file(folder / name)
    ]
    return BuildContext(file.read_text("utf-8"), tuple(contents), dockerfile)


def kept_files(folder: Path, dockerfile: str) -> Sequence[str]:
    """Names of files and folders that its .dockerignore doesn't leave out."""
    from docker.utils.build import exclude_paths

    ignored = folder / IGNORE_FILE
    text = ignored.read_text("utf-8", "replace") if ignored.is_file() else ""
    rules = [line.strip() for line in text.splitlines()]
    rules = [rule for rule in rules if rule and not rule.startswith("#")]
    kept = exclude_paths(str(folder), rules, dockerfile=dockerfile)
    return sorted(Path(name).as_posix() for name in kept)


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


def _with_interpreter(script: Path, interpreter: str) -> bytes | None:
    """A script whose first line names a Python of this computer, with another."""
    with script.open("rb") as stream:
        first = stream.readline(1024)
        if not first.startswith(b"#!/") or b"python" not in first:
            return None
        return b"#!" + interpreter.encode() + b"\n" + stream.read()
