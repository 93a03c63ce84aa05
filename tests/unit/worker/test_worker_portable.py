"""The worker runs in interpreters of other people: old ones, with few packages."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from worker_steps import WORKER

import studio.supervisor

SUPERVISOR = Path(studio.supervisor.__file__).parent
WORKER_FILES = sorted(WORKER.rglob("*.py"))
# Needed to serve and never to run steps; orjson is optional.
_SERVER_ONLY = {"httptools", "orjson"}


def _imported_at_once(tree: ast.Module) -> set[str]:
    """Top-level packages imported when the module is, outside any function."""
    found: set[str] = set()
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").split(".")[0])
        todo += ast.iter_child_nodes(node)
    return found


@pytest.mark.parametrize("file", WORKER_FILES, ids=lambda f: f.name)
def test_that_a_worker_file_is_python_3_8_with_the_standard_library(file: Path) -> None:
    tree = ast.parse(file.read_text(), feature_version=(3, 8))
    allowed = set(sys.stdlib_module_names)
    if file.parent.name == "serving":
        allowed |= _SERVER_ONLY
    assert _imported_at_once(tree) <= allowed
    first = ast.unparse(tree.body[1]) if len(tree.body) > 1 else ""
    assert first in ("", "from __future__ import annotations")


@pytest.mark.parametrize("file", sorted(SUPERVISOR.glob("*.py")), ids=lambda f: f.name)
def test_that_the_supervisor_needs_the_standard_library_only(file: Path) -> None:
    imported = _imported_at_once(ast.parse(file.read_text()))
    assert imported <= set(sys.stdlib_module_names) | {"studio"}


def test_that_a_warm_parent_starts_without_any_package(tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-S", "-u", str(WORKER / "warm.py")]
    ended = subprocess.run(
        command,
        input=b'{"preload": []}\n',
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
