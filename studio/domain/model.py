"""Registered models: a name, versions that only grow, and tags to find them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from studio.domain.errors import InvalidError

MODEL_TYPES = ("custom_model", "mlflow_model", "triton_model")
ASSET_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,254}\Z")
_NUMBER = re.compile(r"[0-9]{1,9}\Z")


@dataclass(frozen=True)
class ModelReference:
    """`NAME`, `NAME:VERSION`, `NAME@latest` or `NAME@ALIAS`."""

    name: str
    version: int | None = None
    alias: str = ""

    def __str__(self) -> str:
        if self.version is not None:
            return f"{self.name}:{self.version}"
        return f"{self.name}@{self.alias}" if self.alias else self.name


@dataclass(frozen=True)
class ModelFile:
    """One file of a version: path relative to its root, SHA-256, bytes."""

    path: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class ModelVersion:
    name: str
    version: int
    type: str
    digest: str
    size_bytes: int
    created_at: datetime
    tags: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    description: str = ""
    archived: bool = False
    run_id: str = ""
    experiment: str = ""
    pipeline: str = ""
    step: str = ""
    created_by: str = ""
    trained_here: bool = False
    used_by: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        return f"{self.name}:{self.version}"

    @property
    def stage(self) -> str:
        return self.tags.get("stage", "")


@dataclass(frozen=True)
class ModelPage:
    """One page of a search: `total` counts all hits, `corrected` is the filter
    rewritten as we understood it when it was written another way."""

    models: tuple[ModelVersion, ...]
    total: int
    corrected: str = ""


def parse_reference(text: str) -> ModelReference:
    """Read `NAME`, `NAME:VERSION` or `NAME@ALIAS`; InvalidError otherwise."""
    text = text.strip().removeprefix("azureml:")
    if "@" in text and ":" in text:
        raise InvalidError(
            f"'{text}' names both a version and an alias", "Give one of the two"
        )
    name, _, version = text.partition(":")
    name, _, alias = name.partition("@")
    check_asset_name(name)
    if version and not _NUMBER.match(version):
        raise InvalidError(
            f"'{version}' isn't a version number",
            hint=f"Write {name}:3, {name}@latest or {name}@ALIAS",
        )
    return ModelReference(name, int(version) if version else None, alias)


def check_asset_name(name: str) -> None:
    if not ASSET_NAME.match(name):
        raise InvalidError(
            f"'{name}' can't be the name of an asset",
            hint="Use letters, digits, '-', '_' and '.', at most 255 characters",
        )


def check_model_type(kind: str) -> None:
    if kind not in MODEL_TYPES:
        raise InvalidError(
            f"'{kind}' isn't a type of model", f"Use one of: {', '.join(MODEL_TYPES)}"
        )
