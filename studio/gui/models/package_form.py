"""What a model's package is: an image or a folder, and what goes into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.domain.container_engine import EngineState
from studio.domain.environment import EnvironmentVersion
from studio.domain.errors import InvalidError
from studio.domain.model import ModelVersion
from studio.gui.widgets.banner import Banner, Fix
from studio.gui.widgets.basics import column
from studio.gui.widgets.field import FieldSpec
from studio.gui.widgets.form import Form
from studio.gui.widgets.panel import Section

IMAGE, FOLDER = "A Docker image", "A folder"
NONE = "None: what the model itself needs"
_BY_KIND = {IMAGE: ("image", "base"), FOLDER: ("parent", "folder")}
_SPECS = (
    FieldSpec(
        "kind", "Package as", "choice", default=IMAGE, choices=(IMAGE, FOLDER)
    ),
    FieldSpec("image", "Image name", placeholder="churn:1"),
    FieldSpec(
        "parent",
        "Put it into",
        "folder",
        placeholder="A folder of this computer",
    ),
    FieldSpec(
        "folder",
        "New folder's name",
        help="It holds the model, the server, its packages' lock and a README.",
    ),
    FieldSpec(
        "environment",
        "Environment",
        "choice",
        default=NONE,
        choices=(NONE,),
        help="Whose packages serve it. An MLflow model says which it needs; others get "
        "those of a starter.",
    ),
    FieldSpec(
        "script",
        "Scoring script",
        "file",
        file_filter="Python (*.py)",
        placeholder="None: the model is served as it is",
        help="A score.py with init() and run(raw_data), as for Azure ML.",
    ),
    FieldSpec(
        "code",
        "Code folder",
        "folder",
        advanced=True,
        placeholder="None: the script alone",
        help="Copied whole, for a script that imports more; the script is in it.",
    ),
    FieldSpec(
        "assets",
        "Further files",
        "multiline",
        advanced=True,
        placeholder="NAME=PATH, one a line",
    ),
    FieldSpec(
        "others",
        "Further models",
        "multiline",
        advanced=True,
        placeholder="NAME=MODEL:VERSION, one a line",
        help="For a script that serves several.",
    ),
    FieldSpec(
        "base",
        "Base image",
        advanced=True,
        placeholder="Automatic",
        help="The image it is built on.",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class PackageSettings:
    """What a person has asked for. `folder` is None for an image."""

    model: str
    environment: str
    script: Path | None
    code: Path | None
    assets: Mapping[str, Path]
    others: Mapping[str, str]
    image: str = ""
    base: str = ""
    folder: Path | None = None


class PackageForm(QWidget):
    """`changed` whenever another thing would be packaged."""

    changed = Signal()
    engine_wanted = Signal()

    def __init__(self, model: ModelVersion, values: Mapping[str, Any]) -> None:
        super().__init__()
        self._model = model
        self._engine: EngineState | None = None
        self.form = Form(_SPECS)
        self.engine = Banner("info", "Looking for a Docker engine…")
        suggested = {
            "image": f"{model.name.lower()}:{model.version}",
            "folder": f"{model.name}-{model.version}-server",
        }
        self.form.set_values({**suggested, **values})
        self.form.changed.connect(self._changed)
        self.setLayout(column(self.engine, self.form, gap=12))
        self._fit()

    @property
    def is_image(self) -> bool:
        return bool(self.form.values()["kind"] == IMAGE)

    def ready(self) -> bool:
        """Whether there is an engine, where one is needed."""
        return not self.is_image or (self._engine is not None and self._engine.found)

    def show_engine(self, state: EngineState | None) -> None:
        """Say what the engine is, or how to start one; None while that is asked."""
        self._engine = state
        again: Sequence[Fix] = (("Look again", self.engine_wanted.emit),)
        if state is None:
            self.engine.show_message("info", "Looking for a Docker engine…")
        elif state.found:
            told = [f"Docker {state.version}", state.platform, state.context.name]
            self.engine.show_message("ok", " · ".join(part for part in told if part))
        else:
            self.engine.show_message(
                "warn", state.message, hint=state.hint, fixes=again
            )
        self.changed.emit()

    def offer(self, environments: Sequence[EnvironmentVersion]) -> None:
        """Environments to choose from; an image declared by hand has no packages."""
        names = [e.reference for e in environments if e.declaration.is_locked]
        chosen = self.form.values()["environment"]
        self.form.set_choices("environment", (NONE, *names))
        self.form.set_values({"environment": chosen if chosen in names else NONE})

    def settings(self) -> PackageSettings | None:
        """What is asked for; None (said at the field) if something is wrong."""
        self.form.flush()
        values = self.form.values()
        try:
            return settings_of(self._model.reference, values)
        except _WrongFieldError as wrong:
            self._show_wrong(wrong)
            return None

    def _show_wrong(self, wrong: _WrongFieldError) -> None:
        field = self.form.field(wrong.field)
        for section in self.form.findChildren(Section):
            if section.isAncestorOf(field):
                section.set_open(True)
        field.set_error(wrong.message)
        field.input.setFocus()

    def _changed(self, name: str, _value: Any) -> None:
        if name == "kind":
            self._fit()
        self.changed.emit()

    def _fit(self) -> None:
        """Show what this kind of package asks for."""
        kind = self.form.values()["kind"]
        for each, names in _BY_KIND.items():
            for name in names:
                self.form.field(name).setVisible(each == kind)
        self.engine.setVisible(kind == IMAGE)


class _WrongFieldError(InvalidError):
    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def settings_of(model: str, values: Mapping[str, Any]) -> PackageSettings:
    """Of what is entered. Whatever is wrong names its field."""
    script, code = _path(values["script"]), _path(values["code"])
    environment = "" if values["environment"] == NONE else values["environment"]
    if script and not environment:
        raise _WrongFieldError(
            "environment", "A scoring script doesn't say which packages it needs"
        )
    if script and not script.is_file():
        raise _WrongFieldError("script", "There is no such file")
    if code and (script is None or not script.is_relative_to(code)):
        raise _WrongFieldError("code", "The scoring script isn't in it")
    assets = _pairs("assets", values["assets"] or "")
    others = _pairs("others", values["others"] or "")
    image = (values["image"] or "").strip()
    base = (values["base"] or "").strip()
    files = {name: _path(path) or Path() for name, path in assets.items()}
    if values["kind"] == IMAGE:
        place: dict[str, Any] = {"image": image, "base": base}
    else:
        place = {"folder": _folder(values)}
    return PackageSettings(model, environment, script, code, files, others, **place)


def _folder(values: Mapping[str, Any]) -> Path:
    parent, name = _path(values["parent"]), (values["folder"] or "").strip()
    if parent is None:
        raise _WrongFieldError("parent", "Choose a folder to put it into")
    if not parent.is_dir():
        raise _WrongFieldError("parent", "There is no such folder")
    if not name or Path(name).name != name:
        raise _WrongFieldError("folder", "Write the name of one folder")
    made = parent / name
    if made.exists() and (not made.is_dir() or any(made.iterdir())):
        raise _WrongFieldError("folder", f"{made} isn't empty: choose another name")
    return made


def _path(text: str | None) -> Path | None:
    return Path(text.strip()).expanduser().absolute() if text and text.strip() else None


def _pairs(field: str, text: str) -> dict[str, str]:
    """`NAME=VALUE` lines as a mapping."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, equals, value = (part.strip() for part in line.partition("="))
        if not line.strip():
            continue
        if not (name and equals and value):
            raise _WrongFieldError(field, f"“{line.strip()}” isn't NAME=VALUE")
        found[name] = value
    return found
