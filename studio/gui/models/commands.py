"""What a person does with the chosen version; long work goes to a worker thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication

from studio.domain.errors import RefusedError, StudioError
from studio.gui.dialogs import Question, ask
from studio.gui.files import ask_and_export, ask_for_folder, show_folder
from studio.gui.models import editing
from studio.gui.models.editing import Change
from studio.gui.models.register_dialog import RegisterDialog
from studio.gui.widgets.hints import in_window

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.model import ModelVersion
    from studio.gui.models.page import ModelsPage


class ModelCommands:
    """The verbs of the Models page. `dialog` and `question` are the open ones."""

    def __init__(self, page: ModelsPage) -> None:
        self._page = page
        self._studio, self._tasks = page.studio, page.tasks
        self._services = page.services
        self.dialog: RegisterDialog | None = None
        self.question: Question | None = None

    def deploy(self) -> None:
        """Go to the endpoints, to deploy the chosen version."""
        if self._page.current is not None:
            self._services.open_page("endpoints", deploy=self._page.current.reference)

    def register(self, path: Path | None = None) -> None:
        """Ask for a file or folder and register it."""
        self.dialog = RegisterDialog(self._studio, self._tasks, self._page, path)
        self.dialog.registered.connect(self._registered)
        self.dialog.finished.connect(self._forget_dialog)
        self.dialog.open()

    def download(self) -> None:
        """Ask for a folder, then copy the version there, every hash checked."""
        window = self._page.window()
        ask_for_folder(window, "Download the model into a folder", self.download_to)

    def download_to(self, folder: Path) -> None:
        """Copy the chosen version into a folder of its own within `folder`."""
        model = self._page.current.model if self._page.current else None
        if model is None:
            return
        target = folder / f"{model.name}-{model.version}"
        self._run(
            partial(self._studio.models.download, model.reference, target),
            lambda path: self._services.toast(
                f"Downloaded {model.reference}",
                tone="ok",
                action=("Open folder", partial(show_folder, path)),
            ),
        )

    def verify(self) -> None:
        """Read every byte of the chosen version again."""
        self._with_current(
            self._studio.models.verify,
            lambda model: self._services.toast(
                f"All files of {model.reference} are as they were registered", tone="ok"
            ),
        )

    def archive(self) -> None:
        self._change(editing.archive)

    def restore(self) -> None:
        self._change(editing.restore)

    def copy_reference(self) -> None:
        if self._page.current is not None:
            QGuiApplication.clipboard().setText(self._page.current.reference)
            self._services.toast(f"Copied {self._page.current.reference}")

    def delete(self) -> None:
        """Ask, then delete for good; refused while it is deployed."""
        if self._page.current is None:
            return
        reference = self._page.current.reference
        self.question = ask(
            self._page,
            f"Delete {reference}?",
            "The version, its tags and its metrics are deleted for good. Its number "
            "is never given again. To only hide it, archive it.",
            verb="Delete model",
            keep="Keep model",
            done=partial(self._delete, reference),
        )

    def export_csv(self) -> None:
        """Write the list as it is shown."""
        table = self._page.table
        ask_and_export(table, self._services, "Export models", "models.csv")

    def edit(
        self,
        edit: Callable[[Studio, str, str], Change],
        editor: Any,
        word: str,
    ) -> None:
        """Do an edit; what is wrong with it is said under its line."""
        reference = self._page.details.reference

        def failed(error: BaseException) -> None:
            if isinstance(error, StudioError):
                editor.set_error(f"{error.message}. {error.hint}.")
            else:
                self._services.show_error(error)

        def done(change: Change) -> None:
            editor.clear_line()
            self._changed(change)

        self._tasks.run(
            partial(edit, self._studio, reference, word),
            done=done,
            failed=failed,
            owner=self._page,
        )

    def _change(self, change: Callable[[Studio, str], Change]) -> None:
        self._with_current(partial(change, self._studio), self._changed)

    def _changed(self, change: Change) -> None:
        """Say what was done, with Undo."""
        self._services.toast(
            change.words,
            undo=lambda: self._run(change.undo, lambda _: self._page.renew()),
        )
        self._page.renew()

    def describe(self, reference: str, text: str) -> None:
        self._run(
            partial(self._studio.models.describe, reference, text),
            lambda _model: self._page.renew(),
        )

    def _delete(self, reference: str) -> None:
        def failed(error: BaseException) -> None:
            if isinstance(error, RefusedError):
                self._refuse(reference, error)
            else:
                self._services.show_error(error)

        self._tasks.run(
            partial(self._studio.models.delete, reference),
            done=self._deleted,
            failed=failed,
            owner=self._page,
        )

    def _refuse(self, reference: str, error: RefusedError) -> None:
        """Say where a version is used, and offer to go there."""
        used_by = self._page.current.model.used_by if self._page.current else ()
        endpoint = used_by[0].partition("/")[0] if used_by else ""
        self.question = ask(
            self._page,
            error.message,
            in_window(error.hint),
            verb="Show endpoint",
            keep="Keep model",
            kind="primary",
            done=lambda: self._services.open_page("endpoints", endpoint=endpoint),
        )

    def _deleted(self, reference: str) -> None:
        self._services.toast(f"Deleted {reference}")
        self._page.renew()

    def _registered(self, model: ModelVersion) -> None:
        self._services.toast(f"Registered {model.reference}", tone="ok")
        self._page.show_new(model.reference)

    def _forget_dialog(self) -> None:
        self.dialog = None

    def _with_current(
        self, verb: Callable[[str], Any], done: Callable[[Any], object]
    ) -> None:
        if self._page.current is not None:
            self._run(partial(verb, self._page.current.reference), done)

    def _run(self, work: Callable[[], Any], done: Callable[[Any], object]) -> None:
        self._tasks.run(
            work,
            done=done,
            failed=lambda error: self._services.show_error(error),
            owner=self._page,
        )
