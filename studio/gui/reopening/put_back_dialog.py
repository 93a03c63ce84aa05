"""What putting edited code back would change, before it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from studio.gui.widgets.basics import button, column, label, row
from studio.gui.widgets.code_view import CodeEdit

if TYPE_CHECKING:
    from studio.domain.reopened import CodeChange, Reopened

WIDTH, HEIGHT = 720, 520


class PutBackDialog(QDialog):
    """Accepted if it is to be done; it can be undone afterwards."""

    def __init__(self, opened: Reopened, change: CodeChange, parent: QWidget) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = f"Put the code back into {change.component}?"
        self.setWindowTitle(title)
        self.change = change
        self.diff = CodeEdit("diff", read_only=True, numbers=False)
        self.diff.set_text(change.diff)
        self.diff.setAccessibleName("Difference")
        self.go = button("Put back", kind="primary", clicked=self.accept)
        self.go.setDefault(True)
        answers = row(None, button("Cancel", clicked=self.reject), self.go)
        layout = column(
            label(title, "panel-title", wrap=True),
            label(consequence(opened, change), "muted", wrap=True),
            gap=12,
            margins=(24, 20, 24, 16),
        )
        layout.addWidget(self.diff, 1)
        layout.addLayout(answers)
        self.setLayout(layout)
        self.resize(WIDTH, HEIGHT)
        self.go.setFocus()


def consequence(opened: Reopened, change: CodeChange) -> str:
    """What it means for pipelines, in words."""
    count = len(change.files)
    files = change.files[0] if count == 1 else f"{count} files"
    if change.is_new:
        return (
            f"{change.component} is built in: a copy of it with your {files} becomes a "
            "component of this workspace, and pipelines use that one from now on."
        )
    return (
        f"{files} of the component {'is' if count == 1 else 'are'} replaced in "
        f"{change.folder}. All pipelines with it run those steps again."
    )
