"""Environments found in a project's folder or an MLflow model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio.domain import ways
from studio.domain.errors import InvalidError, NotFoundError, StudioError
from studio.domain.imported_environment import ImportedEnvironment, minor_of
from studio.interchange import located
from studio.interchange.pyproject_toml import import_pyproject
from studio.interchange.requirements_file import import_requirements
from studio.interchange.text_files import as_text, read_bytes

_MOST_BYTES = 1 << 20
CONDA_FILES = ("environment.yml", "environment.yaml", "conda.yaml", "conda.yml")
_PYTHON = re.compile(r"python\s*=*\s*([\d.]+)")
_ALWAYS = ("python", "pip", "setuptools", "wheel")
_LISTS = ("", ".txt", ".in", ".pip", ".lock")
_PACKED = (".zip", ".tar", ".gz", ".tgz")
_VERSION_FILES = (".python-version", "runtime.txt")


def import_project(folder: Path) -> ImportedEnvironment:
    """The environment that a folder declares: MLflow's, conda's, then pip's files.

    NotFoundError names the files that are looked for.
    """
    if (folder / "MLmodel").is_file():
        return import_mlflow_model(folder)
    for name in CONDA_FILES:
        if (folder / name).is_file():
            return _conda(folder / name)
    for file in _requirements(folder):
        return _with_python(import_requirements(file, folder), folder)
    if (folder / "pyproject.toml").is_file():
        return _with_python(import_pyproject(folder / "pyproject.toml"), folder)
    raise NotFoundError(
        f"{folder} declares no environment",
        hint="Looked for: MLmodel, environment.yml, conda.yaml, requirements.txt, "
        "pyproject.toml",
    )


def import_file(path: Path) -> ImportedEnvironment:
    """One file a person drops, taken by what its name says it is."""
    if path.is_dir():
        return import_project(path)
    if path.suffix.lower() in (".yml", ".yaml"):
        return _conda(path)
    if path.suffix.lower() == ".toml":
        return import_pyproject(path)
    if path.suffix.lower() in _PACKED:
        raise InvalidError(
            f"{path.name} declares no environment",
            ways.IMPORT_ENVIRONMENT(),
        )
    if path.suffix.lower() not in _LISTS:
        raise InvalidError(
            f"{path.name} declares no environment",
            "Give a requirements.txt, pyproject.toml, environment.yml or Dockerfile, "
            "or a folder with one of them",
        )
    return import_requirements(path)


def import_mlflow_model(folder: Path) -> ImportedEnvironment:
    """What an MLflow model says it needs: its requirements.txt, or conda.yaml."""
    python, notes = _python_of(folder), list[str]()
    if (folder / "requirements.txt").is_file():
        found = import_requirements(folder / "requirements.txt")
        text = found.text
        notes += found.notes
    else:
        text = "\n".join(_pip_part(_conda_lines(folder))) + "\n"
    left = [each for each in _conda_lines(folder) if _is_of_conda(each)]
    if left:
        notes.append(
            f"Its conda.yaml also asks conda for: {', '.join(left)}. Import that file "
            "to have them"
        )
    if not text.strip():
        raise NotFoundError(
            f"The model in {folder} doesn't say what it needs",
            hint="Write a requirements.txt into its folder, or import the environment "
            "from an interpreter",
        )
    return ImportedEnvironment("pip", text, python, tuple(notes), str(folder))


def _requirements(folder: Path) -> Sequence[Path]:
    names = ("requirements.txt", "requirements/base.txt", "requirements.in")
    return [folder / name for name in names if (folder / name).is_file()]


def _conda(path: Path) -> ImportedEnvironment:
    text = as_text(read_bytes(path, _MOST_BYTES, "an environment.yml"), path)
    return ImportedEnvironment("conda", text, source=str(path))


def _with_python(found: ImportedEnvironment, folder: Path) -> ImportedEnvironment:
    """Its Python where the file says none, from the files other tools keep it in."""
    if found.python:
        return found
    for name in _VERSION_FILES:
        if (folder / name).is_file():
            text = as_text(read_bytes(folder / name, 4096, "a version"), folder / name)
            python = minor_of(text.strip().removeprefix("python-"))
            return replace(found, python=python)
    return found


def _python_of(folder: Path) -> str:
    try:
        said = located.read(folder / "python_env.yaml").text("python")
    except StudioError:
        said = ""
    conda = (_PYTHON.match(str(each)) for each in _conda_lines(folder))
    return minor_of(said) or next((minor_of(each[1]) for each in conda if each), "")


def _conda_lines(folder: Path) -> Sequence[Any]:
    for name in CONDA_FILES:
        try:
            lines = located.read(folder / name).get("dependencies")
        except StudioError:
            continue
        return lines if isinstance(lines, list) else []
    return []


def _pip_part(lines: Sequence[Any]) -> Sequence[str]:
    return [
        str(line)
        for part in lines
        if isinstance(part, dict) and isinstance(part.get("pip"), list)
        for line in part["pip"]
    ]


def _is_of_conda(line: Any) -> bool:
    named = re.match(r"[A-Za-z0-9._-]+", line) if isinstance(line, str) else None
    return named is not None and named[0] not in (
        "python",
        "pip",
        "setuptools",
        "wheel",
    )
