"""What can be done on the Models page, as records for menus, palette and buttons."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from studio.gui.actions import Action

if TYPE_CHECKING:
    from studio.gui.models.page import ModelsPage

MENU = (
    ("models.deploy", "models.download", "models.verify"),
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
    return [
        Action(
            "models.copy",
            "Copy reference",
            icon="copy",
            shortcut="Ctrl+Shift+C",
            category="Edit",
            callback=page.commands.copy_reference,
            enabled=partial(_has_model, page),
        ),
        Action(
            "models.archive",
            "Archive",
            icon="archive",
            category="Edit",
            callback=page.commands.archive,
            enabled=partial(_is_archived, page, False),
        ),
        Action(
            "models.restore",
            "Restore",
            icon="arrow-counter-clockwise",
            category="Edit",
            callback=page.commands.restore,
            enabled=partial(_is_archived, page, True),
        ),
        Action(
            "models.delete",
            "Delete model…",
            icon="trash",
            shortcut="Del",
            category="Edit",
            callback=page.commands.delete,
            enabled=partial(_has_model, page),
        ),
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
        Action(
            "models.export",
            "Export the list as CSV…",
            icon="export",
            category="File",
            callback=page.commands.export_csv,
        ),
        Action(
            "models.find",
            "Filter models",
            icon="funnel-simple",
            shortcut="Ctrl+F",
            category="Edit",
            callback=page.filter.edit.setFocus,
        ),
        Action(
            "models.archived",
            "Include archived models",
            icon="archive",
            callback=page.switch.toggle,
            checked=page.switch.isChecked,
        ),
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


def _is_archived(page: ModelsPage, archived: bool) -> bool:
    return page.current is not None and page.current.model.archived is archived
