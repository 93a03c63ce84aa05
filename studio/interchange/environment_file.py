"""Files and folders that declare an environment, whatever their format.

requirements.txt, pyproject.toml, environment.yml, Azure ML's environment YAML, a
folder with a Dockerfile, an MLflow model, a project's folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.domain.conda import CondaDeclaration
from studio.domain.dockerfile import check_image, dockerfile_problems
from studio.domain.environment import Declaration
from studio.domain.errors import InvalidError, NotFoundError
from studio.domain.imported_environment import ImportedEnvironment
from studio.domain.text_problem import refuse_errors
from studio.interchange import located
from studio.interchange.conda_yaml import (
    conda_mapping,
    conda_part,
    read_conda_file,
    read_conda_yaml,
    write_conda_yaml,
)
from studio.interchange.imported_environments import import_file, import_project
from studio.interchange.located import Document
from studio.interchange.requirements_txt import read_requirements
from studio.interchange.text_files import as_text, read_bytes

_KEYS = frozenset(
    [
        "$schema",
        "name",
        "version",
        "image",
        "build",
        "conda_file",
        "os_type",
        "tags",
        "inference_config",
        "description",
        "properties",
        "type",
        "creation_context",
    ]
)
_MOST_BYTES = 4 * 1024 * 1024
_AZURE = ("image", "build", "conda_file")


@dataclass(frozen=True)
class EnvironmentFile:
    """What is declared. `context` is a folder that is still to be stored."""

    declaration: Declaration
    name: str = ""
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    context: Path | None = None


def read_environment(path: Path) -> EnvironmentFile:
    """Read a file or folder. InvalidError says file and line of what is wrong."""
    if not path.exists():
        raise NotFoundError(f"There is no {path}", "Check how it is spelled")
    if path.is_dir() and (path / "Dockerfile").is_file():
        return _of_context(path, "Dockerfile")
    if path.is_dir():
        return _imported(import_project(path))
    if path.suffix.lower() in (".yml", ".yaml"):
        return _of_yaml(path)
    if path.name.lower().startswith("dockerfile"):
        return _of_context(path.parent, path.name)
    return _imported(import_file(path))


def read_inline(document: Document, folder: Path) -> EnvironmentFile:
    """One that is written where it is used; its build context is left alone."""
    return _of_azure(document, folder)


def _imported(found: ImportedEnvironment) -> EnvironmentFile:
    """As the readers of other tools' files give it. Its errors are told with lines."""
    if found.kind == "conda":
        declared = read_conda_text(found.text)
        return EnvironmentFile(_conda(declared, found.text), name=declared.name)
    problems = read_requirements(found.text).problems
    refuse_errors(problems, found.source or "requirements.txt", found.places)
    declaration = Declaration("pip", found.text, found.python)
    return EnvironmentFile(declaration, name=found.name)


def _of_context(folder: Path, dockerfile: str) -> EnvironmentFile:
    _check_dockerfile(folder / dockerfile)
    declaration = Declaration("docker", dockerfile=dockerfile)
    return EnvironmentFile(declaration, context=folder)


def _of_yaml(path: Path) -> EnvironmentFile:
    document = located.read(path, _MOST_BYTES, "an environment")
    keys = document.mapping().keys()
    if any(key in keys for key in _AZURE):
        return _of_azure(document, path.parent)
    declared = read_conda_file(path).declared(str(path))
    return EnvironmentFile(_conda(declared, _text(path)), name=declared.name)


def _of_azure(document: Document, folder: Path) -> EnvironmentFile:
    document.refuse_slips(_KEYS)
    image, build = document.text("image"), document.mapping("build")
    if image and build:
        raise document.error(
            "an environment has an image or a build context, not both",
            "Remove 'image', or remove 'build'",
            "build",
        )
    if build and document.get("conda_file") is not None:
        raise document.error(
            "an environment has a conda file or a build context, not both",
            "Install conda's packages in the Dockerfile and remove 'conda_file', or "
            "remove 'build'",
            "build",
        )
    if image:
        _check_image(document, image)
    if str(document.get("os_type") or "linux").lower() != "linux":
        raise document.error(
            "only Linux environments can be made", "Write 'os_type: linux'", "os_type"
        )
    context = _context(document, folder) if build else None
    return EnvironmentFile(
        _declared(document, folder, image),
        name=document.text("name"),
        description=document.text("description"),
        tags={key: document.text("tags", key) for key in document.mapping("tags")},
        context=context,
    )


def _declared(document: Document, folder: Path, image: str) -> Declaration:
    if document.mapping("build"):
        dockerfile = document.text("build", "dockerfile_path") or "Dockerfile"
        return Declaration("docker", dockerfile=dockerfile)
    conda = document.get("conda_file")
    if conda is None and not image:
        raise document.error(
            "an environment names no image", "Add 'image: NAME', or 'build: {path: .}'"
        )
    if conda is None:
        return Declaration("image", image=image)
    if isinstance(conda, dict):
        declared = conda_part(document, "conda_file").declared(document.file)
        return _conda(declared, write_conda_yaml(declared), image)
    file = document.path(folder, str(conda), "conda_file")
    if not file.is_file():
        told = f"there is no file '{conda}'"
        raise document.error(told, "Correct the path", "conda_file")
    declared = read_conda_file(file).declared(str(file))
    return _conda(declared, _text(file), image)


def _context(document: Document, folder: Path) -> Path:
    given = document.text("build", "path")
    if not given:
        raise document.error("'build' names no path", "Add 'path: .'", "build")
    found = document.path(folder, given, "build", "path")
    name = document.text("build", "dockerfile_path") or "Dockerfile"
    if not document.path(found, name, "build", "dockerfile_path").is_file():
        raise document.error(
            f"there is no {name} in the build context '{given}'",
            "Put it there, or name it as 'dockerfile_path'",
            "build",
            "dockerfile_path",
        )
    _check_dockerfile(found / name)
    return found


def _check_dockerfile(path: Path) -> None:
    text = as_text(read_bytes(path, _MOST_BYTES, "a Dockerfile"), path)
    refuse_errors(dockerfile_problems(text), str(path))


def _check_image(document: Document, image: str) -> None:
    try:
        check_image(image)
    except InvalidError as error:
        raise document.error(error.message, error.hint, "image") from None


def _conda(declared: CondaDeclaration, text: str, image: str = "") -> Declaration:
    """`text` is kept as it was written, with its comments."""
    return Declaration("conda", packages=text, python=declared.python, image=image)


def _text(path: Path) -> str:
    return as_text(read_bytes(path, _MOST_BYTES, "an environment"), path)


def azure_document(name: str, version: int, declaration: Declaration) -> dict[str, Any]:
    """The environment as Azure ML's YAML writes it; pip becomes its conda file."""
    made: dict[str, Any] = {"name": name, "version": str(version)}
    if declaration.kind == "docker":
        return {
            **made,
            "build": {"path": ".", "dockerfile_path": declaration.dockerfile},
        }
    made["image"] = declaration.image
    if declaration.kind == "conda":
        read = conda_mapping(read_conda_text(declaration.packages))
        return {**made, "conda_file": read}
    if declaration.kind == "pip":
        lines = [each for each in declaration.packages.splitlines() if each.strip()]
        python = f"python={declaration.python}" if declaration.python else "python"
        needed: list[Any] = [python, "pip", {"pip": lines}]
        made["conda_file"] = {"channels": ["conda-forge"], "dependencies": needed}
    return made


def read_conda_text(text: str) -> CondaDeclaration:
    """The conda part of a declaration. InvalidError with the line."""
    return read_conda_yaml(text).declared()
