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
MAKES_ITS_OWN = {"generate_data"}


@cache
def written() -> list[ast.FunctionDef]:
    """Every function of the tests of components: tests, fixtures and what they call."""
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


def words_of(function: ast.FunctionDef) -> set[str]:
    names = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}
    given = {argument.arg for argument in function.args.args}
    return {word.removeprefix("load_") for word in names | given}


def on_real_data(function: ast.FunctionDef) -> bool:
    """It uses real data itself, or by a fixture or a function beside it."""
    words = words_of(function)
    behind = [words_of(other) for other in written() if other.name in words]
    return bool(words.union(*behind) & REAL_DATA)


@pytest.mark.parametrize("name", NAMES)
def test_that_a_test_runs_it_on_real_data(name: str) -> None:
    assert any(
        name in steps_run(function, RUNS)
        and (name in MAKES_ITS_OWN or on_real_data(function))
        for function in written()
    ), f"write a test with steps.ok({name!r}, ...) on penguins, iris, wine, ..."


@pytest.mark.parametrize("name", NAMES)
def test_that_a_test_gives_it_bad_input(name: str) -> None:
    assert any(name in steps_run(function, {"fails"}) for function in written()), (
        f"write a test with steps.fails({name!r}, ...)"
    )


def test_that_a_component_without_tests_would_be_noticed() -> None:
    ran = set().union(*(steps_run(function, RUNS) for function in written()))
    assert "no_such_component" not in ran
    assert "import_data" in ran
