"""What a version declares, as it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from studio.gui.widgets.basics import column, frame, label, row
from studio.gui.widgets.code_view import CodeEdit

if TYPE_CHECKING:
    from studio.domain.environment import EnvironmentVersion

_FILES = {"pip": "requirements.txt", "conda": "environment.yml"}
NO_TEXT = {
    "image": "# An existing image, used as it is.\n",
    "docker": "# Built from a folder with this Dockerfile.\n",
}


class DeclaredTab(QWidget):
    """The text with line numbers and colours, and above it what isn't in the text."""

    def __init__(self) -> None:
        super().__init__()
        self.note = label("", "muted")
        self.text = CodeEdit("requirements", read_only=True)
        self.text.setAccessibleName("What is declared")
        bar = frame("header", row(self.note, None, margins=(16, 6, 8, 6)))
        layout = column(bar, gap=0)
        layout.addWidget(self.text, 1)
        self.setLayout(layout)

    def set_version(self, version: EnvironmentVersion) -> None:
        self.note.setText(note_of(version))
        self.text.set_language(
            "yaml" if version.declaration.kind == "conda" else ("requirements")
        )
        self.text.set_text(text_of(version))


def note_of(version: EnvironmentVersion) -> str:
    """The file's name, Python and image."""
    declared = version.declaration
    parts = (
        _FILES.get(declared.kind, ""),
        f"Python {declared.python}" if declared.python else "",
        f"image {declared.image}" if declared.image else "",
        declared.dockerfile if declared.kind == "docker" else "",
    )
    return " · ".join(part for part in parts if part)


def text_of(version: EnvironmentVersion) -> str:
    """The text of its file; for what has none, what it is made of."""
    declared = version.declaration
    if declared.kind == "image":
        return f"{NO_TEXT['image']}{declared.image}\n"
    if declared.kind == "docker":
        return f"{NO_TEXT['docker']}{declared.dockerfile}\n# {declared.context}\n"
    return declared.packages
