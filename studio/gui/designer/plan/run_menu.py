"""The ways to run, beside Run; pointing at one shows its steps on the canvas."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QMenu, QPushButton

from studio.gui.actions import Actions
from studio.gui.designer.plan.scope import Scope
from studio.gui.widgets.basics import button, give_menu

NAME = "Other ways to run"


def run_menu(
    actions: Actions,
    verbs: Mapping[Scope, str],
    others: Sequence[str],
    hovered: Callable[[Scope | None], object],
) -> QPushButton:
    """A button with the verbs of each scope, and `others` at the end.

    `hovered(Scope)` follows the pointer and the keys, None the end.
    """
    made = button("", kind="primary", icon="caret-down", tip=NAME)
    made.setAccessibleName(NAME)
    made.setFixedWidth(28)
    menu = QMenu(made)
    for verb in verbs.values():
        menu.addAction(actions.get(verb))
    menu.addSeparator()
    for other in others:
        menu.addAction(actions.get(other))
    scopes = {actions.get(verb): scope for scope, verb in verbs.items()}
    menu.hovered.connect(lambda action: hovered(scopes.get(action)))
    menu.aboutToShow.connect(actions.refresh)
    menu.aboutToHide.connect(lambda: hovered(None))
    give_menu(made, menu)
    return made
