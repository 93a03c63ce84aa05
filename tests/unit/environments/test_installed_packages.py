from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from studio.domain.errors import InvalidError, UnavailableError
from studio.environments.installed_packages import import_from_interpreter
from studio.environments.interpreters import host_platform, interpreter_at
from studio.environments.package_indexes import PackageIndexes
from studio.environments.pip_folder import install_pip
from studio.environments.pip_lock import lock_pip


def test_that_what_an_interpreter_has_is_pinned() -> None:
    found = import_from_interpreter(sys.executable)
    assert f"packaging=={version('packaging')}\n" in found.text
    assert found.python == f"3.{sys.version_info[1]}"
    assert "mlops-studio" in " ".join(found.notes)
    assert "\npip==" not in found.text


def test_that_a_folder_made_of_a_lock_tells_that_lock(
    indexes: PackageIndexes, tmp_path: Path
) -> None:
    python = interpreter_at(sys.executable)
    lock = lock_pip(
        "alpha", python=python.minor, platform=host_platform(), indexes=indexes
    )
    made = install_pip(lock, tmp_path / "here", indexes=indexes, python=python)
    found = import_from_interpreter(made.python)
    assert found.text == "alpha==2.0\nbeta==3.0\ngamma==1.0\n"
    assert found.notes == ()


def test_that_a_program_that_is_no_python_is_told(tmp_path: Path) -> None:
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\necho hello\n")
    program.chmod(0o755)
    with pytest.raises(InvalidError, match="could not tell what it has installed"):
        import_from_interpreter(program)
    with pytest.raises(UnavailableError, match="could not be started"):
        import_from_interpreter(tmp_path / "nothing")
