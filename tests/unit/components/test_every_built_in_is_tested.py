"""No built-in without a test that runs it on real data; each tells bad input."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from component_steps import COMPONENTS, NAMES, Steps

from studio.interchange.component_yaml import read_component

HERE = Path(__file__).parent
REAL_DATA = {
    "PENGUINS",
    "penguins",
    "iris",
    "wine",
    "breast_cancer",
    "diabetes",
    "digits",
    "described",  # what scikit-learn tells about these data sets
}
RUNS = {"ok", "run"}
MAKES_ITS_OWN = {"generate_data"}
RUNNABLE = [
    name
    for name in NAMES
    # The others name an environment that is made when environments are there.
    if "studio-default" in read_component(COMPONENTS / name).environment
]


@dataclass(frozen=True)
class Function:
    """A function of the tests of components: a test, a fixture or what they call."""

    node: ast.FunctionDef
    module: ast.Module


@cache
def written() -> list[Function]:
    found = []
    for file in sorted(HERE.glob("test_component_*.py")):
        module = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef):
                found.append(Function(node, module))
    return found


def steps_run(function: Function) -> set[str]:
    """The components that `steps.ok("name", ...)` names, or its parameters do."""
    found: set[str] = set()
    for call in ast.walk(function.node):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        if call.func.attr in RUNS and call.args:
            named = isinstance(call.args[0], ast.Constant)
            found |= texts(call.args[0]) if named else of_parameters(function)
    return found


def of_parameters(function: Function) -> set[str]:
    """The texts a test is parametrized with, in lists beside it, too."""
    found: set[str] = set()
    for decorator in function.node.decorator_list:
        names = {n.id for n in ast.walk(decorator) if isinstance(n, ast.Name)}
        beside = [a for a in function.module.body if names & assigned(a)]
        found = found.union(texts(decorator), *(texts(a) for a in beside))
    return found


def assigned(statement: ast.stmt) -> set[str]:
    targets = getattr(statement, "targets", [getattr(statement, "target", None)])
    return {target.id for target in targets if isinstance(target, ast.Name)}


def texts(tree: ast.AST) -> set[str]:
    constants = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


def words_of(function: Function) -> set[str]:
    names = {n.id for n in ast.walk(function.node) if isinstance(n, ast.Name)}
    given = {argument.arg for argument in function.node.args.args}
    return {word.removeprefix("load_") for word in names | given}


def on_real_data(function: Function) -> bool:
    """It uses real data itself, or by a fixture or a function beside it."""
    words = words_of(function)
    behind = [words_of(other) for other in written() if other.node.name in words]
    return bool(words.union(*behind) & REAL_DATA)


def needs(name: str) -> list[str]:
    """The inputs a component can't do without."""
    ports = read_component(COMPONENTS / name).inputs
    return [port.name for port in ports if not port.optional]


@pytest.mark.parametrize("name", RUNNABLE)
def test_that_a_test_runs_it_on_real_data(name: str) -> None:
    assert any(
        name in steps_run(function)
        and (name in MAKES_ITS_OWN or on_real_data(function))
        for function in written()
    ), f"write a test with steps.ok({name!r}, ...) on penguins, iris, wine, ..."


@pytest.mark.parametrize("name", [name for name in NAMES if needs(name)])
def test_that_inputs_that_are_gone_are_told_in_one_line(
    steps: Steps, name: str
) -> None:
    component = read_component(COMPONENTS / name)
    gone = {port: steps.root / f"gone_{port}" for port in needs(name)}
    given = {
        p.name: "x" if p.type == "string" else 1
        for p in component.parameters
        if p.required
    }
    result = steps.fails(name, **gone, **given)
    assert "gone_" in result.err or "environment" in result.err


def test_that_a_component_without_tests_would_be_noticed() -> None:
    ran = set().union(*(steps_run(function) for function in written()))
    assert "no_such_component" not in ran
    assert "import_data" in ran
