"""The editor of environments: what is saved is a new version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QSplitter, QWidget

from studio.domain.environment import EnvironmentVersion, check_environment_name
from studio.domain.errors import StudioError
from studio.domain.text_problem import TextProblem
from studio.environments.interpreters import Interpreter, interpreters
from studio.gui.dialogs import Question, ask
from studio.gui.environments.editor.fields import Fields
from studio.gui.environments.editor.importing import ImportMenu
from studio.gui.environments.editor.package_edit import PackageEdit
from studio.gui.environments.editor.problem_list import ProblemList
from studio.gui.environments.editor.solve_bar import SolveBar
from studio.gui.files import PathDrop
from studio.gui.tasks import Task, Tasks
from studio.gui.widgets.basics import button, column, label, row
from studio.gui.widgets.switch import Switch
from studio.services.environments.answered_problems import answered_problems_of
from studio.services.environments.conflicts import Way
from studio.services.environments.drafts import (
    Draft,
    package_names,
    problems_of,
)

if TYPE_CHECKING:
    from studio.bootstrap import Studio

WIDTH, HEIGHT, IDLE_MS = 960, 720, 300
_LANGUAGES: Mapping[str, Any] = {"pip": "requirements", "conda": "yaml"}
_SAID = {
    "image": "The image is used as it is: it has no packages to lock, and what is in "
    "it is its maker's. Name it by digest, so that it never changes.",
    "docker": "The folder is stored with the version when it is saved, so that later "
    "changes of it make another version. The image is built from its Dockerfile.",
}
_BEGIN = {
    "pip": "",
    "conda": "channels:\n  - conda-forge\ndependencies:\n  - python=3.11\n",
}


class EnvironmentEditor(QDialog):
    """`saved(EnvironmentVersion, bool)`: the new version, and whether to lock it."""

    saved = Signal(object, bool)

    def __init__(
        self, studio: Studio, tasks: Tasks, parent: QWidget, draft: Draft
    ) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._environments, self._tasks = studio.environments, tasks
        self._texts = dict(_BEGIN)
        self._draft, self._kind = draft, draft.kind
        self._known: Mapping[str, int] = {}
        self._names: Sequence[str] = ()
        self._checking: Task | None = None
        self._saving, self._written = False, ""
        self.problems: Sequence[TextProblem] = ()
        self.question: Question | None = None
        self.fields = Fields()
        self.text = PackageEdit()
        self.list = ProblemList()
        self.solve_bar = SolveBar(studio.environments, tasks)
        self.importing = ImportMenu(self, tasks)
        self.try_it = button("Try to solve", icon="magic-wand", clicked=self.solve)
        self.lock_too = Switch("Lock it too")
        self.said = label("", "caption")
        self.cancel = button("Cancel", clicked=self.reject)
        self.save = button("Save", kind="primary", clicked=self.save_version)
        self._idle = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._build(parent)
        self._connect()
        self.take(draft)
        self._begun = self.draft()
        first: QWidget = self.text if draft.name else self.fields.name
        first.setFocus()
        tasks.run(self._read_known, done=self._show_known, owner=self)
        tasks.run(self._read_names, done=self._show_names, owner=self)
        tasks.run(interpreters, done=self._show_pythons, owner=self)

    # -- what is written -----------------------------------------------------------

    def draft(self) -> Draft:
        """What stands in the dialog now."""
        fields = self.fields
        kind = fields.chosen_kind
        folder = fields.folder.text().strip() if kind == "docker" else ""
        return replace(
            self._draft,
            kind=kind,
            text=self.text.text() if kind in _LANGUAGES else "",
            python=fields.chosen_python if kind == "pip" else "",
            image="" if kind == "docker" else fields.image.text().strip(),
            folder=Path(folder).expanduser() if folder else None,
            name=fields.name.text().strip(),
            description=fields.description.text().strip(),
            notes=(),
        )

    def take(self, draft: Draft) -> None:
        """Write a draft into the fields; a name that is typed stays."""
        fields = self.fields
        named = fields.name.text().strip() or draft.name
        self._draft, self._kind = replace(draft, name=named), draft.kind
        fields.name.setText(named)
        fields.set_kind(draft.kind)
        fields.set_python(draft.python)
        fields.image.setText(draft.image)
        fields.folder.setText(str(draft.folder) if draft.folder else "")
        if draft.description:
            fields.description.setText(draft.description)
        self._fit_to_kind()
        if draft.kind in _LANGUAGES and draft.text != self.text.text():
            self.text.replace_text(draft.text or _BEGIN[draft.kind])
        self.solve_bar.forget()
        if draft.notes:
            self.solve_bar.say("warn", "\n".join(draft.notes))
        self._check()

    def load(self, path: Path) -> None:
        """Take what a file or folder declares."""
        self.importing.load(path)

    # -- what is done --------------------------------------------------------------

    def solve(self) -> None:
        """See whether it can be solved; nothing is kept."""
        if self._refuse_errors():
            return
        self.solve_bar.solve(self.draft().declaration())

    def save_version(self) -> None:
        """Keep it as a new version, if nothing is wrong."""
        draft = self.draft()
        try:
            check_environment_name(draft.name)
            draft.declaration()
        except StudioError as error:
            self._fail(error)
            self.fields.name.setFocus()
            return
        if self._refuse_errors():
            return
        self._set_busy(True)
        self._tasks.run(
            partial(self._environments.create_draft, draft),
            done=self._saved,
            failed=self._fail,
            owner=self,
        )

    def apply_way(self, way: Way) -> None:
        """Write what would mend a conflict into the text."""
        self.text.replace_text(way.text)
        if way.python:
            self.fields.set_python(way.python)
        self.solve_bar.forget()
        self.solve_bar.say("info", f"Written: {way.words}.", "Undo takes it back.")
        self.text.setFocus()

    def show_failure(self, error: BaseException | None) -> None:
        """Begin with what a lock has failed of."""
        if error is not None:
            self.solve_bar.explain(error)

    def reject(self) -> None:
        """Ask before what is written is lost."""
        if self.draft() == self._begun or self._saving:
            self.solve_bar.works.cancel_all()
            super().reject()
            return
        self.question = ask(
            self,
            "Discard what you have written?",
            "It hasn't been saved as a version.",
            verb="Discard",
            keep="Go on writing",
            done=self._leave,
        )

    # -- events --------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if control and event.key() == Qt.Key.Key_S:
            self.save_version()
        elif control and event.key() == Qt.Key.Key_Return:
            self.solve()
        else:
            super().keyPressEvent(event)

    # -- inside --------------------------------------------------------------------

    def _build(self, parent: QWidget) -> None:
        name = self._draft.name
        self.setWindowTitle(f"Edit {name}" if name else "New environment")
        PathDrop(self, self.load)
        self.text.setAcceptDrops(False)  # a file fills the dialog, not its text
        self.text.setAccessibleName("What is declared")
        self.lock_too.setChecked(True)
        self.try_it.setToolTip("Find versions that fit, keep nothing (Ctrl+Return)")
        self.save.setToolTip("Save as a new version (Ctrl+S)")
        self.texts = QSplitter(Qt.Orientation.Vertical)
        self.texts.setChildrenCollapsible(False)
        self.texts.addWidget(self.text)
        self.texts.addWidget(self.list)
        self.texts.setSizes([350, 140])
        self.texts.setStretchFactor(0, 1)
        below = row(self.try_it, self.said, None, self.lock_too, self.cancel, self.save)
        title = label(self.windowTitle(), "panel-title")
        layout = column(
            row(title, None, self.importing),
            self.fields,
            gap=12,
            margins=(24, 16, 24, 16),
        )
        layout.addWidget(self.texts, 1)
        self._room = label("", "muted", wrap=True)
        self._room.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._room, 1)
        layout.addWidget(self.solve_bar)
        layout.addLayout(below)
        self.setLayout(layout)
        room = parent.window().size()
        self.resize(min(WIDTH, room.width() - 40), min(HEIGHT, room.height() - 40))

    def _connect(self) -> None:
        self._idle.timeout.connect(self._check)
        self.text.textChanged.connect(self._text_changed)
        self.fields.edited.connect(self._edited)
        self.fields.name.textChanged.connect(self._say_version)
        self.fields.kind_changed.connect(self._kind_changed)
        self.list.chosen.connect(self.text.go_to)
        self.solve_bar.way_chosen.connect(self.apply_way)
        self.solve_bar.changed.connect(self._enable)
        self.importing.read.connect(self.take)
        self.importing.failed.connect(self._fail)

    def _kind_changed(self) -> None:
        """Each kind keeps its own text."""
        if self._kind in _LANGUAGES:
            self._texts[self._kind] = self.text.text()
        self._kind = self.fields.chosen_kind
        self._fit_to_kind()
        if self._kind in _LANGUAGES:
            self.text.replace_text(self._texts[self._kind])
        self._edited()

    def _fit_to_kind(self) -> None:
        written = self._kind in _LANGUAGES
        self.texts.setVisible(written)
        self._room.setVisible(not written)
        self._room.setText(_SAID.get(self._kind, ""))
        self.try_it.setVisible(written)
        self.lock_too.setVisible(written)
        if written:
            self.text.set_language(_LANGUAGES[self._kind])

    def _text_changed(self) -> None:
        """Its colours change as well, with the theme."""
        if (written := self.text.text()) != self._written:
            self._written = written
            self._edited()

    def _edited(self) -> None:
        if not self.solve_bar.busy:
            self.solve_bar.forget()
        self._idle.start()

    def _check(self) -> None:
        """Look for problems, off the window's thread."""
        self._idle.stop()
        if self._checking is not None:
            self._checking.cancel()
        kind, text = self.fields.chosen_kind, self.text.text()
        self._checking = self._tasks.run(
            lambda: problems_of(kind, text, self._names),
            done=self._show_written,
            owner=self,
        )

    def _show_written(self, problems: Sequence[TextProblem]) -> None:
        """What is wrong with the text at once, what an index has said of it after."""
        self._show_problems(problems)
        draft = self.draft()
        self._checking = self._tasks.run(
            partial(answered_problems_of, self._environments, draft),
            done=lambda more: self._show_problems([*problems, *more]),
            owner=self,
        )

    def _show_problems(self, problems: Sequence[TextProblem]) -> None:
        self.problems = problems
        self.text.show_problems(problems)
        self.list.show_problems(problems)
        wrong = sum(each.severity == "error" for each in problems)
        count = {0: "", 1: "1 error"}.get(wrong, f"{wrong} errors")
        self.said.setText(count)

    def _refuse_errors(self) -> bool:
        """Go to the first error, if there is one."""
        if self.fields.chosen_kind not in _LANGUAGES:
            return False
        kind, text = self.fields.chosen_kind, self.text.text()
        self._show_problems(problems_of(kind, text, self._names))
        wrong = [each for each in self.problems if each.severity == "error"]
        if not wrong:
            return False
        first = wrong[0]
        self.text.go_to(first)
        self.solve_bar.say("err", f"Line {first.line}: {first.message}", first.hint)
        return True

    def _read_known(self) -> Mapping[str, int]:
        newest: dict[str, int] = {}
        for version in self._environments.list(include_archived=True):
            newest[version.name] = max(newest.get(version.name, 0), version.version)
        return newest

    def _show_known(self, found: Mapping[str, int]) -> None:
        self._known = found
        self._say_version()

    def _read_names(self) -> Sequence[str]:
        return package_names(self._environments.list())

    def _show_names(self, names: Sequence[str]) -> None:
        self._names = names
        self.text.set_names(names)
        self._check()

    def _show_pythons(self, found: Sequence[Interpreter]) -> None:
        self.fields.show_pythons(found)
        self.importing.show_pythons(found)

    def _say_version(self) -> None:
        number = self._known.get(self.fields.name.text().strip(), 0) + 1
        self.save.setText(f"Save as version {number}" if number > 1 else "Save")

    def _set_busy(self, busy: bool) -> None:
        self._saving = busy
        self._enable()

    def _enable(self) -> None:
        self.save.setEnabled(not self._saving)
        self.try_it.setEnabled(not self._saving and not self.solve_bar.busy)

    def _saved(self, version: EnvironmentVersion) -> None:
        self.saved.emit(version, self.lock_too.isChecked() and self._locks())
        self._leave()

    def _locks(self) -> bool:
        return self.fields.chosen_kind in _LANGUAGES

    def _leave(self) -> None:
        self.solve_bar.works.cancel_all()
        super().reject()

    def _fail(self, error: BaseException) -> None:
        self._set_busy(False)
        message = getattr(error, "message", f"{type(error).__name__}: {error}")
        self.solve_bar.say("err", message, getattr(error, "hint", ""))
