"""No built-in without a test that runs it on real data, and one of bad input."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest
from component_steps import NAMES

HERE = Path(__file__).parent
REAL_DATA = {
    "PENGUINS",
    "penguins",
    "iris",
    "wine",
    "breast_cancer",
    "diabetes",
    "digits",
}
RUNS = {"ok", "run"}


@cache
def tests() -> list[ast.FunctionDef]:
    """Every test function of this folder."""
    return [
        node
        for file in sorted(HERE.glob("test_component_*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]


def steps_run(function: ast.FunctionDef, verbs: set[str]) -> set[str]:
    """The components that `steps.ok("name", ...)` and its like name in a test."""
    return {
        str(call.args[0].value)
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in verbs
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def on_real_data(function: ast.FunctionDef) -> bool:
    words = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}
    given = {argument.arg for argument in function.args.args}
    loaded = {word.removeprefix("load_") for word in words if word.startswith("load_")}
    return bool((words | given | loaded) & REAL_DATA)


@pytest.mark.parametrize("name", NAMES)
def test_that_a_test_runs_it_on_real_data(name: str) -> None:
    assert any(
        name in steps_run(function, RUNS) and on_real_data(function)
        for function in tests()
    ), f"write a test with steps.ok({name!r}, ...) on penguins, iris, wine, ..."


@pytest.mark.parametrize("name", NAMES)
def test_that_a_test_gives_it_bad_input(name: str) -> None:
    assert any(name in steps_run(function, {"fails"}) for function in tests()), (
        f"write a test with steps.fails({name!r}, ...)"
    )


def test_that_a_component_without_tests_would_be_noticed() -> None:
    ran = set().union(*(steps_run(function, RUNS) for function in tests()))
    assert "no_such_component" not in ran
    assert "import_data" in ran
