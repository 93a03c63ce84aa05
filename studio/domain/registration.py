"""A step's wish to put one of its outputs into the registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Registration:
    """A run carries it out when the step succeeds; a trial of a sweep only keeps it."""

    name: str
    type: str
    digest: str
    tags: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    description: str = ""
    step: str = ""
