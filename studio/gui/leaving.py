"""What happens between the wish to close the window and its end."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QSessionManager

from studio.domain.errors import WorkspaceGoneError
from studio.gui.errors import show_error
from studio.gui.quit_dialog import QuitDialog
from studio.gui.status import LiveWork, live_work, stop_work

if TYPE_CHECKING:
    from studio.gui.main_window import MainWindow

REMEMBERED = "window/on_quit"


class Leaving(QObject):
    """Saves what is unsaved, asks once about live work, then lets the window go."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._settled = False
        self._asking = False
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.commitDataRequest.connect(self._session_ends)

    def may_close(self) -> bool:
        """True when all is settled; otherwise it settles it and closes later."""
        if self._settled or self._window.studio is None:
            return True
        if not self._asking and self.save_all():
            self._asking = True
            self._window.tasks.run(
                partial(live_work, self._window.studio),
                done=self._know,
                failed=lambda error: self._end(),
                owner=self,
            )
        return False

    def close_now(self) -> None:
        """Save and close, asking nothing: runs and endpoints go on."""
        self.save_all()
        self._end()

    def save_all(self) -> bool:
        """Keep what pages have not saved; False if that failed, with the reason."""
        for page in self._window.pages():
            try:
                if page.unsaved():
                    page.save_all()
            except WorkspaceGoneError:
                continue  # the window says so; what was edited is in its journal
            except Exception as error:
                show_error(self._window, error, self._window.close)
                return False
        return True

    def _know(self, work: LiveWork) -> None:
        remembered = self._window.settings.text(REMEMBERED)
        if not work or remembered == "keep":
            self._end()
        elif remembered == "stop":
            self._stop(work)
        else:
            dialog = QuitDialog(work, self._window)
            dialog.chosen.connect(partial(self._chosen, work))
            dialog.rejected.connect(self._stay)
            dialog.open()

    def _chosen(self, work: LiveWork, choice: str, remember: bool) -> None:
        if remember:
            self._window.settings.set(REMEMBERED, choice)
        if choice == "stop":
            self._stop(work)
        else:
            self._end()

    def _stop(self, work: LiveWork) -> None:
        assert self._window.studio is not None
        self._window.toasts.show("Stopping what is still running…", tone="run")
        self._window.tasks.run(
            partial(stop_work, self._window.studio, work),
            done=lambda _: self._end(),
            failed=self._not_stopped,
            owner=self,
        )

    def _not_stopped(self, error: BaseException) -> None:
        self._asking = False
        show_error(self._window, error, self._window.close)

    def _stay(self) -> None:
        self._asking = False

    def _end(self) -> None:
        self._settled = True
        self._window.close()

    def _session_ends(self, session: QSessionManager) -> None:
        # The person logs out: save, keep the work running, ask nothing.
        self._settled = self.save_all()
