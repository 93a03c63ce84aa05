"""What can be done on the Models page, as records for menus, palette and buttons."""

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
    from studio.gui.models.page import ModelsPage

MENU = (
    ("models.deploy", "models.package", "models.download", "models.verify"),
    ("models.copy", "models.archive", "models.restore"),
    ("models.delete",),
)


def verbs(page: ModelsPage) -> list[Action]:
    """Every action of the page."""
    return [*_version_actions(page), *_edit_actions(page), *_list_actions(page)]


def _version_actions(page: ModelsPage) -> list[Action]:
    return [
        Action(
            "models.deploy",
            "Deploy",
            icon="rocket-launch",
            shortcut="Ctrl+Return",
            category="Run",
            callback=page.commands.deploy,
            enabled=partial(_has_model, page),
        ),
        Action(
            "models.package",
            "Package…",
            icon="export",
            category="File",
            callback=page.packages.ask,
            enabled=partial(_has_model, page),
        ),
        Action(
            "models.download",
            "Download…",
            icon="download-simple",
            category="File",
            callback=page.commands.download,
            enabled=partial(_has_model, page),
        ),
        Action(
            "models.verify",
            "Verify the files",
            icon="seal-check",
            category="File",
            callback=page.commands.verify,
            enabled=partial(_has_model, page),
        ),
    ]


def _edit_actions(page: ModelsPage) -> list[Action]:
    commands, has_model = page.commands, partial(_has_model, page)
    return [
        copy_verb("models.copy", "Copy reference", commands.copy_reference, has_model),
        *archive_verbs(
            page.id, commands.archive, commands.restore, partial(_is_archived, page)
        ),
        delete_verb(page.id, "Delete model…", commands.delete, has_model),
    ]


def _list_actions(page: ModelsPage) -> list[Action]:
    return [
        Action(
            "models.register",
            "Register model…",
            icon="plus",
            shortcut="Ctrl+N",
            category="File",
            callback=page.commands.register,
        ),
        *list_verbs(page.id, page.commands.export_csv, page.filter),
        archived_verb(page.id, page.switch),
        Action(
            "models.edit_tags",
            "Add a tag",
            icon="tag",
            shortcut="Ctrl+T",
            category="Edit",
            callback=page.details.tags.edit.setFocus,
            enabled=partial(_has_model, page),
        ),
    ]


def _has_model(page: ModelsPage) -> bool:
    return page.current is not None


def _is_archived(page: ModelsPage) -> bool | None:
    return None if page.current is None else page.current.model.archived
