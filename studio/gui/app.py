"""Opens the window: the frame first, the workspace in a thread, then the pages."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from studio.gui import display

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.events import Event
    from studio.gui.main_window import MainWindow
    from studio.gui.single_instance import Door

NO_WINDOW = 69
"""What `run_window` returns where `display.problem()` says why no window opens."""

PREPARE_AFTER_MS = 1500
log = logging.getLogger("studio.gui")


def run_window(
    workspace: Path,
    open_studio: Callable[[Path], Studio],
    *,
    page: str = "",
    on_painted: Callable[[], object] | None = None,
    on_ready: Callable[[MainWindow], object] | None = None,
) -> int:
    """Show a workspace until the window is closed; the exit status.

    `open_studio` runs in a worker thread, so its imports don't delay the first
    paint. A workspace that another window shows brings that window to the front.
    Returns NO_WINDOW where there is no screen or a system library is missing.
    """
    if display.problem() is not None:
        return NO_WINDOW
    from PySide6.QtWidgets import QApplication

    from studio.gui import overrides

    overrides.guard()
    app = QApplication.instance() or _application()
    assert isinstance(app, QApplication)
    session = _Session(app, open_studio)
    if not session.enter(workspace, page):
        return 0
    window = session.window
    if on_painted is not None:
        window.painted.connect(lambda: on_painted())
    if on_ready is not None:
        window.ready.connect(lambda: on_ready(window))
    window.show()
    return session.run()


def _application() -> object:
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtWidgets import QApplication

    QGuiApplication.setDesktopFileName("mlops-studio")
    app = QApplication([sys.argv[0] or "studio"])
    app.setApplicationName("mlops-studio")
    app.setApplicationDisplayName("MLOps Studio")
    return app


class _Session:
    """One window and the workspace in it; the workspace can be exchanged."""

    def __init__(self, app: object, open_studio: Callable[[Path], Studio]) -> None:
        from PySide6.QtWidgets import QApplication

        from studio.gui.garbage import Garbage
        from studio.gui.main_window import MainWindow
        from studio.gui.settings import Settings
        from studio.gui.tasks import Tasks
        from studio.gui.theme.theme import Theme, mode_named

        assert isinstance(app, QApplication)
        self._app, self._open_studio = app, open_studio
        self._door: Door | None = None
        self.tasks = Tasks(app)
        self._garbage = Garbage(app)
        settings = Settings()
        theme = Theme.install(
            app,
            mode_named(settings.text("theme/mode")),
            contrast=settings.flag("theme/contrast"),
            text_ratio=settings.number("theme/text", 1.0),
        )
        if settings.flag("theme/reduced_motion"):
            theme.reduced_motion = True
        self.window: MainWindow = MainWindow(self.tasks, settings, theme)
        self.window.workspace_wanted.connect(self.exchange)
        self.window.painted.connect(self._open_first)
        self.window.ready.connect(self._preload)
        self.window.feed.arrived.connect(self._changed)
        self._folder, self._page = Path(), ""

    def enter(self, folder: Path, page: str = "") -> bool:
        """Become the window of a workspace; False if there is one already."""
        from studio.gui.single_instance import Door

        door = Door(folder, self.window)
        if not door.enter(["open", page]):
            return False
        if self._door is not None:
            self._door.leave()
        self._door = door
        door.knocked.connect(self._knocked)
        self._folder, self._page = folder, page
        self.window.show_opening(folder)
        return True

    def exchange(self, folder: Path) -> None:
        """Show another workspace in the same window."""
        if folder == self.window.folder and self.window.studio is not None:
            return
        if not self.window.leaving.save_all():
            return
        if not self.enter(folder):
            self.window.toasts.show(f"{folder.name} is open in another window")
            return
        self.window.close_workspace()
        self._open_workspace(folder)

    def run(self) -> int:
        from studio.gui import errors

        errors.start_log()
        hooks = errors.Hooks(lambda: self.window)
        self.tasks.on_failure = partial(errors.show_error, self.window)
        signals = _Signals(self.window) if os.name != "nt" else None
        try:
            return self._app.exec()
        finally:
            if signals is not None:
                signals.remove()
            hooks.remove()
            self.tasks.close()
            self._garbage.stop()
            if self._door is not None:
                self._door.leave()

    def _open_first(self) -> None:
        self._open_workspace(self._folder)

    def _preload(self) -> None:
        self.tasks.run(_import_more, owner=self.window)

    def _open_workspace(self, folder: Path) -> None:
        page = self.window.first_page(self._page)

        def open_studio() -> Studio:
            studio = self._open_studio(folder)
            if page is not None:
                with suppress(Exception):  # the window tells, when it shows the page
                    page.load()
            return studio

        self.tasks.run(
            open_studio,
            done=self._opened,
            failed=lambda error: self._not_opened(folder, error),
            owner=self.window,
        )

    def _opened(self, studio: Studio) -> None:
        self.window.open(studio, self._page)
        gc.freeze()  # the program itself is no garbage: full collections pass it by
        self._keep_runner_ready(studio)

    def _keep_runner_ready(self, studio: Studio) -> None:
        """Not at once: what a person does first must not wait for its imports."""
        from PySide6.QtCore import QTimer

        def prepare() -> None:
            if self.window.studio is studio:
                self.tasks.run(studio.runs.prepare, owner=self.window)

        QTimer.singleShot(PREPARE_AFTER_MS, self.window, prepare)

    def _changed(self, events: Sequence[Event]) -> None:
        studio = self.window.studio
        if studio is not None and any(e.type == "RunEnded" for e in events):
            self._keep_runner_ready(studio)

    def _not_opened(self, folder: Path, error: BaseException) -> None:
        log.warning("%s could not be opened: %s", folder, error)
        self.window.show_failure(error, partial(self._open_workspace, folder))

    def _knocked(self, told: Sequence[str]) -> None:
        self.window.raise_window()
        if len(told) > 1 and told[1]:
            self.window.open_page(told[1])


def _import_more() -> None:
    """What is likely to be shown next (in a worker thread)."""
    import_module("studio.gui.designer.page")
    from studio.gui.widgets.metric_plot import preload

    preload()


class _Signals:
    """Ctrl+C and SIGTERM close the window as a person would, without a question.

    Python runs signal handlers between bytecodes, which an idle window has none of:
    a socket wakes the event loop. Whoever makes this keeps it: a connection alone
    doesn't keep the sockets open.
    """

    def __init__(self, window: MainWindow) -> None:
        from PySide6.QtCore import QSocketNotifier

        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._before = signal.set_wakeup_fd(
            self._writer.fileno(), warn_on_full_buffer=False
        )
        kind = QSocketNotifier.Type.Read
        self._notifier = QSocketNotifier(self._reader.fileno(), kind)
        self._notifier.activated.connect(self._woken)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: window.leaving.close_now())

    def remove(self) -> None:
        """Give signals back to Python."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._before)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        self._reader.close()
        self._writer.close()

    def _woken(self) -> None:
        self._reader.recv(64)
