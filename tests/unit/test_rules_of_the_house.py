"""The rules of docs/architecture.md that can be checked by a program."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "studio").rglob("*.py"))
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


def functions() -> list[tuple[str, int]]:
    """(where, lines) of every function of the program."""
    found = []
    for file in MODULES:
        if "migrations" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, FUNCTIONS):
                lines = (node.end_lineno or 0) - node.lineno + 1
                where = f"{file.relative_to(ROOT)}:{node.lineno} {node.name}"
                found.append((where, lines))
    return found


def test_that_imports_keep_to_the_rule_of_direction() -> None:
    program = Path(sys.executable).parent / "lint-imports"
    answer = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout[-3000:] + answer.stderr[-1000:]


def test_that_no_file_is_longer_than_four_hundred_lines() -> None:
    lengths = {
        str(f.relative_to(ROOT)): len(f.read_text().splitlines()) for f in MODULES
    }
    assert {name: n for name, n in lengths.items() if n > 400} == {}


def test_that_no_function_is_longer_than_sixty_lines() -> None:
    assert [(where, lines) for where, lines in functions() if lines > 60] == []


def test_that_most_functions_are_short() -> None:
    lengths = [lines for _, lines in functions()]
    assert median(lengths) <= 10
    assert sum(lines <= 30 for lines in lengths) / len(lengths) > 0.9


def test_that_no_source_names_a_package_index_or_a_folder_of_one_machine() -> None:
    forbidden = [
        "pypi" + ".org",
        "files.python" + "hosted",
        "/wo" + "rk/",
        "/tm" + "p/",
    ]
    told = [
        f"{file.relative_to(ROOT)}: {word}"
        for file in MODULES
        for word in forbidden
        if word in file.read_text(encoding="utf-8")
    ]
    assert told == []
