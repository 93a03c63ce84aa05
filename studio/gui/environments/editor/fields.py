"""The lines above the text: name, kind, Python, image or folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from studio.domain.environment import EnvironmentKind
from studio.environments.interpreters import Interpreter
from studio.gui.files import ask_for_folder
from studio.gui.widgets.basics import button, column, label, row, wrap_in

KINDS: tuple[tuple[EnvironmentKind, str], ...] = (
    ("pip", "pip: requirements.txt"),
    ("conda", "conda: environment.yml"),
    ("image", "An existing image"),
    ("docker", "A folder with a Dockerfile"),
)
USUAL = ("3.13", "3.12", "3.11", "3.10", "3.9", "3.8")
PYTHON = "3.11"


class Fields(QWidget):
    """`edited` when anything is changed by a person, `kind_changed` for the kind."""

    edited = Signal()
    kind_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.name, self.description = QLineEdit(), QLineEdit()
        self.image, self.folder = QLineEdit(), QLineEdit()
        self.kind, self.python = QComboBox(), QComboBox()
        for kind, words in KINDS:
            self.kind.addItem(words, kind)
        self.show_pythons(())
        self.choose = button("Choose…", clicked=self.ask_for_folder)
        self._image_label = label("", "label")
        self._boxes: dict[str, QWidget] = {}
        self._build()
        self.fit_to_kind()

    @property
    def chosen_kind(self) -> EnvironmentKind:
        kind: EnvironmentKind = self.kind.currentData()
        return kind

    @property
    def chosen_python(self) -> str:
        return str(self.python.currentData())

    def set_kind(self, kind: EnvironmentKind) -> None:
        self.kind.setCurrentIndex(self.kind.findData(kind))
        self.fit_to_kind()

    def set_python(self, version: str) -> None:
        """One that is in no list is added to it."""
        version = version or PYTHON
        if self.python.findData(version) < 0:
            self.python.addItem(f"Python {version}", version)
        self.python.setCurrentIndex(self.python.findData(version))

    def show_pythons(self, found: Sequence[Interpreter]) -> None:
        """Say which of them are on this computer."""
        kept = self.chosen_python if self.python.count() else PYTHON
        here = {each.minor for each in found}
        self.python.clear()
        for version in dict.fromkeys([*(e.minor for e in found), *USUAL]):
            away = " (not on this computer)" if found and version not in here else ""
            self.python.addItem(f"Python {version}{away}", version)
        self.set_python(kept)

    def fit_to_kind(self) -> None:
        """Show what the kind asks for."""
        kind = self.chosen_kind
        self._boxes["python"].setVisible(kind == "pip")
        self._boxes["image"].setVisible(kind != "docker")
        self._boxes["folder"].setVisible(kind == "docker")
        only = kind == "image"
        self._image_label.setText("Image" if only else "Base image (optional)")
        self.image.setAccessibleName("Image" if only else "Base image")
        ghost = "registry.example/team/image@sha256:…" if only else "The usual one"
        self.image.setPlaceholderText(ghost)

    def ask_for_folder(self) -> None:
        """Ask for the folder with the Dockerfile."""
        title = "Choose a folder with a Dockerfile"
        ask_for_folder(self, title, self._folder_chosen)

    def _folder_chosen(self, folder: Path) -> None:
        self.folder.setText(str(folder))
        self.edited.emit()

    def _build(self) -> None:
        named = (
            (self.name, "Name"),
            (self.kind, "Kind"),
            (self.python, "Python"),
            (self.folder, "Folder with a Dockerfile"),
            (self.description, "Description"),
        )
        for widget, words in named:
            widget.setAccessibleName(words)
        self.name.setPlaceholderText("churn-training")
        self.description.setPlaceholderText("What it is for")
        self.choose.setAccessibleName("Choose the folder")
        self._boxes = {
            "name": _box("Name", self.name),
            "kind": _box("Kind", self.kind),
            "python": _box("Python", self.python),
            "image": wrap_in(column(self._image_label, self.image, gap=4)),
            "folder": _box("Folder with a Dockerfile", self.folder, self.choose),
            "description": _box("Description", self.description),
        }
        upper = row(gap=12)
        upper.addWidget(self._boxes["name"], 2)
        upper.addWidget(self._boxes["kind"], 2)
        upper.addWidget(self._boxes["python"], 2)
        lower = row(gap=12)
        for part in ("image", "folder", "description"):
            lower.addWidget(self._boxes[part], 1)
        self.setLayout(column(upper, lower, gap=8))
        for line in (self.name, self.image, self.folder, self.description):
            line.textEdited.connect(self.edited)
        self.python.activated.connect(self.edited)
        self.kind.activated.connect(self._kind_chosen)

    def _kind_chosen(self) -> None:
        self.fit_to_kind()
        self.kind_changed.emit()


def _box(words: str, widget: QWidget, *beside: QWidget) -> QWidget:
    line = row(gap=6)
    line.addWidget(widget, 1)
    for each in beside:
        line.addWidget(each)
    return wrap_in(column(label(words, "label"), line, gap=4))
