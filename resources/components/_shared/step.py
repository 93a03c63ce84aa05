"""What every built-in step shares: arguments, errors, metrics, progress.

A step is `def main(...)` and `step.run(main)`: the parameters of `main` are the
options of the command line (`--test_fraction 0.2`), its annotations their types.
Metrics, parameters, progress and actions are lines of JSON in the files that
STUDIO_METRICS and STUDIO_ACTIONS name; without them the step runs all the same.
"""

from __future__ import annotations

import argparse
import difflib
import json
import math
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Any, get_args

_DIGEST = re.compile(r"[0-9a-f]{64}")


class ComponentError(Exception):
    """What the user can put right: shown as one line and a hint, no traceback."""

    def __init__(
        self, message: str, hint: str = "", *, file: str = "", line: int | None = None
    ) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint
        self.file, self.line = file, line


# -- the command line ---------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise ComponentError(
            message[:1].upper() + message[1:], "Correct the parameters of the step"
        )


def run(main: Callable[..., None]) -> None:
    """Call `main` with the options of the command line; errors end with exit 1."""
    options: dict[str, Any] = {}
    try:
        options = _arguments(main, sys.argv[1:])
        main(**options)
    except ComponentError as error:
        error.message = _by_input(error.message, options)
        report_error(error, type(error).__name__)
        sys.exit(1)


def _by_input(message: str, options: Mapping[str, Any]) -> str:
    """With stored inputs, whose names are digests, told by the names of the inputs."""
    for name, path in options.items():
        if isinstance(path, Path) and _DIGEST.fullmatch(path.name):
            message = message.replace(str(path), f"'{name}'")
            message = message.replace(path.name, f"'{name}'")
    return message


def taking(
    main: Callable[..., None], *parts: Callable[..., Any], without: Iterable[str] = ()
) -> Callable[..., None]:
    """A `main(**options)` whose options are the parameters of other functions."""
    found: dict[str, Parameter] = {}
    for part in parts:
        found |= options(part, without)
    main.__signature__ = Signature(list(found.values()))  # type: ignore[attr-defined]
    return main


def options(
    function: Callable[..., Any], without: Iterable[str] = ()
) -> dict[str, Parameter]:
    """The parameters of a function by name."""
    every = signature(function, eval_str=True).parameters
    return {
        name: parameter.replace(kind=Parameter.KEYWORD_ONLY)
        for name, parameter in every.items()
        if name not in without
    }


def report_error(error: ComponentError, kind: str, **more: Any) -> None:
    """Say an error on stderr and, for the run's page, in the STUDIO_ERROR file."""
    hint = f"\nHint: {error.hint}" if error.hint else ""
    print(f"Error: {error.message}{hint}", file=sys.stderr, flush=True)
    told = {
        "type": kind,
        "message": error.message,
        "hint": error.hint,
        "file": error.file,
        "line": error.line,
    }
    if path := os.environ.get("STUDIO_ERROR"):
        Path(path).write_text(json.dumps({**told, **more}), encoding="utf-8")


def _arguments(main: Callable[..., None], argv: list[str]) -> dict[str, Any]:
    parser = _Parser(add_help=False, allow_abbrev=False)
    for name, parameter in signature(main, eval_str=True).parameters.items():
        required = parameter.default is Parameter.empty
        parser.add_argument(
            f"--{name}",
            type=_converter(parameter.annotation),
            required=required,
            default=None if required else parameter.default,
        )
    return vars(parser.parse_args(_joined(argv)))


def _joined(argv: list[str]) -> list[str]:
    """`--name value` as `--name=value`: a value may itself start with a dash."""
    pairs = zip(argv[::2], argv[1::2], strict=False)
    return [f"{name}={value}" for name, value in pairs] + argv[len(argv) & ~1 :]


def _converter(annotation: Any) -> Callable[[str], Any]:
    kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
    kind = kinds[0] if kinds else annotation
    if kind is bool:
        return boolean
    return kind  # type: ignore[no-any-return]


def boolean(text: str) -> bool:
    """true/false as YAML and Azure ML write them; ValueError for anything else."""
    if text.strip().lower() in ("true", "yes", "on", "1"):
        return True
    if text.strip().lower() in ("false", "no", "off", "0"):
        return False
    raise ValueError(text)


# -- what the run's page shows ------------------------------------------------


def metric(key: str, value: float, at: int | None = None) -> None:
    """Log a number, at a point of a curve if `at` is given."""
    point = {} if at is None else {"step": at}
    _append("STUDIO_METRICS", {"key": key, "value": plain(value), **point, **_now()})


def metrics(values: Mapping[str, float]) -> None:
    for key, value in values.items():
        metric(key, value)


def plain(value: float | str) -> float | str:
    """A number as JSON takes it: NaN and the infinities are words."""
    number = float(value)
    if math.isfinite(number):
        return number
    if math.isnan(number):
        return "NaN"
    return "Infinity" if number > 0 else "-Infinity"


def params(values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        _append("STUDIO_METRICS", {"param": name, "value": value})


def progress(share: float, message: str = "") -> None:
    """Say how far the step is: `share` from 0 to 1."""
    _append("STUDIO_METRICS", {"progress": round(share, 4), "message": message})


def action(what: Mapping[str, Any]) -> bool:
    """Ask the app to do something after the step; False if nobody listens."""
    return _append("STUDIO_ACTIONS", dict(what))


def _now() -> dict[str, float]:
    return {"time": time.time()}


def _append(variable: str, line: dict[str, Any]) -> bool:
    path = os.environ.get(variable)
    if not path:
        return False
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    return True


# -- wording ------------------------------------------------------------------


def title(parameter: str) -> str:
    """A parameter's name as the form shows it."""
    return parameter.replace("_", " ").capitalize()


def listing(names: Iterable[str], limit: int = 12) -> str:
    """Names in one line; a long list is cut and says how many are left out."""
    every = [str(name) for name in names]
    more = f" and {len(every) - limit} more" if len(every) > limit else ""
    return ", ".join(every[:limit]) + more


def closest(name: str, known: Iterable[str]) -> str:
    """ "Did you mean 'x'? " for a name that was mistyped, else nothing."""
    by_lower = {str(each).lower(): str(each) for each in known}
    found = difflib.get_close_matches(str(name).lower(), by_lower, 1, 0.6)
    return f"Did you mean '{by_lower[found[0]]}'? " if found else ""


def count(number: int, noun: str) -> str:
    """ "1 row", "2 rows"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
