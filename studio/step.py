"""What a Python function needs to become a step: one decorator, a few type hints.

    from studio.step import step
    import pandas as pd

    @step(title="Add ratio", category="Transform")
    def add_ratio(data: pd.DataFrame, over: str, under: str) -> pd.DataFrame:
        '''Adds one column divided by another.

        Args:
            over: The column above the line
            under: The column below it
        '''
        return data.assign(ratio=data[over] / data[under])

Put the file into the workspace's `components/`. Table-like hints (`DataFrame`),
`Model`, `Path` and `Folder` become ports; `str`, `int`, `float`, `bool` and `Literal`
become fields of the form. Standard library only: it is imported in steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, overload

F = TypeVar("F", bound=Callable[..., Any])

Model: TypeAlias = Any
"""A fitted model with `predict`, handed from step to step as an MLflow folder."""

Folder: TypeAlias = Path
"""A folder of files; a plain `Path` is one file."""


@overload
def step(function: F) -> F: ...
@overload
def step(
    *,
    title: str = "",
    category: str = "",
    icon: str = "",
    outputs: Sequence[str] = (),
    deterministic: bool = True,
) -> Callable[[F], F]: ...


def step(function: Any = None, **about: Any) -> Any:
    """Mark a function as a step. It stays the function it was.

    `outputs` names what a returned tuple holds. A step that isn't `deterministic` is
    run anew each time.
    """
    if function is None:
        return lambda real: real
    return function
