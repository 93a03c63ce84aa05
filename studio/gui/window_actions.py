"""The verbs of the window itself: workspace, pages, view, help."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from studio.gui.actions import Action
from studio.gui.page import PageSpec
from studio.gui.tab_order import move_to_pane
from studio.gui.workspace_verbs import workspace_actions

if TYPE_CHECKING:
    from studio.gui.main_window import MainWindow


def window_actions(window: MainWindow, pages: Sequence[PageSpec]) -> list[Action]:
    """All of them, in the order of the menus."""
    return [
        *workspace_actions(window),
        _quit(window),
        *_go(window, pages),
        *_view(window),
        *window.appearance.actions(),
        *_help(window),
    ]


def _go(window: MainWindow, pages: Sequence[PageSpec]) -> list[Action]:
    return [
        Action(
            f"go.{spec.id}",
            f"Go to {spec.title}",
            icon=spec.icon,
            shortcut=f"Ctrl+{number}" if number < 10 else "",
            callback=partial(window.open_page, spec.id),
            enabled=lambda: window.studio is not None,
        )
        for number, spec in enumerate(pages, 1)
    ]


def _quit(window: MainWindow) -> Action:
    return Action(
        "window.quit",
        "Quit",
        icon="sign-out",
        shortcut="Ctrl+Q",
        category="File",
        callback=window.close,
        role="QuitRole",
    )


def _view(window: MainWindow) -> list[Action]:
    return [
        Action(
            "settings.packages",
            "Packages and network…",
            icon="globe",
            category="Edit",
            callback=window.show_package_settings,
        ),
        Action(
            "view.palette",
            "Command palette",
            icon="command",
            shortcut="Ctrl+Shift+P",
            callback=window.palette_box.open,
        ),
        Action(
            "view.next_part",
            "Next part of the window",
            icon="arrow-line-right",
            shortcut="F6",
            callback=partial(move_to_pane, window),
        ),
        Action(
            "view.menu_bar",
            "Menu bar",
            icon="list",
            shortcut="Ctrl+Shift+M",
            callback=window.flip_menu_bar,
            checked=lambda: window.menuBar().isVisible(),
        ),
        Action(
            "view.full_screen",
            "Full screen",
            icon="corners-out",
            shortcut="F11",
            callback=window.flip_full_screen,
            checked=window.isFullScreen,
        ),
    ]


def _help(window: MainWindow) -> list[Action]:
    return [
        Action(
            "help.keys",
            "Keyboard and help",
            icon="keyboard",
            shortcut="F1",
            category="Help",
            callback=window.show_help,
        ),
        Action(
            "help.change_keys",
            "Keyboard shortcuts…",
            icon="keyboard",
            category="Help",
            callback=window.show_keys,
        ),
        Action(
            "help.diagnostics",
            "Copy diagnostics",
            icon="clipboard-text",
            category="Help",
            callback=window.copy_diagnostics,
        ),
    ]
