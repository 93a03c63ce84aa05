"""The way to the sample, the same from wherever it is offered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from studio.gui.page import WindowServices
from studio.gui.tasks import Tasks

NAME, PAGE = "penguins", "pipelines"


def open_sample(
    services: WindowServices,
    tasks: Tasks,
    owner: QObject,
    ended: Callable[[], object] = lambda: None,
) -> None:
    """Show the user's own copy of the sample, made now if need be.

    `ended` is called once the copy is there, or has failed and the window says why.
    """

    def show(folder: Path) -> None:
        ended()
        if folder == services.workspace:
            services.open_page(PAGE, name=NAME)
        else:
            # The sample is there to be run: it opens on its canvas.
            services.settings.set("window/page", PAGE)
            services.open_workspace(folder)

    def fail(error: BaseException) -> None:
        ended()
        services.show_error(error, partial(open_sample, services, tasks, owner, ended))

    tasks.run(copy_of_sample, done=show, failed=fail, owner=owner)


def copy_of_sample() -> Path:
    """Make the user's own copy of the sample, or find the one made before.

    Raises StudioError if it can't be written.
    """
    from studio.bootstrap import create_workspace
    from studio.services.recent import data_folder
    from studio.services.samples import get_sample
    from studio.storage.workspace import is_workspace

    folder = data_folder() / "samples" / NAME
    if not is_workspace(folder):
        create_workspace(folder, get_sample(NAME)).close()
    return folder
