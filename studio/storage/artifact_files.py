"""Files of an artifact: walked, hashed, copied or linked, one by one."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from studio.domain.errors import InvalidError


def walk(path: Path, is_folder: bool) -> Iterator[tuple[str, Path]]:
    """(relative name, file) in a stable order. Links and devices are refused:
    what they point to isn't part of what is stored."""
    if not is_folder:
        yield path.name, _regular(path, follow=True)
        return
    for entry in sorted(_files_below(path)):
        yield entry.relative_to(path).as_posix(), _regular(entry, follow=False)


def _files_below(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            yield from _files_below(entry)
        else:
            yield entry


def _regular(file: Path, *, follow: bool) -> Path:
    mode = file.stat().st_mode if follow else file.lstat().st_mode
    if not stat.S_ISREG(mode):
        raise not_ours(file)
    return file


def not_ours(file: Path) -> InvalidError:
    return InvalidError(
        f"{file} is a link or a special file",
        hint="Replace it by a copy of what it points to",
    )


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_hashing(source: Path, target: Path, durable: bool) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as reader, target.open("wb") as writer:
        while chunk := reader.read(1 << 20):
            digest.update(chunk)
            size += len(chunk)
            writer.write(chunk)
        if durable:
            writer.flush()
            os.fsync(writer.fileno())
    return digest.hexdigest(), size


def sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def link_or_copy(blob: Path, target: Path) -> None:
    try:
        os.link(blob, target)
    except OSError:
        shutil.copyfile(blob, target)


def remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
