"""Environments as files for computers without a network."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from studio.domain.environment import EnvironmentVersion, Lock, LockedPackage
from studio.domain.errors import InvalidError, RefusedError, StudioError
from studio.environments.conda_lock_text import is_conda, pip_part, read_lock_text
from studio.environments.interpreters import host_platform, interpreter_for
from studio.environments.lock_text import check_lock_lines, locked_packages
from studio.environments.package_files import fetch_all
from studio.environments.tool import Progress, Report, check_cancelled, silent
from studio.environments.whole_folder import not_writable
from studio.interchange.environment_bundle import (
    Bundle,
    BundledEnvironment,
    is_bundle,
    write_bundle,
)
from studio.interchange.requirements_txt import read_requirements
from studio.services.environments.service import EnvironmentService


@dataclass(frozen=True)
class WrittenBundle:
    environment: str
    file: Path
    packages: int
    size_bytes: int


@dataclass(frozen=True)
class ReadBundle:
    """`note` says what this computer lacks to build it, "" if nothing."""

    environment: EnvironmentVersion
    packages: int
    note: str = ""


class EnvironmentBundles:
    def __init__(self, environments: EnvironmentService) -> None:
        self._environments = environments

    def export(
        self,
        reference: str,
        file: Path,
        *,
        platform: str = "",
        progress: Report = silent,
        cancel: threading.Event | None = None,
    ) -> WrittenBundle:
        """What is declared, the lock for a platform ("" = this one's) and every package
        in one file, which is there whole or not at all."""
        version = self._environments.get(reference)
        if not version.declaration.is_locked:
            raise RefusedError(
                f"{version.reference} is an image, not a list of packages",
                hint="Export its image: --image",
            )
        platform = platform or host_platform()
        version = self._environments.lock(
            version.reference, platform=platform, progress=progress, cancel=cancel
        )
        lock = version.lock_for(platform)
        assert lock is not None
        _refuse_unhashed(lock)
        partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
        try:
            with tempfile.TemporaryDirectory(prefix="studio-bundle-") as name:
                with self._environments.shelf.serving(
                    lock, self._environments.indexes
                ) as (there, indexes):
                    packages = fetch_all(
                        there,
                        Path(name),
                        indexes=indexes,
                        progress=progress,
                        cancel=cancel,
                    )
                total = sum(each.stat().st_size for each in packages)
                bundled = BundledEnvironment(
                    version.name,
                    version.declaration,
                    lock,
                    version.description,
                    version.tags,
                )
                telling = _telling("exporting", total, progress, cancel)
                write_bundle(partial, bundled, packages, telling)
            partial.replace(file)
        except OSError as error:
            raise not_writable(file, error) from error
        finally:
            with suppress(OSError):  # a disk that can't be written says so above
                partial.unlink(missing_ok=True)
        size = file.stat().st_size
        return WrittenBundle(version.reference, file, len(packages), size)

    def is_bundle(self, file: Path) -> bool:
        return is_bundle(file)

    def import_from(
        self,
        file: Path,
        *,
        progress: Report = silent,
        cancel: threading.Event | None = None,
    ) -> ReadBundle:
        """The environment of such a file; its packages are kept here, so that it is
        built without a network. InvalidError, with nothing kept, for a wrong file."""
        shelf = self._environments.shelf
        count = 0
        with closing(Bundle(file)) as bundle:
            bundled = bundle.environment
            _check_lock(file, bundled)
            telling = _telling("importing", bundle.size_bytes, progress, cancel)
            try:
                with tempfile.TemporaryDirectory(
                    prefix=".import-", dir=shelf.staging
                ) as name:
                    checked = list(bundle.extract(Path(name), telling))
                    for digest, own, place in checked:
                        shelf.put(digest, own, place)
                        count += 1
            except OSError as error:
                raise not_writable(shelf.staging, error) from error
        made = self._environments.adopt(
            bundled.name,
            bundled.declaration,
            bundled.lock,
            description=bundled.description,
            tags=bundled.tags,
        )
        return ReadBundle(made, count, _what_is_lacking(bundled.lock))


def _telling(
    phase: str, total: int, progress: Report, cancel: threading.Event | None
) -> Callable[[int], None]:
    done = 0

    def wrote(size: int) -> None:
        nonlocal done
        check_cancelled(cancel, "The work on the file")
        done += size
        progress(Progress(phase, "", done, total))

    return wrote


def _refuse_unhashed(lock: Lock) -> None:
    for each in lock.packages:
        if not any(h.startswith("sha256:") for h in each.hashes):
            raise RefusedError(
                f"{each.name} has no SHA-256 in its channel, by which it is kept",
                hint="Take it from a channel that is indexed by newer tools",
            )


def _check_lock(file: Path, bundled: BundledEnvironment) -> None:
    """What would be installed is what the list of packages says, of no other place,
    and what the declaration asks for is in it."""
    lock, declared = bundled.lock, bundled.declaration.packages
    pip: Lock | None = lock
    try:
        _same(bundled.declaration.kind, "conda" if is_conda(lock) else "pip")
        if is_conda(lock):
            text = read_lock_text(lock.text)
            pip = pip_part(lock)
            named = {(p["name"], f"sha256:{p.get('sha256')}") for p in text.packages}
            listed = {
                (p.name, h)
                for p in lock.packages
                for h in p.hashes
                if p.manager == "conda"
            }
            _same(named, listed)
        if pip:
            check_lock_lines(pip.text, declared)
        found = locked_packages(pip.text) if pip else ()
        _same(_told(found), _told(p for p in lock.packages if p.manager == "pip"))
        if not is_conda(lock):
            _refuse_unanswered(declared, lock)
    except (StudioError, ValueError, KeyError, TypeError) as error:
        raise InvalidError(
            f"{file.name} can't be used: its lock contradicts itself",
            hint="Export the environment again, and copy the file whole",
        ) from error


def _told(packages: Iterable[LockedPackage]) -> set[object]:
    return {(p.name, p.version, p.url, p.marker, *p.hashes) for p in packages}


def _refuse_unanswered(declared: str, lock: Lock) -> None:
    """Those with a marker may rightly be left out."""
    for asked in read_requirements(declared).asked:
        wanted, version = asked.requirement, lock.version_of(asked.name)
        if wanted.marker is None and not version:
            raise ValueError(f"without {asked.name}")
        fits = wanted.specifier.contains(version, prereleases=True)
        if version and wanted.marker is None and not (wanted.url or fits):
            raise ValueError(f"{asked.name} {version} isn't what is asked for")


def _same(one: object, other: object) -> None:
    if one != other:
        raise ValueError("another list")


def _what_is_lacking(lock: Lock) -> str:
    if lock.platform != host_platform():
        return f"It is for {lock.platform}, and this computer is {host_platform()}"
    if not is_conda(lock):
        try:
            interpreter_for(lock.python)
        except StudioError:
            return f"It needs Python {lock.python}, which isn't on this computer"
    return ""
