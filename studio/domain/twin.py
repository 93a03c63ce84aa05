"""An environment tried out: what was declared, what was locked, what really ran."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Verdict: TypeAlias = Literal["same", "differs", "missing", "unused"]
Outcome: TypeAlias = Literal["ok", "refused", "failed"]

SERIOUS_PHASES: Mapping[str, str] = {
    "start": "before the model was read",
    "import": "while its packages were imported",
    "load": "while the model was loaded",
    "score": "while a sample was scored",
}
"""In which part of a rehearsal something failed, in words."""


@dataclass(frozen=True)
class ModelNeeds:
    """What a model's own files say: the Python and the packages it was saved with.

    `packages` has a constraint ("==1.9.1", or "") for each normal name; `written_by`
    are those whose own format its file is.
    """

    python: str = ""
    packages: Mapping[str, str] = field(default_factory=dict)
    written_by: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Failure:
    """What went wrong in the environment; `package` is the one to blame, if known."""

    phase: str
    message: str
    hint: str = ""
    module: str = ""
    package: str = ""


@dataclass(frozen=True)
class SampleResult:
    """How one request made from the signature was answered. A model may refuse values
    that were made up; that says nothing about the environment."""

    name: str
    outcome: Outcome
    seconds: float
    message: str = ""


@dataclass(frozen=True)
class Rehearsal:
    """What the program that tried the model in the environment has told. `versions`
    are those of all that is installed, where it was asked for them."""

    python: str = ""
    imported: Mapping[str, str] = field(default_factory=dict)
    installed: frozenset[str] = frozenset()
    versions: Mapping[str, str] = field(default_factory=dict)
    saved_with: Mapping[str, str] = field(default_factory=dict)
    phases: Mapping[str, float] = field(default_factory=dict)
    samples: tuple[SampleResult, ...] = ()
    failures: tuple[Failure, ...] = ()
    accelerators: Mapping[str, str] = field(default_factory=dict)
    providers: Mapping[str, object] = field(default_factory=dict)
    memory_bytes: int = 0


@dataclass(frozen=True)
class TwinRow:
    """One package in three columns; `asked_by_model` is what the model says it needs.

    `serious` rows make the check fail.
    """

    name: str
    declared: str
    asked_by_model: str
    locked: str
    imported: str
    verdict: Verdict
    serious: bool = False
    words: str = ""


@dataclass(frozen=True)
class TwinReport:
    """What came out of trying a model in an environment: in its folder on this
    computer, or in its `image`."""

    environment: str
    model: str
    rows: tuple[TwinRow, ...]
    rehearsal: Rehearsal
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    image: str = ""

    @property
    def passed(self) -> bool:
        return not self.reasons

    @property
    def words(self) -> str:
        """The verdict in a sentence."""
        if not self.passed:
            return self.reasons[0]
        return f"{self.model} runs in {self.environment} as it was saved"
