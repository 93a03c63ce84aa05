"""What the Runs page says before the first run."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from studio.gui.page import WindowServices
from studio.gui.sample import open_sample
from studio.gui.tasks import Tasks
from studio.gui.widgets.empty_state import EmptyState


def no_runs(window: WindowServices, tasks: Tasks, owner: QWidget) -> EmptyState:
    """Where a first run comes from."""
    return EmptyState(
        "play-circle",
        "No runs yet",
        "Run a pipeline, and every step, log, metric and output of it stands here.",
        primary=("Open pipelines", lambda: window.open_page("pipelines")),
        secondary=("Open the sample", lambda: open_sample(window, tasks, owner)),
    )
