"""Errors with a message and a hint, for the caller of a model or for its owner."""

from __future__ import annotations


class BadRequest(Exception):
    """The request can't be used (400)."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class CannotLoad(Exception):
    """The model can't be served at all."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def explain(error: BaseException) -> CannotLoad:
    """Why loading failed, in words that say what to do."""
    if isinstance(error, CannotLoad):
        return error
    if isinstance(error, ModuleNotFoundError):
        return CannotLoad(
            "The model needs the package '%s', which isn't in its environment"
            % (error.name or error),
            "Add it to the environment, then deploy again",
        )
    if isinstance(error, FileNotFoundError):
        return CannotLoad(
            "A file of the model is missing: %s" % (error.filename or error),
            "Register the model again with all its files",
        )
    return CannotLoad(
        "%s while loading the model: %s" % (type(error).__name__, error),
        "Read the deployment's log for the whole story",
    )
