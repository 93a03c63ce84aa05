"""A served model as a plain folder: what its image would hold, and how to start it."""

from __future__ import annotations

import shutil
from pathlib import Path

from studio.domain.environment import Lock
from studio.domain.errors import RefusedError
from studio.environments.conda_lock_text import explicit_list, is_conda, pip_part
from studio.environments.image_recipe import ModelRecipe
from studio.environments.model_image import ROOT
from studio.environments.whole_folder import beside

_START = """\
#!/bin/sh
# Serves the model on port ${STUDIO_PORT:-8080}. PYTHON names an interpreter that has
# the packages of requirements.lock.
exec "${PYTHON:-python3}" -u "$(dirname "$0")/server/container.py"
"""
_WITH_PIP = """\
    python{python} -m venv env
    env/bin/python -m pip install --require-hashes -r requirements.lock
"""
_WITH_CONDA = """\
    conda create --prefix ./env --file conda.lock
    env/bin/python -m pip install --no-deps --require-hashes -r requirements.lock
"""
_READ_ME = """\
# {title}

Made by MLOps Studio. Install the packages, then start the server:

{install}\
    STUDIO_KEY=choose-one PYTHON=env/bin/python ./serve.sh

Ask it:

    curl -H "Authorization: Bearer choose-one" -d @request.json http://127.0.0.1:8080/score

`server/sbom.cdx.json` lists every package (CycloneDX).
"""


def write_model_folder(
    recipe: ModelRecipe, folder: Path, lock: Lock | None, title: str
) -> Path:
    """Write all of it to a new or empty folder, whole or not at all."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RefusedError(f"{folder} isn't empty", "Choose a new or an empty folder")
    with beside(folder) as partial:
        partial.mkdir()
        for content in recipe.contents:
            _copy(content.source, partial / content.target.removeprefix(f"{ROOT}/"))
        install = _write_locks(partial, lock)
        told = _READ_ME.format(title=title, install=install)
        (partial / "README.md").write_text(told)
        start = partial / "serve.sh"
        start.write_text(_START)
        start.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        partial.replace(folder)
    return folder


def _write_locks(folder: Path, lock: Lock | None) -> str:
    """What the packages are installed from, and how."""
    pip = lock
    if lock and is_conda(lock):
        pip = pip_part(lock)
        (folder / "conda.lock").write_text(explicit_list(lock))
    (folder / "requirements.lock").write_text(pip.text if pip else "")
    if lock and is_conda(lock):
        return _WITH_CONDA
    return _WITH_PIP.format(python=lock.python if lock else "3")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, copy_function=shutil.copy, dirs_exist_ok=True)
    else:
        shutil.copy(source, target)
    _let_write(target)


def _let_write(path: Path) -> None:
    """What comes from the store is read-only; a copy is its owner's."""
    for each in (path, *path.rglob("*")):
        each.chmod(each.stat().st_mode | 0o200)
