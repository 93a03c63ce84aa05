"""The model registry: register, find, tag, archive, download, delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from studio.domain.errors import InvalidError, RefusedError
from studio.domain.model import (
    ModelFile,
    ModelPage,
    ModelVersion,
    check_asset_name,
    check_model_type,
    parse_reference,
)
from studio.domain.tag_filter import parse_filter
from studio.interchange import located
from studio.storage.artifacts import ArtifactStore
from studio.storage.models import ModelRepository, NewVersion


class ModelService:
    def __init__(self, repository: ModelRepository, artifacts: ArtifactStore) -> None:
        self._repository = repository
        self._artifacts = artifacts

    def register(
        self,
        name: str,
        path: Path,
        *,
        type: str = "",
        tags: Mapping[str, str] | None = None,
        properties: Mapping[str, str] | None = None,
        description: str = "",
    ) -> ModelVersion:
        """Store a file or folder as the next version of a name.

        The type is guessed when none is given: a folder with an MLmodel file is
        an `mlflow_model`, anything else a `custom_model`.
        """
        check_asset_name(name)
        kind = type or _guessed_type(path)
        check_model_type(kind)
        _check_content(path, kind)
        artifact = self._artifacts.add(path)
        number = self._repository.register(
            NewVersion(
                name=name,
                type=kind,
                digest=artifact.digest,
                size_bytes=artifact.size_bytes,
                tags=tags or {},
                properties=properties or {},
                description=description,
            )
        )
        return self.get(f"{name}:{number}")

    def list(
        self,
        filter: str = "",
        *,
        include_archived: bool = False,
        limit: int = 100,
        offset: int = 0,
    ) -> ModelPage:
        """One page, newest first. InvalidError explains a filter it can't read."""
        terms = parse_filter(filter)
        found, total = self._repository.search(
            terms, include_archived=include_archived, limit=limit, offset=offset
        )
        return ModelPage(tuple(found), total, terms.corrected)

    def get(self, reference: str) -> ModelVersion:
        return self._repository.get(parse_reference(reference))

    def tag_values(self) -> tuple[tuple[str, str], ...]:
        """(key, value) pairs in use, for completion."""
        return tuple(self._repository.tag_keys())

    def files(self, reference: str) -> tuple[ModelFile, ...]:
        return self._artifacts.get(self.get(reference).digest).files

    def path(self, reference: str) -> Path:
        """The version's content as a read-only file or folder."""
        return self._artifacts.path(self.get(reference).digest)

    def tag(self, reference: str, tags: Mapping[str, str]) -> ModelVersion:
        for key in tags:
            _check_tag_key(key)
        self._repository.tag(parse_reference(reference), tags)
        return self.get(reference)

    def untag(self, reference: str, keys: Sequence[str]) -> ModelVersion:
        self._repository.untag(parse_reference(reference), keys)
        return self.get(reference)

    def alias(self, reference: str, alias: str) -> ModelVersion:
        check_asset_name(alias)
        if alias == "latest":
            raise RefusedError(
                "'latest' always means the newest version", "Choose another alias"
            )
        version = self.get(reference)
        self._repository.set_alias(parse_reference(version.reference), alias)
        return self.get(version.reference)

    def unalias(self, reference: str, alias: str) -> ModelVersion:
        """Take an alias away from a version; nothing happens if it has none."""
        version = self.get(reference)
        self._repository.remove_alias(parse_reference(version.reference), alias)
        return self.get(version.reference)

    def describe(self, reference: str, description: str) -> ModelVersion:
        self._repository.describe(parse_reference(reference), description)
        return self.get(reference)

    def archive(self, reference: str) -> ModelVersion:
        """Hide a version from lists; it stays usable by its number."""
        version = self.get(reference)
        self._repository.set_archived(parse_reference(version.reference), True)
        return self.get(version.reference)

    def restore(self, reference: str) -> ModelVersion:
        version = self.get(reference)
        self._repository.set_archived(parse_reference(version.reference), False)
        return self.get(version.reference)

    def download(self, reference: str, folder: Path) -> Path:
        """Copy a version out, every hash checked. Never overwrites."""
        version = self.get(reference)
        artifact = self._artifacts.get(version.digest)
        target = folder if artifact.is_folder else folder / artifact.files[0].path
        taken = target.exists() and (target.is_file() or any(target.iterdir()))
        if taken:
            raise RefusedError(
                f"{target} already exists", "Choose an empty or a new folder"
            )
        return self._artifacts.export(version.digest, target)

    def folder(self, reference: str) -> Path:
        """The files of a version, to be read and never changed."""
        return self._artifacts.folder(self.get(reference).digest)

    def verify(self, reference: str) -> ModelVersion:
        """Read every byte again; InvalidError names a file that was changed."""
        version = self.get(reference)
        self._artifacts.verify(version.digest)
        return version

    def delete(self, reference: str) -> str:
        """Delete one version for good; which one it was.

        Refused while it is deployed, saying where. A bare name is refused when
        it has several versions.
        """
        version = self.get(_one_version(reference))
        self._repository.delete(parse_reference(version.reference))
        return version.reference

    def signature(self, reference: str) -> dict[str, Any]:
        """What the model says of its inputs: {"inputs": [{"name", "type"}, ...],
        "example": {...} | None}; empty lists when it says nothing."""
        from studio.interchange.mlflow_model import read_signature

        return read_signature(self.path(reference))


def _one_version(reference: str) -> str:
    parsed = parse_reference(reference)
    if parsed.version is None and not parsed.alias:
        raise InvalidError(
            f"'{reference}' doesn't say which version to delete",
            hint=f"Write {reference}:NUMBER",
        )
    return reference


def _guessed_type(path: Path) -> str:
    return "mlflow_model" if (path / "MLmodel").is_file() else "custom_model"


def _check_content(path: Path, kind: str) -> None:
    if kind == "mlflow_model" and not (path / "MLmodel").is_file():
        raise InvalidError(
            f"{path} isn't an MLflow model: it has no MLmodel file",
            hint="Choose the folder with MLmodel, or use the type custom_model",
        )
    if kind == "mlflow_model":
        located.read(path / "MLmodel").mapping("flavors")


def _check_tag_key(key: str) -> None:
    if not key or any(char in key for char in ' =!<>:|"'):
        raise InvalidError(
            f"'{key}' can't be the name of a tag",
            hint='Leave out spaces and the characters = ! < > : | "',
        )
