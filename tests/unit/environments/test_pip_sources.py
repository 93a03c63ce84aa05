"""Packages that come as source code: their code runs only where it is allowed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from studio.domain.environment import Lock
from studio.domain.errors import StudioError
from studio.environments.interpreters import host_platform, interpreter_at
from studio.environments.package_indexes import PackageIndexes
from studio.environments.pip_folder import install_pip
from studio.environments.pip_lock import lock_pip
from studio.environments.uv_errors import NotBuiltError
from tests.local_index import LocalIndex

PYTHON = interpreter_at(sys.executable)
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
BACKEND = """
import pathlib, zipfile

METADATA = "Metadata-Version: 2.1\\nName: src\\nVersion: 1.0\\n"
WHEEL = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"

def build_wheel(folder, config_settings=None, metadata_directory=None):
    pathlib.Path({mark!r}).touch()
    {first}
    info = "src-1.0.dist-info"
    name = "src-1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as wheel:
        wheel.writestr("src.py", "x = 1")
        wheel.writestr(info + "/METADATA", METADATA)
        wheel.writestr(info + "/WHEEL", WHEEL)
        wheel.writestr(info + "/RECORD", "")
    return name
"""


def sources(index: LocalIndex, mark: Path, first: str = "") -> None:
    backend = BACKEND.format(mark=str(mark), first=first)
    index.sdist("src", "1.0", files={"pyproject.toml": PROJECT, "backend.py": backend})


def locked(indexes: PackageIndexes) -> Lock:
    return lock_pip(
        "src",
        python=PYTHON.minor,
        platform=host_platform(),
        indexes=indexes,
        sources=True,
    )


def test_that_code_of_a_package_runs_only_where_sources_are_allowed(
    index: LocalIndex, indexes: PackageIndexes, tmp_path: Path
) -> None:
    mark = tmp_path / "ran"
    sources(index, mark)
    lock = locked(indexes)
    mark.unlink(missing_ok=True)
    with pytest.raises(StudioError):
        install_pip(lock, tmp_path / "x" / "no", indexes=indexes, python=PYTHON)
    assert not mark.exists()
    made = install_pip(
        lock, tmp_path / "x" / "yes", indexes=indexes, python=PYTHON, sources=True
    )
    assert [each.name for each in made.folder.rglob("src.py")] == ["src.py"]
    assert [each.name for each in (tmp_path / "x").iterdir()] == ["yes"]


@pytest.mark.parametrize(
    ("first", "message"),
    [
        ("import nothing_of_the_kind", "its set-up needs nothing_of_the_kind"),
        (
            "raise RuntimeError(\"command 'gcc' failed: No such file\")",
            "the compiler for it (gcc) isn't here or failed",
        ),
    ],
)
def test_that_why_a_package_could_not_be_built_is_told(
    first: str,
    message: str,
    index: LocalIndex,
    indexes: PackageIndexes,
    tmp_path: Path,
) -> None:
    sources(index, tmp_path / "ran", first)
    with pytest.raises(NotBuiltError) as caught:
        install_pip(
            locked(indexes),
            tmp_path / "x" / "no",
            indexes=indexes,
            python=PYTHON,
            sources=True,
        )
    assert caught.value.message.startswith("src 1.0 comes as source code")
    assert message in caught.value.message
    assert caught.value.package == "src"
