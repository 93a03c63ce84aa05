"""Packages that came in files, kept by their hash: no network is asked for these."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from studio.domain.environment import Lock, LockedPackage
from studio.environments.conda_lock_text import (
    CondaLockText,
    is_conda,
    read_lock_text,
    write_lock_text,
)
from studio.environments.package_indexes import PackageIndexes

_SHA256 = re.compile(r"[0-9a-f]{64}")


class PackageShelf:
    """One folder for each file, named by its SHA-256; shared by all workspaces."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, sha256: str, name: str, file: Path) -> Path:
        """Take over a checked file of the same disk, or keep the one that is there."""
        assert _SHA256.fullmatch(sha256)
        kept = self._root / sha256 / name
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            file.replace(kept)
        return kept

    def find(self, package: LockedPackage) -> Path | None:
        """The file of a locked package; the first, where several fit."""
        for each in package.hashes:
            kind, _, digest = each.partition(":")
            if kind == "sha256" and (files := [*(self._root / digest).glob("*")]):
                return files[0]
        return None

    @property
    def staging(self) -> Path:
        """On the same disk."""
        self._root.mkdir(parents=True, exist_ok=True)
        return self._root

    @contextmanager
    def serving(
        self, lock: Lock, indexes: PackageIndexes
    ) -> Iterator[tuple[Lock, PackageIndexes]]:
        """The lock and indexes to install with: what is here is taken from here."""
        if not self._root.is_dir():
            yield lock, indexes
            return
        wheels = [p for p in lock.packages if p.manager == "pip"]
        found = [file for file in map(self.find, wheels) if file is not None]
        here = self._with_local_archives(lock)
        if not found:
            yield here, indexes
            return
        with tempfile.TemporaryDirectory(prefix="studio-wheels-") as name:
            for file in found:
                _link(file, Path(name) / file.name)
            links = (name, *indexes.find_links)
            if len(found) == len(wheels):
                alone = replace(
                    indexes, default="", extra=(), find_links=(name,), no_index=True
                )
                yield here, alone
            else:
                yield here, replace(indexes, find_links=links)

    def _with_local_archives(self, lock: Lock) -> Lock:
        """Its text names files of this computer; what it means stays the same."""
        if not is_conda(lock):
            return lock
        files = {p.name: self.find(p) for p in lock.packages if p.manager == "conda"}
        text = read_lock_text(lock.text)
        packages = [
            {**p, "url": file.as_uri()} if (file := files.get(p["name"])) else p
            for p in text.packages
        ]
        local = CondaLockText(text.platform, text.python, packages, text.pip)
        return replace(lock, text=write_lock_text(local))


def _link(file: Path, place: Path) -> None:
    try:
        os.link(file, place)
    except OSError:  # another disk
        shutil.copy2(file, place)
