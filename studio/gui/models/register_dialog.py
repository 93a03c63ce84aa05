"""Register a file or folder as the next version of a model."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from studio.domain.errors import InvalidError, NotFoundError, StudioError
from studio.domain.model import MODEL_TYPES, check_asset_name
from studio.domain.tag_filter import TagIs, parse_filter
from studio.gui.files import ask_for_folder
from studio.gui.tasks import Tasks
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import button, column, label, row
from studio.gui.widgets.field import FieldSpec
from studio.gui.widgets.form import Form
from studio.gui.widgets.progress import ProgressRow

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.model import ModelVersion

WIDTH = 520
GUESS = "Tell by the content"
_SPECS = (
    FieldSpec(
        "path",
        "File or folder",
        "file",
        required=True,
        help="Its content is copied into the workspace; an MLflow model is a folder.",
    ),
    FieldSpec("name", "Name", required=True, help="A taken name gets a new version."),
    FieldSpec("tags", "Tags", placeholder="stage=dev team=growth"),
    FieldSpec("description", "Description", "multiline"),
    FieldSpec(
        "type", "Type", "choice", default=GUESS, choices=(GUESS, *MODEL_TYPES),
        advanced=True,
    ),
)  # fmt: skip


class RegisterDialog(QDialog):
    """`registered(version)` follows when it is done; the dialog closes then."""

    registered = Signal(object)

    def __init__(
        self, studio: Studio, tasks: Tasks, parent: QWidget, path: Path | None = None
    ) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Register model")
        self.setMinimumWidth(WIDTH)
        self._studio, self._tasks = studio, tasks
        self._suggested = ""
        self.form = Form(_SPECS)
        self.banner = Banner("err")
        self.banner.hide()
        self.progress = ProgressRow("Copying and hashing the files")
        self.progress.hide()
        self.next_version = label("", "caption")
        self.cancel = button("Cancel", clicked=self.reject)
        self.go = button("Register", kind="primary", clicked=self.register)
        self._build()
        if path is not None:
            self.set_path(path)

    def set_path(self, path: Path) -> None:
        """Fill in a path, and a name that suits it."""
        self._line("path").setText(str(path))
        self._suggest_name()

    def register(self) -> None:
        """Check what is entered, then register in the background."""
        self.form.flush()
        self.banner.hide()
        tags = self._tags()
        if not self._name_is_good() or tags is None or not self.form.check():
            return
        values = self.form.values()
        self._set_busy(True)
        self._tasks.run(
            partial(_register, self._studio, values, tags),
            done=self._done,
            failed=self._failed,
            owner=self,
        )

    def _build(self) -> None:
        folder = button("Choose a folder…", kind="link", clicked=self._ask_folder)
        buttons = row(self.next_version, None, self.cancel, self.go)
        self.go.setDefault(True)
        self.setLayout(
            column(
                row(label("Register model", "panel-title"), None, folder),
                self.form,
                self.banner,
                self.progress,
                buttons,
                gap=14,
                margins=(24, 20, 24, 16),
            )
        )
        self.form.changed.connect(self._changed)

    def _line(self, name: str) -> QLineEdit:
        line = self.form.field(name).input
        assert isinstance(line, QLineEdit)
        return line

    def _changed(self, name: str, _value: Any) -> None:
        self.banner.hide()
        if name == "path":
            self._suggest_name()
        elif name == "name" and self._name_is_good():
            self._look_up()
        elif name == "tags":
            self._tags()

    def _suggest_name(self) -> None:
        path, name = self.form.values()["path"], self._line("name").text()
        if path and name in ("", self._suggested):
            self._suggested = suggested_name(Path(path))
            self._line("name").setText(self._suggested)

    def _name_is_good(self) -> bool:
        try:
            check_asset_name(self.form.values()["name"] or "")
        except InvalidError as error:
            self.form.set_error("name", f"{error.message}. {error.hint}.")
            return False
        return True

    def _tags(self) -> dict[str, str] | None:
        """The tags as typed; None, with a message at the field, if they're wrong."""
        try:
            return tags_from(self.form.values()["tags"] or "")
        except StudioError as error:
            self.form.set_error("tags", f"{error.message}. {error.hint}.")
            return None

    def _look_up(self) -> None:
        name = self.form.values()["name"]
        self._tasks.run(
            partial(newest, self._studio, name), done=self._say_version, owner=self
        )

    def _say_version(self, found: tuple[str, int]) -> None:
        name, number = found
        text = f"{name} has version {number} already" if number else f"{name} is new"
        self.next_version.setText(text)

    def _ask_folder(self) -> None:
        ask_for_folder(self, "Choose a model folder", self.set_path)

    def _set_busy(self, busy: bool) -> None:
        self.progress.setVisible(busy)
        for part in (self.form, self.go):
            part.setEnabled(not busy)

    def _done(self, version: ModelVersion) -> None:
        self.registered.emit(version)
        self.accept()

    def _failed(self, error: BaseException) -> None:
        self._set_busy(False)
        message = getattr(error, "message", f"It could not be registered: {error}")
        self.banner.show_message("err", message, hint=getattr(error, "hint", ""))
        self.banner.show()


def suggested_name(path: Path) -> str:
    """A name made of a file's name: `churn v2.onnx` gives `churn-v2`."""
    stem = path.name if path.is_dir() else path.stem
    if stem.lower() in ("model", "mlmodel") and path.parent.name:
        stem = path.parent.name
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in stem)
    return "-".join(part for part in kept.split("-") if part)[:255]


def tags_from(text: str) -> dict[str, str]:
    """`stage=dev team=growth` -> {"stage": "dev", "team": "growth"}. InvalidError."""
    found: dict[str, str] = {}
    for part in text.replace(",", " , ").split(" , "):
        for term in parse_filter(part.strip()).terms:
            if not isinstance(term, TagIs) or term.negated or len(term.values) != 1:
                raise InvalidError(
                    f"'{part.strip()}' isn't a tag",
                    hint='Write Tag=Value, for example stage=dev; quote "a value"',
                )
            found[term.key] = term.values[0]
    return found


def newest(studio: Studio, name: str) -> tuple[str, int]:
    """(name, its newest version's number; 0 if there is none)."""
    try:
        return name, studio.models.get(name).version
    except NotFoundError:
        return name, 0


def _register(
    studio: Studio, values: Mapping[str, Any], tags: Mapping[str, str]
) -> ModelVersion:
    kind = values["type"] or GUESS
    return studio.models.register(
        values["name"],
        Path(values["path"]).expanduser(),
        type="" if kind == GUESS else kind,
        tags=tags,
        description=values["description"] or "",
    )
