"""Environments: declared in versions, locked before anything depends on them."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from studio.domain.dockerfile import check_image
from studio.domain.environment import (
    Declaration,
    EnvironmentVersion,
    Lock,
    check_environment_name,
    check_python,
    declaration_key,
)
from studio.domain.errors import InvalidError, StudioError
from studio.domain.model import parse_reference
from studio.environments.interpreters import host_platform
from studio.environments.package_indexes import PackageIndexes
from studio.environments.package_shelf import PackageShelf
from studio.environments.tool import Report, silent
from studio.interchange.environment_file import read_conda_text, read_environment
from studio.interchange.requirements_txt import read_requirements
from studio.services.environments import starters
from studio.services.environments.build_contexts import store_context
from studio.services.environments.difference import (
    EnvironmentDifference,
    difference_of,
)
from studio.services.environments.drafts import Draft
from studio.services.environments.local import LocalEnvironments, LocalFolder
from studio.services.environments.package_settings import PackageSettingsService
from studio.services.environments.solver import USUAL_PYTHON, Solver
from studio.storage.artifacts import ArtifactStore
from studio.storage.environments import EnvironmentRepository, NewEnvironment
from studio.storage.work_logs import WorkLogs


@dataclass(frozen=True)
class Built:
    """A version as a folder of this computer, made of the lock of that digest."""

    reference: str
    digest: str
    local: LocalFolder


class EnvironmentService:
    def __init__(
        self,
        repository: EnvironmentRepository,
        artifacts: ArtifactStore,
        local: LocalEnvironments,
        indexes: PackageIndexes | None = None,
        settings: PackageSettingsService | None = None,
        logs: WorkLogs | None = None,
    ) -> None:
        self._repository = repository
        self._artifacts = artifacts
        self._local = local
        self._indexes = indexes
        self.settings = settings or PackageSettingsService()
        self._logs = logs

    def create(
        self,
        name: str,
        declaration: Declaration,
        *,
        description: str = "",
        tags: Mapping[str, str] | None = None,
    ) -> EnvironmentVersion:
        """The next version of a name; the newest one where it declares the same."""
        check_environment_name(name)
        if declaration.image:
            check_image(declaration.image)
        if declaration.kind == "pip" and declaration.python:
            check_python(declaration.python)
        key = declaration_key(declaration, _canonical_lines(declaration))
        number = self._repository.create(
            NewEnvironment(name, declaration, key, description, tags or {})
        )
        return self.get(f"{name}:{number}")

    def declared(self, name: str, declaration: Declaration) -> str:
        """The reference of a version that declares just this; "" if there is none."""
        key = declaration_key(declaration, _canonical_lines(declaration))
        number = self._repository.find(name, key)
        return "" if number is None else f"{name}:{number}"

    def create_from(
        self,
        path: Path,
        *,
        name: str = "",
        python: str = "",
        image: str = "",
        description: str = "",
        tags: Mapping[str, str] | None = None,
    ) -> EnvironmentVersion:
        """From a file or folder in any format that is known."""
        found = read_environment(path)
        declaration = found.declaration
        if found.context is not None:
            digest = store_context(
                self._artifacts, found.context, declaration.dockerfile
            )
            declaration = replace(declaration, context=digest)
        if python and declaration.kind == "pip":
            declaration = replace(declaration, python=python)
        if image:
            declaration = replace(declaration, image=image)
        return self.create(
            name or found.name or _name_of(path),
            declaration,
            description=description or found.description,
            tags={**found.tags, **(tags or {})},
        )

    def create_draft(self, draft: Draft) -> EnvironmentVersion:
        """The next version of what has been written; its folder is stored now."""
        declaration = draft.declaration()
        if draft.folder is not None:
            digest = store_context(self._artifacts, draft.folder, draft.dockerfile)
            declaration = replace(declaration, context=digest)
        return self.create(
            draft.name, declaration, description=draft.description, tags=draft.tags
        )

    def create_starter(self, name: str) -> EnvironmentVersion:
        """An ordinary environment of what a starter declares."""
        starter = starters.get(name)
        return self.create_from(
            starter.requirements,
            name=name,
            python=USUAL_PYTHON,
            description=starter.about,
            tags={"starter": name},
        )

    def list(self, *, include_archived: bool = False) -> Sequence[EnvironmentVersion]:
        return self._repository.list(include_archived=include_archived)

    def get(self, reference: str) -> EnvironmentVersion:
        return self._repository.get(parse_reference(reference))

    def lock(
        self,
        reference: str,
        *,
        platform: str = "",
        progress: Report = silent,
        cancel: threading.Event | None = None,
    ) -> EnvironmentVersion:
        """Solve a version for a platform and keep the answer with it, once."""
        version = self.get(reference)
        platform = platform or host_platform()
        if version.lock_for(platform) is None:
            declared = version.declaration
            lock = self.solve(declared, platform, progress=progress, cancel=cancel)
            self._repository.keep_lock(version.name, version.version, lock)
        return self.get(version.reference)

    def relock(
        self,
        reference: str,
        *,
        platform: str = "",
        progress: Report = silent,
        cancel: threading.Event | None = None,
    ) -> EnvironmentVersion:
        """Solve again what a version declares: a new version if that differs now."""
        version = self.get(reference)
        declared = version.declaration
        lock = self.solve(declared, platform, progress=progress, cancel=cancel)
        before = version.lock_for(lock.platform)
        if before is not None and before.digest == lock.digest:
            return version
        number = self._repository.create(NewEnvironment.again(version, lock))
        return self.get(f"{version.name}:{number}")

    def solve(
        self,
        declaration: Declaration,
        platform: str = "",
        *,
        progress: Report = silent,
        cancel: threading.Event | None = None,
    ) -> Lock:
        """What would be installed; nothing is, and nothing is kept.

        ConflictError, with ways out of it, where no versions fit together.
        """
        return Solver(
            self.indexes, self._local.conda_cache, platform or host_platform()
        ).solve(declaration, progress, cancel)

    def adopt(
        self,
        name: str,
        declaration: Declaration,
        lock: Lock,
        *,
        description: str = "",
        tags: Mapping[str, str] | None = None,
    ) -> EnvironmentVersion:
        """A version that was locked elsewhere; the newest one if it is the same."""
        check_environment_name(name)
        key = declaration_key(declaration, _canonical_lines(declaration))
        newest = next((v for v in self.list() if v.name == name), None)
        if newest is not None and newest.key == key:
            here = newest.lock_for(lock.platform)
            if here is None:
                self._repository.keep_lock(name, newest.version, lock)
            if here is None or here.digest == lock.digest:
                return self.get(newest.reference)
        new = NewEnvironment(name, declaration, key, description, tags or {}, [lock])
        return self.get(f"{name}:{self._repository.create(new)}")

    def build(
        self,
        reference: str,
        *,
        progress: Report = silent,
        cancel: threading.Event | None = None,
    ) -> Built:
        """The environment as a folder of this computer; locks it first if needed."""
        version = self.lock(reference, progress=progress, cancel=cancel)
        lock = version.lock_for(host_platform())
        assert lock is not None
        made = self._local.install(lock, self.indexes, progress=progress, cancel=cancel)
        return Built(version.reference, lock.digest, made)

    def built(self, reference: str) -> Built | None:
        """The folder of a version if it stands here already, whole."""
        version = self.get(reference)
        lock = version.lock_for(host_platform())
        made = self._local.find(lock) if lock is not None else None
        return Built(version.reference, lock.digest, made) if lock and made else None

    def built_ones(self, versions: Sequence[EnvironmentVersion]) -> frozenset[str]:
        """References of those that stand here as a folder."""
        platform = host_platform()
        locks = {each.reference: each.lock_for(platform) for each in versions}
        known = {ref: lock for ref, lock in locks.items() if lock is not None}
        return frozenset(ref for ref, lock in known.items() if self._is_here(lock))

    def difference(self, before: str, after: str) -> EnvironmentDifference:
        """Between two versions; of locks, those for this computer's platform."""
        return difference_of(self.get(before), self.get(after), host_platform())

    def tag(self, reference: str, tags: Mapping[str, str]) -> EnvironmentVersion:
        """Add or change tags, all else stays."""
        version = self.get(reference)
        merged = {**version.tags, **tags}
        self._repository.tag(parse_reference(version.reference), merged)
        return self.get(version.reference)

    def untag(self, reference: str, keys: Sequence[str]) -> EnvironmentVersion:
        """Take tags away; keys that it hasn't are none to worry about."""
        version = self.get(reference)
        kept = {key: text for key, text in version.tags.items() if key not in keys}
        self._repository.tag(parse_reference(version.reference), kept)
        return self.get(version.reference)

    def describe(self, reference: str, description: str) -> EnvironmentVersion:
        version = self.get(reference)
        self._repository.describe(parse_reference(version.reference), description)
        return self.get(version.reference)

    def archive(self, reference: str) -> EnvironmentVersion:
        """Hide a version from lists; it stays usable by its number."""
        return self._set_archived(reference, True)

    def restore(self, reference: str) -> EnvironmentVersion:
        return self._set_archived(reference, False)

    def delete(self, reference: str) -> str:
        """Delete one version for good; which one it was."""
        parsed = parse_reference(reference)
        if parsed.version is None and not parsed.alias:
            raise InvalidError(
                f"'{reference}' doesn't say which version to delete",
                hint=f"Write {reference}:NUMBER",
            )
        version = self.get(reference)
        self._repository.delete(parse_reference(version.reference))
        if self._logs is not None:
            self._logs.remove_of(version.reference)
        return version.reference

    @property
    def indexes(self) -> PackageIndexes:
        """Where packages come from, as the settings say now."""
        return self._indexes or self.settings.indexes()

    @property
    def shelf(self) -> PackageShelf:
        """Packages that came in files."""
        return self._local.shelf

    @property
    def conda_cache(self) -> Path:
        """Where what conda downloads is kept."""
        return self._local.conda_cache

    def _is_here(self, lock: Lock) -> bool:
        try:
            return self._local.find(lock) is not None
        except StudioError:  # the Python it was made with isn't here any more
            return False

    def _set_archived(self, reference: str, archived: bool) -> EnvironmentVersion:
        version = self.get(reference)
        self._repository.set_archived(parse_reference(version.reference), archived)
        return self.get(version.reference)


def _canonical_lines(declaration: Declaration) -> Sequence[str]:
    if declaration.kind == "conda":
        return read_conda_text(declaration.packages).canonical_lines()
    return read_requirements(declaration.packages).declared()


def _name_of(path: Path) -> str:
    """A name for what has none of its own: the folder's."""
    folder = path.absolute() if path.is_dir() else path.absolute().parent
    return folder.name.replace(" ", "-") or "environment"
