"""A hint names a command in a terminal, and a button or a page in the window."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import studio
from studio.domain.errors import RefusedError
from studio.gui.errors import ErrorDialog
from studio.gui.theme.theme import Theme
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.hints import in_window

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

COMMAND = re.compile(
    r"studio (runs?|models|endpoints|pipelines|components|sweeps|backup|init|"
    r"environments|settings)\b"
)
TERMINAL = "in a terminal, studio "


LAYERS = (
    *("domain", "engine", "storage", "services", "targets", "interchange"),
    "environments",
)


def texts(node: ast.AST) -> Iterator[str]:
    """Every text of a module, with X for what is put into it."""
    if isinstance(node, ast.JoinedStr):
        parts = (getattr(part, "value", "") for part in node.values)
        yield "".join(part if isinstance(part, str) else "X" for part in parts)
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from texts(child)


def hints() -> list[str]:
    root = Path(studio.__file__).parent
    files = [file for layer in LAYERS for file in sorted((root / layer).rglob("*.py"))]
    every = {text for file in files for text in texts(ast.parse(file.read_text()))}
    return sorted(text for text in every if COMMAND.search(text) and "\n" not in text)


def test_that_there_are_hints_to_be_translated() -> None:
    assert len(hints()) > 15


@pytest.mark.parametrize("hint", hints())
def test_that_no_hint_tells_a_person_in_the_window_to_type(hint: str) -> None:
    shown = in_window(hint)
    assert not COMMAND.search(shown.replace(TERMINAL, "")), shown


@pytest.mark.parametrize(
    ("hint", "shown"),
    [
        ("Resume it: studio runs resume 20261126-1", "Press Resume in Runs"),
        ("See: studio endpoints show species", "See: Endpoints"),
        ("Start it: studio endpoints start species", "Press Start"),
        ("Give it one, or run with --set inputs.x=VALUE", "Give it one"),
        (
            "Keep it: studio settings packages login https://h/s, with that",
            "Keep it: Settings, Packages and network, with that",
        ),
        ("Choose another name", "Choose another name"),
    ],
)
def test_that_a_hint_names_the_window_s_own_places(hint: str, shown: str) -> None:
    assert in_window(hint) == shown


def test_that_banners_and_dialogs_show_it_so(qtbot: QtBot, theme: Theme) -> None:
    banner = Banner(
        "err", "It isn't serving", hint="Start it: studio endpoints start a"
    )
    dialog = ErrorDialog(None, RefusedError("No", "See: studio runs list"))
    qtbot.addWidget(banner)
    qtbot.addWidget(dialog)
    assert "Press Start" in banner.accessibleName()
    assert dialog.hint == "See: Runs"
