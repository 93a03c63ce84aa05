"""Asks for a name and a place, then makes the workspace."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from studio.gui.home.openings import make_workspace
from studio.gui.tasks import Tasks
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import button, column, label, row
from studio.gui.widgets.field import FieldSpec
from studio.gui.widgets.form import Form

WIDTH = 460
_FORBIDDEN = '<>:"/\\|?*'


class NewWorkspaceDialog(QDialog):
    """`made(folder)` once it is there; Esc makes nothing."""

    made = Signal(object)

    def __init__(self, tasks: Tasks, parent_folder: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("New workspace")
        self.setMinimumWidth(WIDTH)
        self._tasks = tasks
        self.form = Form(
            [
                FieldSpec("name", "Name", required=True, placeholder="churn"),
                FieldSpec(
                    "place",
                    "In folder",
                    kind="folder",
                    default=str(parent_folder),
                    required=True,
                    help="A folder with this name is made there. It can be moved.",
                ),
                FieldSpec(
                    "sample",
                    "Start with the sample Penguins",
                    kind="boolean",
                    default=False,
                ),
            ]
        )
        self._problem = Banner("err")
        self._problem.hide()
        self._create = button("Create", kind="primary", clicked=self.create_one)
        self._create.setDefault(True)
        self.setLayout(
            column(
                label("New workspace", "panel-title"),
                label("Everything of a project in one plain folder.", "muted"),
                self.form,
                self._problem,
                row(None, button("Cancel", clicked=self.reject), self._create),
                gap=12,
                margins=(24, 24, 24, 16),
            )
        )
        self.form.field("name").input.setFocus()

    def create_one(self) -> None:
        """Make it in a worker thread, or say what is wrong with what is entered."""
        self._problem.hide()
        if not self.form.check():
            return
        values = self.form.values()
        name = str(values["name"]).strip()
        if wrong := name_problem(name):
            self.form.set_error("name", wrong)
            return
        folder = Path(str(values["place"])).expanduser() / name
        self._create.setEnabled(False)
        self._tasks.run(
            partial(make_workspace, folder, "penguins" if values["sample"] else ""),
            done=self._done,
            failed=self._failed,
            owner=self,
        )

    def _done(self, folder: Path) -> None:
        self.made.emit(folder)
        self.accept()

    def _failed(self, error: BaseException) -> None:
        self._create.setEnabled(True)
        hint = getattr(error, "hint", "")
        self._problem.show_message("err", str(error), hint=hint)
        self._problem.show()


def name_problem(name: str) -> str:
    """Why a folder can't have a name; "" if it can."""
    if not name or name in (".", ".."):
        return "Give the workspace a name"
    bad = next((char for char in name if char in _FORBIDDEN), "")
    return f"A folder's name can't hold {bad}" if bad else ""
