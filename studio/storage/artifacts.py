"""Content-addressed files and folders: stored once, named by their SHA-256.

    artifacts/blobs/ab/abcd...     one file's content, read-only
    artifacts/manifests/<digest>   what a file or folder consists of
    artifacts/trees/<digest>       the same, checked out by hard links

Writers need no lock: everything is made under a temporary name and renamed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from studio.domain.errors import InvalidError, NotFoundError, UnavailableError
from studio.domain.model import ModelFile
from studio.storage.files import sync_folder

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True)
class Artifact:
    """A stored file or folder. `size_bytes` is the sum over its files."""

    digest: str
    is_folder: bool
    files: tuple[ModelFile, ...]

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)


class ArtifactStore:
    def __init__(self, root: Path) -> None:
        self.root = root
        self._trees = root / "trees"
        self._manifests = root / "manifests"

    def add(
        self, path: Path, *, consume: bool = False, durable: bool = True
    ) -> Artifact:
        """Store a file or folder.

        With `consume` the files are taken over by hard link (they become
        read-only); else they are copied. `durable` waits until the content is on
        disk, so that a committed record never names lost bytes.
        """
        try:
            return self._add(path, consume, durable)
        except OSError as error:
            raise _cannot_store(path, error) from error

    def add_files(
        self, files: Mapping[str, Path], *, durable: bool = False
    ) -> Artifact:
        """Store files under names of their own, as one folder."""
        try:
            stored = tuple(
                self._store_copy(files[name], name, durable) for name in sorted(files)
            )
            artifact = Artifact(_digest(True, stored), True, stored)
            self._write_manifest(artifact, durable)
        except OSError as error:
            raise _cannot_store(error.filename or "The code", error) from error
        return artifact

    def get(self, digest: str) -> Artifact:
        """The manifest of a stored artifact; NotFoundError if it isn't here."""
        if not _DIGEST.match(digest):
            raise _gone(digest)
        try:
            return _read_manifest((self._manifests / digest).read_bytes(), digest)
        except FileNotFoundError:
            raise _gone(digest) from None

    def path(self, digest: str) -> Path:
        """The artifact as an ordinary read-only file or folder on disk."""
        tree = self._trees / digest
        if not os.path.lexists(tree):
            self._check_out(self.get(digest))
        return tree

    def folder(self, digest: str) -> Path:
        """The artifact as a folder: a single file stands in it under its own name."""
        artifact = self.get(digest)
        if artifact.is_folder:
            return self.path(digest)
        final = self._trees / f"{digest}.folder"
        if not final.is_dir():
            temporary = self._temporary()
            temporary.mkdir()
            (file,) = artifact.files
            _link_or_copy(self._blob(file.sha256), temporary / file.path)
            self._make(self._trees)
            try:
                temporary.rename(final)
            except OSError:  # another process was faster
                _remove(temporary)
        return final

    def secure(self, digest: str) -> Artifact:
        """Wait until everything of an artifact is on disk."""
        artifact = self.get(digest)
        for file in artifact.files:
            blob = self._blob(file.sha256)
            _sync_file(blob)
            sync_folder(blob.parent)
        _sync_file(self._manifests / digest)
        sync_folder(self._manifests)
        return artifact

    def whole(self, digest: str) -> bool:
        """Whether everything is here with the right size (contents unread)."""
        try:
            files = self.get(digest).files
            return all(
                self._blob(file.sha256).stat().st_size == file.size_bytes
                for file in files
            )
        except (OSError, NotFoundError, InvalidError):
            return False

    def verify(self, digest: str) -> Artifact:
        """Read every byte again; InvalidError names the file that was changed."""
        artifact = self.get(digest)
        for file in artifact.files:
            try:
                actual = _hash_file(self._blob(file.sha256))
            except OSError:
                actual = ""
            if actual != file.sha256:
                raise InvalidError(
                    f"'{file.path}' no longer has the content that was registered",
                    hint="Restore the workspace from a copy, or register it anew",
                )
        return artifact

    def export(self, digest: str, destination: Path) -> Path:
        """Copy an artifact out (never linked), its hashes checked first."""
        artifact = self.verify(digest)
        try:
            for file in artifact.files:
                target = destination / file.path if artifact.is_folder else destination
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self._blob(file.sha256), target)
            if artifact.is_folder:
                destination.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UnavailableError(
                f"{destination} can't be written: {error.strerror}",
                hint="Choose another folder, or free some space",
            ) from error
        return destination

    # -- inside ---------------------------------------------------------------

    def _add(self, path: Path, consume: bool, durable: bool) -> Artifact:
        is_folder = path.is_dir()
        if not path.exists():
            raise NotFoundError(f"There is nothing at {path}", "Check the path")
        if consume and path.is_symlink():
            raise _not_ours(path)
        files = tuple(
            self._store(file, name, consume, durable)
            for name, file in _walk(path, is_folder)
        )
        if is_folder and not files:
            raise InvalidError(
                f"The folder {path} is empty", "Put at least one file into it"
            )
        artifact = Artifact(_digest(is_folder, files), is_folder, files)
        self._write_manifest(artifact, durable)
        return artifact

    def _store(self, file: Path, name: str, consume: bool, durable: bool) -> ModelFile:
        if consume and file.stat().st_nlink == 1:  # else somebody else uses it too
            digest, size = _hash_file(file), file.stat().st_size
            self._link_blob(file, digest, durable)
            return ModelFile(name, digest, size)
        return self._store_copy(file, name, durable)

    def _store_copy(self, file: Path, name: str, durable: bool) -> ModelFile:
        digest = _hash_file(file)
        if self._blob(digest).exists():
            return ModelFile(name, digest, file.stat().st_size)
        temporary = self._temporary()
        digest, size = _copy_hashing(file, temporary, durable)
        self._place(temporary, self._blob(digest), durable)
        return ModelFile(name, digest, size)

    def _link_blob(self, file: Path, digest: str, durable: bool) -> None:
        blob = self._blob(digest)
        if blob.exists():
            return
        if durable:
            _sync_file(file)
        file.chmod(0o444)
        self._make(blob.parent)
        try:
            os.link(file, blob)
        except FileExistsError:
            return
        except OSError:  # another filesystem, or one without hard links
            temporary = self._temporary()
            _copy_hashing(file, temporary, durable)
            self._place(temporary, blob, durable)

    def _place(self, temporary: Path, blob: Path, durable: bool) -> None:
        if blob.exists():
            temporary.unlink()
            return
        temporary.chmod(0o444)
        self._make(blob.parent)
        temporary.replace(blob)
        if durable:
            sync_folder(blob.parent)

    def _write_manifest(self, artifact: Artifact, durable: bool) -> None:
        final = self._manifests / artifact.digest
        if final.exists():
            return
        temporary = self._temporary()
        temporary.write_text(_manifest(artifact.is_folder, artifact.files))
        if durable:
            _sync_file(temporary)
        self._make(final.parent)
        temporary.replace(final)
        if durable:
            sync_folder(final.parent)

    def _check_out(self, artifact: Artifact) -> None:
        temporary = self._temporary()
        if artifact.is_folder:
            temporary.mkdir()
        for file in artifact.files:
            target = temporary / file.path if artifact.is_folder else temporary
            target.parent.mkdir(parents=True, exist_ok=True)
            _link_or_copy(self._blob(file.sha256), target)
        self._make(self._trees)
        try:
            temporary.rename(self._trees / artifact.digest)
        except OSError:  # another process checked it out first
            _remove(temporary)

    def _blob(self, digest: str) -> Path:
        return self.root / "blobs" / digest[:2] / digest

    def _temporary(self) -> Path:
        folder = self.root / "incoming"
        self._make(folder)
        return folder / uuid4().hex

    def _make(self, folder: Path) -> None:
        """A folder of the store, unless the workspace around it isn't there."""
        self.root.parent.stat()
        folder.mkdir(parents=True, exist_ok=True)


def _cannot_store(what: object, error: OSError) -> UnavailableError:
    return UnavailableError(
        f"{what} can't be stored: {error.strerror or error}",
        hint="Check the free space and the permissions",
    )


def _walk(path: Path, is_folder: bool) -> Iterator[tuple[str, Path]]:
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
        raise _not_ours(file)
    return file


def _not_ours(file: Path) -> InvalidError:
    return InvalidError(
        f"{file} is a link or a special file",
        hint="Replace it by a copy of what it points to",
    )


def digest_of(path: Path, file_hash: Callable[[Path], str]) -> str:
    """The digest a file or folder would be stored under, without storing it."""
    is_folder = path.is_dir()
    files = [
        ModelFile(name if is_folder else "", file_hash(file), file.stat().st_size)
        for name, file in _walk(path, is_folder)
    ]
    return _digest(is_folder, files)


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    return _hash_file(path)


def _digest(is_folder: bool, files: Iterable[ModelFile]) -> str:
    return hashlib.sha256(_manifest(is_folder, files).encode()).hexdigest()


def _manifest(is_folder: bool, files: Iterable[ModelFile]) -> str:
    rows = [[file.path, file.sha256, file.size_bytes] for file in files]
    return json.dumps({"folder": is_folder, "files": rows}, separators=(",", ":"))


def _read_manifest(text: bytes, digest: str) -> Artifact:
    if hashlib.sha256(text).hexdigest() != digest:
        raise _damaged(digest)
    data = json.loads(text)
    files = tuple(ModelFile(path, sha, size) for path, sha, size in data["files"])
    for file in files:  # a workspace from elsewhere may have been made to lead us out
        outside = file.path.startswith("/") or ".." in file.path.split("/")
        if outside or not _DIGEST.match(file.sha256):
            raise _damaged(digest)
    return Artifact(digest, bool(data["folder"]), files)


def _gone(digest: str) -> NotFoundError:
    return NotFoundError(
        f"The content '{digest[:12]}' isn't in this workspace",
        hint="It was removed; run the step that made it again",
    )


def _damaged(digest: str) -> InvalidError:
    return InvalidError(
        f"The list of files of {digest[:12]} is damaged",
        hint="Restore the workspace from a copy",
    )


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy_hashing(source: Path, target: Path, durable: bool) -> tuple[str, int]:
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


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _link_or_copy(blob: Path, target: Path) -> None:
    try:
        os.link(blob, target)
    except OSError:
        shutil.copyfile(blob, target)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
