"""Python functions as components: read from their source, never run to be read."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from studio.domain.component import Component, Parameter
from studio.domain.errors import InvalidError
from studio.interchange.python_functions import BrokenFunction, read_functions

RATIO = '''
    import pandas as pd
    from typing import Literal
    from studio.step import step, Model

    raise SystemExit("a file is never run to be read")

    @step(title="Add ratio", category="Transform", icon="percent")
    def add_ratio(
        data: pd.DataFrame,
        over: str,
        under: str = "b",
        how: Literal["keep", "drop"] = "keep",
        factor: float = 1.5,
        more: pd.DataFrame | None = None,
        deep: bool = False,
        limit: int | None = None,
    ) -> pd.DataFrame:
        """Adds one column divided by another. It can be scaled.

        Longer words.

        Args:
            data: The table
            over: The column above the line,
                whichever it is
            factor (float): What it is multiplied by
        """

    @step(outputs=("train", "model"))
    def two(data: "pd.DataFrame") -> tuple[pd.DataFrame, Model]: ...

    def not_a_step(x): ...
'''


def read(folder: Path, text: str) -> list[Component | BrokenFunction]:
    file = folder / "steps.py"
    file.write_text(dedent(text))
    return read_functions(file)


def component(found: Component | BrokenFunction) -> Component:
    assert isinstance(found, Component), found
    return found


def test_that_hints_become_ports_and_fields(tmp_path: Path) -> None:
    made = component(read(tmp_path, RATIO)[0])
    assert (made.name, made.title, made.category, made.icon) == (
        *("add_ratio", "Add ratio"),
        *("Transform", "percent"),
    )
    assert [(p.name, p.type, p.optional) for p in made.inputs] == [
        ("data", "mltable", False),
        ("more", "mltable", True),
    ]
    assert made.parameters == (
        Parameter("over", description="The column above the line, whichever it is"),
        Parameter("under", default="b"),
        Parameter("how", default="keep", enum=("keep", "drop")),
        Parameter("factor", "number", 1.5, description="What it is multiplied by"),
        Parameter("deep", "boolean", False),
        Parameter("limit", "integer", optional=True),
    )
    assert made.description == "Adds one column divided by another. It can be scaled."
    assert [(p.name, p.kind) for p in made.outputs] == [("out", "table")]


def test_that_a_tuple_is_several_named_outputs(tmp_path: Path) -> None:
    made = component(read(tmp_path, RATIO)[1])
    assert [(p.name, p.kind) for p in made.outputs] == [
        ("train", "table"),
        ("model", "model"),
    ]


def test_that_modules_beside_the_file_belong_to_its_code(tmp_path: Path) -> None:
    (tmp_path / "helpers.py").write_text("import deeper\n")
    (tmp_path / "deeper.py").write_text("")
    (tmp_path / "other.py").write_text("")
    (made,) = read(
        tmp_path,
        """
        import helpers
        from studio.step import step
        @step
        def go(text: str) -> dict: ...
        """,
    )
    names = {path.name for path in component(made).additional_includes}
    assert {"steps.py", "helpers.py", "deeper.py", "function.py"} <= names
    assert "other.py" not in names


@pytest.mark.parametrize(
    ("signature", "told"),
    [
        ("(x) -> dict", "'x' has no type hint"),
        ("(x: set) -> dict", "the hint 'set' isn't understood"),
        ("(*x: int) -> dict", "'*x' can't be an input of a step"),
        ("(x: int = len('a')) -> dict", "the default of 'x' must be a plain value"),
        ("(x: int) -> int", "'int' can't be an output"),
    ],
)
def test_that_what_cannot_be_a_step_is_told_with_its_line(
    tmp_path: Path, signature: str, told: str
) -> None:
    (found,) = read(tmp_path, f"@step\ndef f{signature}: ...\n")
    assert isinstance(found, BrokenFunction)
    assert told in found.error.message
    assert "steps.py, line 2" in found.error.message
    assert "DataFrame" in found.error.hint


def test_that_a_file_that_is_no_python_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match=r"steps\.py, line 2"):
        read(tmp_path, "@step\ndef f(:\n")
