"""What can be done on the Environments page, for menus, palette and buttons."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from studio.gui.actions import Action
from studio.gui.list_verbs import (
    archive_verbs,
    archived_verb,
    copy_verb,
    delete_verb,
    list_verbs,
)

if TYPE_CHECKING:
    from studio.gui.environments.page import EnvironmentsPage

MENU = (
    ("environments.edit", "environments.lock", "environments.relock"),
    ("environments.build", "environments.build_image", "environments.show_folder"),
    ("environments.copy", "environments.news"),
    ("environments.export_bundle", "environments.import_bundle"),
    ("environments.archive", "environments.restore"),
    ("environments.delete",),
)


def verbs(page: EnvironmentsPage) -> list[Action]:
    """Every action of the page."""
    return [*_work_actions(page), *_edit_actions(page), *_list_actions(page)]


def _work_actions(page: EnvironmentsPage) -> list[Action]:
    commands = page.commands
    return [
        Action(
            "environments.lock",
            "Lock",
            icon="lock",
            shortcut="Ctrl+L",
            category="Run",
            callback=commands.lock,
            enabled=partial(_can_lock, page),
        ),
        Action(
            "environments.relock",
            "Lock again",
            icon="arrows-clockwise",
            category="Run",
            callback=commands.relock,
            enabled=partial(_is_locked, page),
        ),
        Action(
            "environments.build",
            "Build",
            icon="hammer",
            shortcut="Ctrl+B",
            category="Run",
            callback=commands.build,
            enabled=partial(_has_packages, page),
        ),
        Action(
            "environments.news",
            "Look for newer packages",
            icon="arrow-up",
            category="Run",
            callback=commands.look_for_newer,
            enabled=partial(_is_locked, page),
        ),
        Action(
            "environments.cancel",
            "Cancel all work on environments",
            icon="stop",
            category="Run",
            callback=page.works.cancel_all,
            enabled=lambda: any(work.goes_on for work in page.works.all),
        ),
    ]


def _edit_actions(page: EnvironmentsPage) -> list[Action]:
    commands = page.commands
    return [
        Action(
            "environments.edit",
            "Edit as new version…",
            icon="pencil-simple",
            shortcut="Ctrl+E",
            category="Edit",
            callback=commands.edit,
            enabled=partial(_has_version, page),
        ),
        copy_verb(
            "environments.copy",
            "Copy reference",
            commands.copy_reference,
            partial(_has_version, page),
        ),
        Action(
            "environments.show_folder",
            "Show its folder",
            icon="folder-open",
            category="File",
            callback=commands.show_folder,
            enabled=partial(_is_locked, page),
        ),
        *archive_verbs(
            page.id, commands.archive, commands.restore, partial(_is_archived, page)
        ),
        delete_verb(
            page.id, "Delete version…", commands.delete, partial(_has_version, page)
        ),
    ]


def _list_actions(page: EnvironmentsPage) -> list[Action]:
    commands = page.commands
    starters = [
        Action(
            f"environments.starter_{name.replace('-', '_')}",
            f"Create the starter “{name}”",
            icon="sparkle",
            category="File",
            callback=partial(commands.create_starter, name),
            menu=False,
        )
        for name in page.starters
    ]
    return [
        Action(
            "environments.new",
            "New environment…",
            icon="plus",
            shortcut="Ctrl+N",
            category="File",
            callback=commands.new,
        ),
        Action(
            "environments.from_file",
            "New environment from a file…",
            icon="file-plus",
            shortcut="Ctrl+Shift+O",
            category="File",
            callback=commands.ask_for_file,
        ),
        *starters,
        *list_verbs(page.id, commands.export_csv, page.filter),
        archived_verb(page.id, page.switch),
    ]


def _has_version(page: EnvironmentsPage) -> bool:
    return page.version is not None


def _has_packages(page: EnvironmentsPage) -> bool:
    return page.version is not None and page.version.declaration.is_locked


def _can_lock(page: EnvironmentsPage) -> bool:
    version = page.version
    if version is None or not version.declaration.is_locked:
        return False
    return version.lock_for(page.details.lock.platform) is None


def _is_locked(page: EnvironmentsPage) -> bool:
    return page.version is not None and bool(page.version.locks)


def _is_archived(page: EnvironmentsPage) -> bool | None:
    return None if page.version is None else page.version.archived
