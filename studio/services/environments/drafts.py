"""Environments as they are being written: begun from anywhere, checked as one types."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from studio.domain.environment import (
    Declaration,
    EnvironmentKind,
    EnvironmentVersion,
)
from studio.domain.errors import InvalidError
from studio.domain.imported_environment import PREFERRED_PYTHON, ImportedEnvironment
from studio.domain.text_problem import TextProblem
from studio.environments.installed_packages import import_from_interpreter
from studio.environments.package_names import known_names
from studio.interchange.conda_yaml import read_conda_yaml
from studio.interchange.environment_file import EnvironmentFile, read_environment
from studio.interchange.imported_environments import import_file, import_project
from studio.interchange.requirements_txt import read_requirements
from studio.services.environments import starters

_YAML = (".yml", ".yaml")


@dataclass(frozen=True)
class Draft:
    """What is written so far. `folder` holds a Dockerfile that is still to be stored;
    `notes` tell what could not be taken over."""

    kind: EnvironmentKind = "pip"
    text: str = ""
    python: str = ""
    image: str = ""
    folder: Path | None = None
    context: str = ""
    dockerfile: str = "Dockerfile"
    name: str = ""
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def declaration(self) -> Declaration:
        """InvalidError where something is missing."""
        if self.kind == "image":
            return Declaration("image", image=self.image.strip())
        if self.kind == "docker":
            if self.folder is None and not self.context:
                raise InvalidError(
                    "No folder is chosen", "Choose a folder with a Dockerfile"
                )
            return Declaration(
                "docker", context=self.context, dockerfile=self.dockerfile
            )
        python = self.python if self.kind == "pip" else ""
        return Declaration(self.kind, self.text, python, self.image.strip())


def draft_of(version: EnvironmentVersion) -> Draft:
    """To write the next version of it."""
    declared = version.declaration
    return Draft(
        declared.kind,
        declared.packages,
        declared.python,
        declared.image,
        context=declared.context,
        dockerfile=declared.dockerfile,
        name=version.name,
        description=version.description,
        tags=dict(version.tags),
    )


def read_draft(path: Path) -> Draft:
    """Of a file or folder in any format; a text with slips is taken as it is."""
    if path.name == "MLmodel":
        path = path.parent
    if path.is_dir():
        return _of_folder(path)
    if path.suffix.lower() in _YAML:
        return _of_yaml(path)
    if path.name.lower().startswith("dockerfile"):
        return _of_file(read_environment(path), path)
    return _of_import(import_file(path), _name_of(path))


def draft_of_interpreter(python: str, *, asked_only: bool = False) -> Draft:
    """Of what is installed for a Python of this computer."""
    found = import_from_interpreter(python, asked_only=asked_only)
    return _of_import(found, "")


def draft_of_starter(name: str) -> Draft:
    """Of one of the environments that are ready to be made."""
    starter = starters.get(name)
    return replace(
        read_draft(starter.requirements),
        name=name,
        python=PREFERRED_PYTHON,
        description=starter.about,
        tags={"starter": name},
    )


def problems_of(
    kind: EnvironmentKind, text: str, known: Collection[str] = ()
) -> Sequence[TextProblem]:
    """All that is wrong with a text, at its place. `known`: names of packages."""
    if kind == "pip":
        return read_requirements(text, known).problems
    if kind == "conda":
        return read_conda_yaml(text).problems
    return ()


def package_names(versions: Sequence[EnvironmentVersion]) -> Sequence[str]:
    """To complete: usual ones, installed ones, and those of locks made here."""
    locked = {p.name for v in versions for lock in v.locks for p in lock.packages}
    return sorted(known_names() | locked)


def _of_folder(path: Path) -> Draft:
    if (path / "Dockerfile").is_file() and not (path / "MLmodel").is_file():
        return _of_file(read_environment(path), path)
    return _of_import(import_project(path), _name_of(path / "any"))


def _of_yaml(path: Path) -> Draft:
    """Azure ML's by its keys; what is wrong with conda's is marked in the editor."""
    try:
        return _of_file(read_environment(path), path)
    except InvalidError:
        draft = _of_import(import_file(path), _name_of(path))
        if "dependencies" not in draft.text:
            raise
        return draft


def _of_file(found: EnvironmentFile, path: Path) -> Draft:
    declared = found.declaration
    return Draft(
        declared.kind,
        declared.packages,
        declared.python,
        declared.image,
        found.context,
        dockerfile=declared.dockerfile,
        name=found.name or _name_of(path),
        description=found.description,
        tags=dict(found.tags),
    )


def _of_import(found: ImportedEnvironment, name: str) -> Draft:
    named = found.name or name
    return Draft(found.kind, found.text, found.python, name=named, notes=found.notes)


def _name_of(path: Path) -> str:
    """A name that a file's or folder's place suggests."""
    folder = path.absolute() if path.is_dir() else path.absolute().parent
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in folder.name)
    return "-".join(part for part in kept.split("-") if part)
