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
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from studio.domain.errors import InvalidError, NotFoundError, UnavailableError
from studio.domain.model import ModelFile
from studio.storage.artifact_files import (
    copy_hashing,
    hash_file,
    link_or_copy,
    not_ours,
    remove,
    sync_file,
    walk,
)
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
        """The artifact as an ordinary read-only file or folder on disk.

        InvalidError names a file that is damaged (told by its size).
        """
        return self._checked_out(self.get(digest), self._trees / digest)

    def folder(self, digest: str) -> Path:
        """The artifact as a folder: a single file stands in it under its own name."""
        artifact = self.get(digest)
        if artifact.is_folder:
            return self.path(digest)
        in_folder = replace(artifact, is_folder=True)
        return self._checked_out(in_folder, self._trees / f"{digest}.folder")

    def secure(self, digest: str) -> Artifact:
        """Wait until everything of an artifact is on disk."""
        artifact = self.get(digest)
        for file in artifact.files:
            blob = self._sound(file)
            sync_file(blob)
            sync_folder(blob.parent)
        sync_file(self._manifests / digest)
        sync_folder(self._manifests)
        return artifact

    def whole(self, digest: str) -> bool:
        """Whether everything is here with the right size (contents unread)."""
        try:
            files = self.get(digest).files
        except (OSError, NotFoundError, InvalidError):
            return False
        return all(self._holds(file.sha256, file.size_bytes) for file in files)

    def damaged(self, digest: str) -> bool:
        """Whether something is here, but not as it was stored (contents unread)."""
        try:
            files = self.get(digest).files
        except (OSError, NotFoundError):
            return False
        except InvalidError:
            return True
        here = [file for file in files if self._blob(file.sha256).exists()]
        return any(not self._holds(file.sha256, file.size_bytes) for file in here)

    def verify(self, digest: str) -> Artifact:
        """Read every byte again; InvalidError names the file that was changed."""
        artifact = self.get(digest)
        for file in artifact.files:
            try:
                actual = hash_file(self._blob(file.sha256))
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
            raise not_ours(path)
        files = tuple(
            self._store(file, name, consume, durable)
            for name, file in walk(path, is_folder)
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
            digest, size = hash_file(file), file.stat().st_size
            self._link_blob(file, digest, durable)
            return ModelFile(name, digest, size)
        return self._store_copy(file, name, durable)

    def _store_copy(self, file: Path, name: str, durable: bool) -> ModelFile:
        digest, size = hash_file(file), file.stat().st_size
        if self._holds(digest, size):
            return ModelFile(name, digest, size)
        temporary = self._temporary()
        digest, size = copy_hashing(file, temporary, durable)
        self._place(temporary, self._blob(digest), durable)
        return ModelFile(name, digest, size)

    def _link_blob(self, file: Path, digest: str, durable: bool) -> None:
        blob = self._blob(digest)
        if self._holds(digest, file.stat().st_size):
            return
        blob.unlink(missing_ok=True)  # a damaged one gives way
        if durable:
            sync_file(file)
        file.chmod(0o444)
        self._make(blob.parent)
        try:
            os.link(file, blob)
        except FileExistsError:
            return
        except OSError:  # another filesystem, or one without hard links
            temporary = self._temporary()
            copy_hashing(file, temporary, durable)
            self._place(temporary, blob, durable)

    def _place(self, temporary: Path, blob: Path, durable: bool) -> None:
        if self._holds(blob.name, temporary.stat().st_size):
            temporary.unlink()
            return
        temporary.chmod(0o444)
        self._make(blob.parent)
        temporary.replace(blob)
        if durable:
            sync_folder(blob.parent)

    def _write_manifest(self, artifact: Artifact, durable: bool) -> None:
        final = self._manifests / artifact.digest
        text = _manifest(artifact.is_folder, artifact.files)
        if final.exists() and final.stat().st_size == len(text.encode()):
            return
        temporary = self._temporary()
        temporary.write_text(text, encoding="utf-8")
        if durable:
            sync_file(temporary)
        self._make(final.parent)
        temporary.replace(final)
        if durable:
            sync_folder(final.parent)

    def _checked_out(self, artifact: Artifact, tree: Path) -> Path:
        """`tree`, made unless it stands there whole."""
        if _stands(artifact, tree):
            return tree
        temporary = self._temporary()
        if artifact.is_folder:
            temporary.mkdir()
        try:
            for file in artifact.files:
                target = temporary / file.path if artifact.is_folder else temporary
                target.parent.mkdir(parents=True, exist_ok=True)
                link_or_copy(self._sound(file), target)
        except InvalidError:
            remove(temporary)
            raise
        self._make(self._trees)
        if os.path.lexists(tree):
            self._put_away(tree)
        try:
            temporary.rename(tree)
        except OSError:  # another process checked it out first
            remove(temporary)
        return tree

    def _put_away(self, damaged: Path) -> None:
        aside = self._temporary()
        with suppress(FileNotFoundError):  # another process does the same
            damaged.rename(aside)
        remove(aside)

    def _holds(self, digest: str, size: int) -> bool:
        """Whether a blob is here with that size (its content is unread)."""
        try:
            return self._blob(digest).stat().st_size == size
        except OSError:
            return False

    def _sound(self, file: ModelFile) -> Path:
        """A file's blob; InvalidError if it isn't what was stored."""
        blob = self._blob(file.sha256)
        if not self._holds(file.sha256, file.size_bytes):
            what = "is damaged" if blob.exists() else "is gone"
            raise InvalidError(
                f"The stored content of '{file.path}' ({file.sha256[:12]}) {what}",
                hint="Run the step that made it again: a run replaces what is "
                "damaged. Or restore the workspace from a copy",
            )
        return blob

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


def digest_of(path: Path, file_hash: Callable[[Path], str]) -> str:
    """The digest a file or folder would be stored under, without storing it."""
    is_folder = path.is_dir()
    files = [
        ModelFile(name if is_folder else "", file_hash(file), file.stat().st_size)
        for name, file in walk(path, is_folder)
    ]
    return _digest(is_folder, files)


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


def _stands(artifact: Artifact, tree: Path) -> bool:
    """Whether it is checked out there, each file with its size."""
    try:
        return all(
            (tree / file.path if artifact.is_folder else tree).stat().st_size
            == file.size_bytes
            for file in artifact.files
        )
    except OSError:
        return False


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
