"""Verbs that pages with a list share: `page` is the first part of their ids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from studio.gui.actions import Action
from studio.gui.widgets.filter_bar import FilterBar
from studio.gui.widgets.switch import Switch

Deed = Callable[[], Any]


def copy_verb(id: str, text: str, copy: Deed, enabled: Callable[[], bool]) -> Action:
    return Action(
        id,
        text,
        icon="copy",
        shortcut="Ctrl+Shift+C",
        category="Edit",
        callback=copy,
        enabled=enabled,
    )


def delete_verb(
    page: str, text: str, delete: Deed, enabled: Callable[[], bool]
) -> Action:
    return Action(
        f"{page}.delete",
        text,
        icon="trash",
        shortcut="Del",
        category="Edit",
        callback=delete,
        enabled=enabled,
    )


def archive_verbs(
    page: str, archive: Deed, restore: Deed, is_archived: Callable[[], bool | None]
) -> list[Action]:
    """`is_archived` of what is chosen; None where nothing is."""
    return [
        Action(
            f"{page}.archive",
            "Archive",
            icon="archive",
            category="Edit",
            callback=archive,
            enabled=lambda: is_archived() is False,
        ),
        Action(
            f"{page}.restore",
            "Restore",
            icon="arrow-counter-clockwise",
            category="Edit",
            callback=restore,
            enabled=lambda: is_archived() is True,
        ),
    ]


def list_verbs(page: str, export: Deed, bar: FilterBar) -> list[Action]:
    """Write the list, and narrow it."""
    return [
        Action(
            f"{page}.export",
            "Export the list as CSV…",
            icon="export",
            category="File",
            callback=export,
        ),
        Action(
            f"{page}.find",
            f"Filter {page}",
            icon="funnel-simple",
            shortcut="Ctrl+F",
            category="Edit",
            callback=bar.edit.setFocus,
        ),
    ]


def archived_verb(page: str, switch: Switch) -> Action:
    return Action(
        f"{page}.archived",
        f"Include archived {page}",
        icon="archive",
        callback=switch.toggle,
        checked=switch.isChecked,
    )
