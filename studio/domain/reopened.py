"""A step of a past run, opened again in a folder of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from studio.domain.run import RunnerProcess

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Reopened:
    """What was laid out: `command` is the step's own, its places filled in.

    `notes` say what couldn't be had as it was then. `digest` is that of the code.
    """

    run_id: str
    step: str
    component: str
    folder: Path
    command: str
    port: int
    digest: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def code(self) -> Path:
        """Its working folder: a copy of its code, free to be edited."""
        return self.folder / "code"

    @property
    def script(self) -> Path:
        """Runs the step as it ran."""
        return self.folder / "run.sh"

    @property
    def debug_script(self) -> Path:
        """Runs it waiting for a debugger."""
        return self.folder / "debug.sh"

    @property
    def launch(self) -> Path:
        """What an editor needs to know to attach."""
        return self.folder / ".vscode" / "launch.json"

    @property
    def notebook(self) -> Path:
        return self.folder / f"{self.step}.ipynb"


@dataclass(frozen=True)
class Debugging:
    """A step that waits for a debugger at `address`, or has got one."""

    reopened: Reopened
    process: RunnerProcess
    log: Path

    @property
    def address(self) -> str:
        return f"{HOST}:{self.reopened.port}"


@dataclass(frozen=True)
class CodeChange:
    """What an edit of reopened code would do to a component of the workspace."""

    component: str
    folder: Path
    files: tuple[str, ...]
    diff: str
    is_new: bool
    """Whether a component of the workspace is made that hides the built-in one."""
