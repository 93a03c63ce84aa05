"""A noun of the command line."""

from __future__ import annotations

import typer

EVERYWHERE = "Every command also takes --workspace DIR and --json."


def noun(help: str) -> typer.Typer:
    """A noun's Typer, to which its module adds the verbs."""
    return typer.Typer(
        help=help,
        epilog=EVERYWHERE,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
