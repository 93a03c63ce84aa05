from __future__ import annotations

import sys
from pathlib import Path

import pytest

from studio.domain.errors import InvalidError, NotFoundError, UnavailableError
from studio.environments.interpreters import (
    Interpreter,
    check_version,
    fetch_interpreter,
    interpreter_at,
    interpreter_for,
    interpreters,
)
from studio.environments.package_indexes import PackageIndexes

NEW = Interpreter("/new", "3.12.1", "3.12", "/n")
OLD = Interpreter("/old", "3.9.18", "3.9", "/o")


def pretend(folder: Path, name: str, answer: str) -> Path:
    """A program that answers what a Python would."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\n{answer}\n")
    program.chmod(0o755)
    return program


def test_that_the_python_we_run_on_is_found_with_its_base(tmp_path: Path) -> None:
    found = interpreters({"HOME": str(tmp_path)})
    own = interpreter_at(sys.executable)
    assert own in found or own.prefix in {each.prefix for each in found}
    assert own.version == ".".join(map(str, sys.version_info[:3]))
    assert own.prefix == sys.base_prefix


def test_that_each_installation_is_told_once_and_the_newest_first(
    tmp_path: Path,
) -> None:
    told = 'echo \'["{0}", "3.99.{1}", "cpython", "/p{1}", [3, 99]]\''
    for name in ("python3", "python3.99"):
        pretend(tmp_path / "bin", name, told.format("/a", 1))
    pretend(tmp_path / ".pyenv/versions/3.99.4/bin", "python", told.format("/b", 4))
    found = interpreters({"HOME": str(tmp_path), "PATH": str(tmp_path / "bin")})
    assert [each.version for each in found[:2]] == ["3.99.4", "3.99.1"]


def test_that_programs_that_are_no_python_and_old_ones_are_passed_over(
    tmp_path: Path,
) -> None:
    pretend(tmp_path, "python3", "exit 3")
    pretend(tmp_path, "python3.7", 'echo \'["/x", "3.7.1", "cpython", "/x", [3, 7]]\'')
    pretend(tmp_path, "python3.6", "echo nothing of the kind")
    (tmp_path / "python").write_text("not a program")
    found = interpreters({"HOME": str(tmp_path), "PATH": str(tmp_path)})
    assert {each.prefix for each in found} == {interpreter_at(sys.executable).prefix}


def test_that_a_version_is_found_by_its_minor_or_whole_number() -> None:
    assert interpreter_for("3.9", [NEW, OLD]) is OLD
    assert interpreter_for("3.12.1", [NEW, OLD]) is NEW


def test_that_a_missing_python_names_those_that_are_here() -> None:
    with pytest.raises(NotFoundError) as caught:
        interpreter_for("3.11", [NEW, OLD])
    assert caught.value.message == "Python 3.11 isn't on this computer"
    assert caught.value.hint.startswith("Here are: 3.12, 3.9. Choose one of them")


@pytest.mark.parametrize("version", ["3.7", "2.7", "three", "3", "3.11 ", "3.11;rm"])
def test_that_a_python_no_model_can_be_served_by_is_refused(version: str) -> None:
    with pytest.raises(InvalidError):
        check_version(version)


def test_that_a_file_that_is_no_python_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="isn't a Python that can be run"):
        interpreter_at(tmp_path / "nothing")


def test_that_a_python_that_cannot_be_fetched_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_PYTHON_INSTALL_MIRROR", "http://127.0.0.1:1/nowhere")
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "python"))
    with pytest.raises(UnavailableError) as caught:
        fetch_interpreter("3.13", indexes=PackageIndexes(cache=str(tmp_path / "c")))
    assert "could not be fetched: its download can't be reached" in caught.value.message
