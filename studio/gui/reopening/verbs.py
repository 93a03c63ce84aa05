"""The verbs of a step that ran, the same on the canvas and among the runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QMenu, QPushButton

from studio.gui.actions import Action, Actions
from studio.gui.reopening.opening import StepOpening
from studio.gui.widgets.basics import button, give_menu

Chosen = Callable[[], tuple[str, str] | None]
NAMES = ("debug", "notebook", "folder", "put_back")


def opening_verbs(prefix: str, opening: StepOpening, chosen: Chosen) -> list[Action]:
    """`chosen` tells run and step, or None where no step that began is chosen."""

    def act(verb: Callable[[str, str], None]) -> Callable[[], None]:
        def run() -> None:
            if (found := chosen()) is not None:
                verb(*found)

        return run

    words = (
        ("debug", "Open in debugger", "bug", opening.debug),
        ("notebook", "Open as notebook", "book-open", opening.notebook),
        ("folder", "Open folder of the step", "folder-open", opening.folder),
        (
            "put_back",
            "Put back into the pipeline…",
            "arrow-counter-clockwise",
            opening.put_back,
        ),
    )
    return [
        Action(
            f"{prefix}{name}",
            text,
            icon,
            category="Run",
            callback=act(verb),
            enabled=lambda: chosen() is not None,
        )
        for name, text, icon, verb in words
    ]


def ids(prefix: str) -> Sequence[str]:
    return [f"{prefix}{name}" for name in NAMES]


def open_again_button(registry: Actions, prefix: str) -> QPushButton:
    """A button that lists the ways to open the step again."""
    made = button("Open again", icon="bug", tip="Open the step as it ran")
    menu = QMenu(made)

    def fill() -> None:
        registry.refresh()
        menu.clear()
        menu.addActions([registry.get(name) for name in ids(prefix)])

    menu.aboutToShow.connect(fill)
    give_menu(made, menu)
    return made
