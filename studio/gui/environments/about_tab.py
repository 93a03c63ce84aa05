"""Description, tags and facts of a version; the first two are edited here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from studio.gui.environments.environment_list import KINDS, python_of
from studio.gui.widgets.basics import column, label, wrap_in
from studio.gui.widgets.facts import Fact, FactList
from studio.gui.widgets.formats import format_time
from studio.gui.widgets.panel import scrolled
from studio.gui.widgets.word_editor import WordEditor

if TYPE_CHECKING:
    from studio.domain.environment import EnvironmentVersion

IDLE_MS = 600


class AboutTab(QWidget):
    """Says what a person wants with signals; the page does it."""

    description_edited = Signal(str, str)
    tag_added = Signal(str)
    tag_removed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._reference, self._edited_of = "", ""
        self._quiet = False
        self.description = QPlainTextEdit()
        self.tags = WordEditor("Add Tag=Value", "tag")
        self.facts = FactList(names=96)
        self._idle = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._idle.timeout.connect(self._tell)
        self.description.setPlaceholderText("What it is for")
        self.description.setAccessibleName("Description")
        self.description.setTabChangesFocus(True)
        self.description.setFixedHeight(76)
        self.description.textChanged.connect(self._edited)
        self.tags.added.connect(self.tag_added)
        self.tags.removed.connect(self.tag_removed)
        content = column(
            column(label("Description", "label"), self.description, gap=4),
            column(label("Tags", "label"), self.tags, gap=4),
            self.facts,
            None,
            gap=14,
            margins=(16, 12, 16, 16),
        )
        layout = column(gap=0)
        layout.addWidget(scrolled(wrap_in(content)), 1)
        self.setLayout(layout)

    def set_version(self, version: EnvironmentVersion) -> None:
        """Show a version; what is being typed is told first."""
        another = version.reference != self._reference
        if another:
            self.flush()
            self.tags.clear_line()
        self._reference = version.reference
        if another or not self.description.hasFocus():
            self._quiet = True
            if self.description.toPlainText() != version.description:
                self.description.setPlainText(version.description)
            self._quiet = False
        self.tags.set_words([f"{key}={text}" for key, text in version.tags.items()])
        self.facts.set_facts(_facts(version))

    def flush(self) -> None:
        """Tell an edited description now."""
        if self._idle.isActive():
            self._idle.stop()
            self._tell()

    def _edited(self) -> None:
        if not self._quiet:
            self._edited_of = self._reference
            self._idle.start()

    def _tell(self) -> None:
        self.description_edited.emit(self._edited_of, self.description.toPlainText())


def _facts(version: EnvironmentVersion) -> list[Fact]:
    declared = version.declaration
    found = [
        Fact("Kind", KINDS[declared.kind]),
        Fact("Python", python_of(version)),
        Fact("Image", declared.image, mono=True),
        Fact("Dockerfile", declared.dockerfile if declared.kind == "docker" else ""),
        Fact("Folder", declared.context[:16], tip=declared.context, mono=True),
        Fact("Locked for", ", ".join(lock.platform for lock in version.locks)),
        Fact("Created", format_time(version.created_at)),
        Fact("By", version.created_by),
        Fact("Key", f"{version.key[:16]}…", tip=f"SHA-256 {version.key}", mono=True),
    ]
    return [fact for fact in found if fact.value]
