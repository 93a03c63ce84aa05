"""Environments: what a person declares, and the lock that decides what it means."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from studio.domain.errors import InvalidError, RefusedError
from studio.domain.model import check_asset_name

EnvironmentKind: TypeAlias = Literal["pip", "conda", "docker", "image"]
PackageManager: TypeAlias = Literal["pip", "conda"]

RESERVED_PREFIXES = ("azureml-", "microsoft")
"""Azure ML refuses custom environments whose names begin so, in any case."""


@dataclass(frozen=True)
class Declaration:
    """What a person writes. `kind` says which of the fields are used.

    pip:    `packages` is the text of a requirements.txt; `python` like "3.11".
    conda:  `packages` is the text of an environment.yml; it names its own Python.
    docker: `context` is the digest of a folder with a Dockerfile.
    image:  `image` is an existing image, used as it is.
    For pip and conda `image` is the base an image is built on ("" = the usual one).
    """

    kind: EnvironmentKind
    packages: str = ""
    python: str = ""
    image: str = ""
    context: str = ""
    dockerfile: str = "Dockerfile"

    def __post_init__(self) -> None:
        if self.kind == "image" and not self.image:
            raise InvalidError(
                "This environment names no image", "Write its reference as 'image'"
            )
        if self.kind == "docker" and self.image:
            raise InvalidError(
                "An environment has an image or a build context, not both",
                hint="Remove 'image', or remove 'build'",
            )

    @property
    def is_locked(self) -> bool:
        """Whether it has packages that a lock decides."""
        return self.kind in ("pip", "conda")


@dataclass(frozen=True)
class LockedPackage:
    """One package of a lock. `needed_by` is empty for what was asked for itself."""

    name: str
    version: str
    manager: PackageManager = "pip"
    needed_by: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()
    url: str = ""
    build: str = ""
    marker: str = ""


@dataclass(frozen=True)
class Lock:
    """Exactly what is installed, for one Python on one platform.

    `python` is "3.11"; `platform` is a name of `PLATFORMS`; `text` is what the
    installer reads.
    """

    python: str
    platform: str
    packages: tuple[LockedPackage, ...]
    solver: str
    text: str
    made_at: datetime | None = None

    @property
    def digest(self) -> str:
        """Of what it means, not of when or by whom it was made."""
        named = sorted(
            [p.manager, p.name, p.version, p.build, p.url, p.marker, *sorted(p.hashes)]
            for p in self.packages
        )
        return _digest([self.python, self.platform, named])

    @property
    def sources(self) -> tuple[str, ...]:
        """The indexes and channels that have its packages, without credentials; empty
        for locks made before this was kept."""
        found = re.findall(r"^ +# from (\S+)$", self.text, re.MULTILINE)
        channels = [
            each.url.rsplit("/", 2)[0] for each in self.packages if _is_of_channel(each)
        ]
        told = dict.fromkeys([*found, *channels])
        return tuple(sorted(re.sub(r"(?<=://)[^/]*@", "", each) for each in told))

    def version_of(self, name: str) -> str:
        """The version of a package; "" if it isn't in."""
        return next((p.version for p in self.packages if p.name == name), "")


@dataclass(frozen=True)
class EnvironmentVersion:
    """One version; what it declares never changes. `locks` has one a platform."""

    name: str
    version: int
    declaration: Declaration
    key: str
    created_at: datetime
    locks: tuple[Lock, ...] = ()
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    archived: bool = False
    created_by: str = ""

    @property
    def reference(self) -> str:
        return f"{self.name}:{self.version}"

    def lock_for(self, platform: str) -> Lock | None:
        return next((lock for lock in self.locks if lock.platform == platform), None)


PLATFORMS: Mapping[str, str] = {
    "linux-64": "x86_64-manylinux_2_28",
    "linux-aarch64": "aarch64-manylinux_2_28",
    "osx-arm64": "aarch64-apple-darwin",
    "osx-64": "x86_64-apple-darwin",
    "win-64": "x86_64-pc-windows-msvc",
}
"""conda's name of each platform that can be solved for, and uv's."""


def _is_of_channel(package: LockedPackage) -> bool:
    return package.manager == "conda" and package.url.count("/") > 2


def check_environment_name(name: str) -> None:
    """InvalidError or RefusedError for a name that no environment may have."""
    check_asset_name(name)
    if name.lower().startswith(RESERVED_PREFIXES):
        raise RefusedError(
            f"'{name}' begins with a reserved prefix",
            hint="Choose a name that doesn't begin with AzureML- or Microsoft",
        )


def check_python(version: str) -> None:
    """InvalidError for what is no version of Python, as "3.11" is one."""
    if not re.fullmatch(r"[23]\.\d{1,2}(\.\d{1,3})?", version):
        raise InvalidError(
            f"'{version}' isn't a version of Python", "Write it like 3.11"
        )


def declaration_key(declaration: Declaration, requirements: Sequence[str]) -> str:
    """The identity of what is declared; comments and order don't matter.

    `requirements` are the canonical lines of its packages.
    """
    return _digest(
        [
            declaration.kind,
            declaration.python,
            declaration.image,
            declaration.context,
            declaration.dockerfile if declaration.context else "",
            sorted(set(requirements)),
        ]
    )


def _digest(value: object) -> str:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
