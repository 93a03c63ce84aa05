"""What a person reads of an error."""

from __future__ import annotations

from studio.domain.errors import StudioError


def message_of(error: BaseException) -> str:
    if isinstance(error, StudioError):
        return f"{error.message}."
    return f"{type(error).__name__}: {error}"


def hint_of(error: BaseException) -> str:
    return error.hint if isinstance(error, StudioError) else ""
