"""`studio NOUN VERB ...`: reads the arguments, runs one command, sets the exit code.

Nouns are modules that are imported when they are used, so that `studio --help`
answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from studio.cli import output
from studio.domain.errors import StudioError

if TYPE_CHECKING:
    from studio.cli.session import Window


def run(arguments: Sequence[str], window: Window | None = None) -> int:
    """Do what the arguments say and return the exit code of the contract.

    `window` is how a window is opened; without one, `studio open` is refused.
    A bug keeps its traceback: it is raised.
    """
    from studio.cli.arguments import JSON, hoisted

    words = hoisted(arguments)
    as_json = JSON in words[:1]
    _forgive_encoding()
    try:
        return _call(words, window)
    except StudioError as error:
        output.report_error(error.message, error.hint, error.code, as_json)
        return output.CANCELLED if error.code == "cancelled" else output.REFUSED
    except KeyboardInterrupt:
        return output.CANCELLED
    except Exception as error:
        if _is_usage_error(error):
            _report_usage(error, as_json)
            return output.BAD_USAGE
        if as_json:
            document = output.error_document(f"{error!r}", "", "bug")
            output.emit({"error": document})
        raise


def _call(words: list[str], window: Window | None) -> int:
    from studio.cli.nouns import command
    from studio.cli.session import Session

    session = Session(window=window)
    try:
        code = command().main(words, "studio", standalone_mode=False, obj=session)
    except SystemExit as exit:  # asked for by shell completion, or a closed pipe
        code = exit.code
    return code if isinstance(code, int) else output.DONE


def _is_usage_error(error: Exception) -> bool:
    import typer

    return isinstance(error, typer.BadParameter.__mro__[1])


def _report_usage(error: Any, as_json: bool) -> None:
    """What is wrong with the arguments, and where it is written how they go."""
    context = error.ctx
    hint = f"See: {context.command_path if context else 'studio'} --help"
    message: str = error.format_message()
    if type(error).__name__ == "NoArgsIsHelpError":
        output.note(message)
        if as_json:
            document = output.error_document("No verb was given", hint, "usage")
            output.emit({"error": document})
        return
    output.report_error(message, hint, "usage", as_json)


def _forgive_encoding() -> None:
    """A terminal that can't show a character is no reason to fail."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
