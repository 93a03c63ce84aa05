"""Making, opening and coming back to workspaces: verbs of the window."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from studio.gui.actions import Action
from studio.gui.widgets.basics import in_menu

if TYPE_CHECKING:
    from studio.gui.main_window import MainWindow


def workspace_actions(window: MainWindow) -> list[Action]:
    """In the order of the File menu."""
    return [
        Action(
            "workspace.new",
            "New workspace…",
            icon="folder-plus",
            shortcut="Ctrl+Shift+N",
            category="File",
            callback=partial(new_workspace, window),
        ),
        Action(
            "workspace.open",
            "Open folder…",
            icon="folder-open",
            shortcut="Ctrl+O",
            category="File",
            callback=window.ask_for_folder,
        ),
        Action(
            "workspace.recent",
            "Open recent",
            icon="clock-counter-clockwise",
            category="File",
            callback=lambda: _show_recent(window),
        ),
    ]


def new_workspace(window: MainWindow) -> None:
    """Ask for a name and a place."""
    from studio.gui.home.new_workspace import NewWorkspaceDialog

    dialog = NewWorkspaceDialog(window.tasks, _place_for_new(window.folder), window)
    dialog.made.connect(window.workspace_wanted)
    dialog.open()


def _show_recent(window: MainWindow) -> None:
    """Below the title: whoever asks by keys doesn't look where the pointer is."""
    menu = recent_menu(window)
    menu.popup(window.top.mapToGlobal(window.top.rect().bottomLeft()))
    menu.setActiveAction(menu.actions()[0])


def recent_menu(window: MainWindow) -> QMenu:
    """The workspaces used last, read when the menu opens."""
    menu = QMenu(window)
    menu.aboutToShow.connect(partial(_fill, menu, window))
    return menu


def _fill(menu: QMenu, window: MainWindow) -> None:
    from studio.services.recent import recent_workspaces

    menu.clear()
    for folder in recent_workspaces():
        if folder != window.folder:
            made = menu.addAction(f"{in_menu(folder.name)}\t{in_menu(_near(folder))}")
            made.triggered.connect(partial(_open, window, folder))
    if menu.isEmpty():
        menu.addAction("No other workspace yet").setEnabled(False)


def _open(window: MainWindow, folder: Path, *_: object) -> None:
    window.workspace_wanted.emit(folder)


def _near(folder: Path) -> str:
    """Where a workspace stands, from the home folder if it is there."""
    place, home = folder.parent, Path.home()
    return f"~/{place.relative_to(home)}" if place.is_relative_to(home) else str(place)


def _place_for_new(folder: Path) -> Path:
    """Beside the workspace that is open, unless that is a copy of a sample."""
    from studio.services.recent import data_folder

    inside = folder == Path() or folder.is_relative_to(data_folder())
    return Path.home() if inside else folder.parent
