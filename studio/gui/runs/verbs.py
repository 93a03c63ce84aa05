"""What can be done on the Runs page, as records for menus, palette and buttons."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from studio.gui.actions import Action
from studio.gui.list_verbs import copy_verb, delete_verb, list_verbs
from studio.gui.reopening.verbs import opening_verbs
from studio.gui.runs.details import TABS

if TYPE_CHECKING:
    from studio.gui.runs.page import RunsPage

STEP = "runs.step_"
MENU = (
    ("runs.again", "runs.resume", "runs.cancel"),
    ("runs.open_pipeline", "runs.open_folder", "runs.copy_id"),
    ("runs.delete",),
)


def verbs(page: RunsPage) -> list[Action]:
    """Every action of the page."""
    parts = (_run_actions, _list_actions, _tab_actions)
    own = [verb for part in parts for verb in part(page)]
    return own + opening_verbs(STEP, page.opening, page.chosen_step)


def _run_actions(page: RunsPage) -> list[Action]:
    return [
        Action(
            "runs.again",
            "Run again",
            icon="play",
            shortcut="Ctrl+Return",
            category="Run",
            callback=page.run_again,
            enabled=partial(_has_run, page),
        ),
        Action(
            "runs.resume",
            "Resume",
            icon="fast-forward",
            category="Run",
            callback=page.resume_run,
            enabled=partial(_can_resume, page),
        ),
        Action(
            "runs.cancel",
            "Cancel run",
            icon="stop",
            category="Run",
            callback=page.cancel_run,
            enabled=partial(_can_cancel, page),
        ),
        delete_verb(page.id, "Delete run…", page.delete_run, partial(_has_ended, page)),
    ]


def _list_actions(page: RunsPage) -> list[Action]:
    return [
        Action(
            "runs.open_pipeline",
            "Open pipeline",
            icon="flow-arrow",
            category="File",
            callback=page.open_pipeline,
            enabled=partial(_has_run, page),
        ),
        Action(
            "runs.open_folder",
            "Open run folder",
            icon="folder-open",
            category="File",
            callback=page.open_folder,
            enabled=partial(_has_run, page),
        ),
        copy_verb("runs.copy_id", "Copy run id", page.copy_id, partial(_has_run, page)),
        *list_verbs(page.id, page.export_csv, page.filter),
        Action(
            "runs.sweeps",
            "Show sweeps",
            icon="sliders-horizontal",
            category="View",
            callback=page.show_sweeps,
        ),
    ]


def _tab_actions(page: RunsPage) -> list[Action]:
    return [
        Action(
            f"runs.show_{tab}",
            f"Show {tab} of the run",
            shortcut=f"Alt+{number}",
            callback=partial(page.details.show_tab, tab),
            enabled=partial(_has_run, page),
        )
        for number, tab in enumerate(TABS, 1)
    ]


def _has_run(page: RunsPage) -> bool:
    return page.run is not None


def _has_ended(page: RunsPage) -> bool:
    return page.run is not None and page.run.state.ended


def _can_cancel(page: RunsPage) -> bool:
    run = page.run
    return run is not None and run.state.value in ("QUEUED", "RUNNING")


def _can_resume(page: RunsPage) -> bool:
    run = page.run
    return run is not None and run.state.value in ("FAILED", "CANCELLED")
