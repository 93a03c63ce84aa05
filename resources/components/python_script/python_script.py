"""Run the user's own Python over tables."""

from __future__ import annotations

import inspect
import linecache
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import step
import tables
from step import ComponentError

SCRIPT = "<your script>"


def main(
    code: str,
    result: Path,
    result2: Path,
    t1: Path | None = None,
    t2: Path | None = None,
) -> None:
    frames = [tables.frame(path) if path else None for path in (t1, t2)]
    try:
        returned = _call(_function(code), frames)
    except ComponentError:
        raise
    except Exception as error:  # whatever the user's code raises, told in its lines
        _tell(error)
        sys.exit(1)
    first, second = _two(returned)
    tables.write(_table(first), result)
    tables.write(pa.table({}) if second is None else _table(second), result2)


def _function(code: str) -> Callable[..., Any]:
    linecache.cache[SCRIPT] = (len(code), None, code.splitlines(keepends=True), SCRIPT)
    space: dict[str, Any] = {"__name__": "user_script", "__file__": SCRIPT}
    exec(compile(code, SCRIPT, "exec", dont_inherit=True), space)
    function = space.get("main")
    if not callable(function):
        raise ComponentError(
            "The script defines no function 'main'",
            "Write def main(t1, t2=None): and return a pandas frame",
        )
    return function  # type: ignore[no-any-return]


def _call(function: Callable[..., Any], frames: list[Any]) -> Any:
    """Call main with as many tables as it takes."""
    parameters = inspect.signature(function).parameters.values()
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return function(*frames)
    places = [p for p in parameters if p.kind in (0, 1)]
    if frames[1] is not None and len(places) < 2:
        raise ComponentError(
            "A second table is connected, but main takes one only",
            "Write def main(t1, t2):, or remove the connection to t2",
        )
    return function(*frames[: len(places)])


def _two(returned: Any) -> tuple[Any, Any]:
    if not isinstance(returned, tuple | list):
        return returned, None
    if len(returned) not in (1, 2):
        raise ComponentError(
            f"main returned {len(returned)} values", "Return one pandas frame, or two"
        )
    return returned[0], returned[1] if len(returned) == 2 else None


def _table(value: Any) -> pa.Table:
    if isinstance(value, pa.Table):
        return value
    if isinstance(value, pd.Series):
        value = value.to_frame(value.name if value.name is not None else "value")
    if not isinstance(value, pd.DataFrame):
        kind = "nothing" if value is None else f"a {type(value).__name__}"
        raise ComponentError(
            f"main returned {kind}, not a table",
            "Return a pandas DataFrame, e.g. end main with: return t1",
        )
    named = [name for name in value.index.names if name is not None]
    return tables.from_frame(value.reset_index() if named else value)


def _tell(error: Exception) -> None:
    """The traceback from the user's first line on, and where it happened."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [place for place, f in enumerate(frames) if f.filename == SCRIPT]
    shown = traceback.StackSummary.from_list(frames[own[0] :] if own else [])
    last = traceback.format_exception_only(error)
    text = "".join(["Traceback (most recent call last):\n", *shown.format(), *last])
    print(text, file=sys.stderr, flush=True)
    line = error.lineno if isinstance(error, SyntaxError) else None
    line = frames[own[-1]].lineno if own else line
    kind = type(error).__name__
    where = f"Line {line} of the script: " if line else ""
    told = str(error) if not isinstance(error, SyntaxError) else error.msg
    step.report_error(
        ComponentError(
            f"{where}{kind}: {told}", "Correct 'Code'", file=SCRIPT, line=line
        ),
        kind,
        function=frames[own[-1]].name if own else "",
        source_line=linecache.getline(SCRIPT, line or 0).strip(),
        traceback=text,
    )


if __name__ == "__main__":
    step.run(main)
