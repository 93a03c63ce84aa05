"""Errors a person can act on: what happened, and how to mend it."""

from __future__ import annotations

from pathlib import Path


class StudioError(Exception):
    """A refusal or failure with one clear message and a hint how to fix it.

    `code` is stable and machine readable (it appears in `--json` output).
    """

    code = "failed"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class NotFoundError(StudioError):
    code = "not_found"


class InvalidError(StudioError):
    """Input that can't be used: a file, a value, a reference."""

    code = "invalid"


class RefusedError(StudioError):
    """Understood, possible in principle, and refused to protect something."""

    code = "refused"


class UnavailableError(StudioError):
    """Something outside (a port, a process, a keyring, a disk) isn't there."""

    code = "unavailable"


class WorkspaceGoneError(UnavailableError):
    """The folder of the workspace that is open isn't there any more."""

    def __init__(self, root: Path) -> None:
        super().__init__(
            "This workspace has been moved or removed",
            hint=f"Open it where it is now, or put it back to {root}",
        )
