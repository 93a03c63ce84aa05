"""A Docker engine and its images, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

LABEL = "mlops-studio."
"""How the labels of everything that is ours begin."""


@dataclass(frozen=True)
class EngineContext:
    """One engine that can be talked to. `source` says who has named it."""

    name: str
    host: str
    current: bool = False
    source: str = "docker"
    certificates: str = ""
    verify: bool = True

    @property
    def remote(self) -> bool:
        """Whether it may be another machine, which sees none of our folders."""
        scheme, _, rest = self.host.partition("://")
        if scheme == "tcp":
            return not rest.startswith(("127.0.0.1", "localhost", "[::1]"))
        return scheme == "ssh"


@dataclass(frozen=True)
class EngineState:
    """What is known of an engine. Where it isn't `found`, `message` says why and
    `hint` how to start it."""

    context: EngineContext
    found: bool
    message: str = ""
    hint: str = ""
    version: str = ""
    platform: str = ""
    rootless: bool = False
    gpu: str = ""
    runtimes: tuple[str, ...] = ()
    storage: str = ""
    root: str = ""
    cpus: int = 0
    memory_bytes: int = 0
    free_bytes: int | None = None


@dataclass(frozen=True)
class DiskUse:
    """Bytes that an engine takes; `reclaimable` is what nothing uses."""

    images: int
    containers: int
    volumes: int
    build_cache: int
    reclaimable: int

    @property
    def total(self) -> int:
        return self.images + self.containers + self.volumes + self.build_cache


@dataclass(frozen=True)
class EngineImage:
    """An image that we have built. `used_by` names what would miss it."""

    id: str
    tags: tuple[str, ...]
    size_bytes: int
    created_at: datetime
    labels: Mapping[str, str] = field(default_factory=dict)
    used_by: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """ "environment" or "model"; "" for one that isn't ours."""
        return self.labels.get(LABEL + "kind", "")

    @property
    def made_of(self) -> str:
        """The model or the environment's version that it holds, as far as we know."""
        of = self.labels.get(LABEL + "model") or self.labels.get(LABEL + "environment")
        return of or ""

    @property
    def name(self) -> str:
        return self.tags[0] if self.tags else self.id.removeprefix("sha256:")[:12]


@dataclass(frozen=True)
class ImageLayer:
    """One line of the Dockerfile and the bytes it has added."""

    line: str
    size_bytes: int
    created_at: datetime
    from_base: bool = False
