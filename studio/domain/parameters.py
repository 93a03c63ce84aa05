"""Values of parameters: from what was typed to what the component declares."""

from __future__ import annotations

import math
import re
from typing import Any

from studio.domain.component import Parameter, Scalar

_TRUE = {"true", "yes", "on", "1"}
_FALSE = {"false", "no", "off", "0"}
_SHOWN = 60
_LONGEST_PATTERN, _LONGEST_TEXT, _MOST_REPETITIONS = 200, 300, 3
_GROUPS = re.compile(r"(?<!\\)\(")


def coerce(parameter: Parameter, value: Any) -> Scalar:
    """The value in the parameter's type; ValueError says what is wrong with it."""
    typed = _convert(parameter, value)
    if parameter.enum and typed not in parameter.enum:
        choices = ", ".join(str(choice) for choice in parameter.enum)
        raise ValueError(
            f"'{parameter.name}' must be one of {choices}, not '{_short(value)}'"
        )
    if isinstance(typed, (int, float)) and not isinstance(typed, bool):
        _check_bounds(parameter, typed)
    if isinstance(typed, str) and (wrong := pattern_problem(parameter, typed)):
        raise ValueError(wrong)
    return typed


def is_simple_pattern(pattern: str) -> bool:
    """Whether a pattern compiles and can't take long, whatever it is matched with:
    no groups, and few repetitions."""
    if len(pattern) > _LONGEST_PATTERN or _GROUPS.search(pattern):
        return False
    try:
        re.compile(pattern)
    except re.error:
        return False
    return len(re.findall(r"[*+{]", pattern)) <= _MOST_REPETITIONS


def pattern_problem(parameter: Parameter, text: str) -> str:
    """Why a text doesn't match the parameter's pattern; "" if it does."""
    pattern = parameter.pattern
    if not pattern or "${{" in text or re.fullmatch(pattern, text[:_LONGEST_TEXT]):
        return ""
    hint = parameter.pattern_hint or f"It must match {pattern}"
    return f"'{parameter.name}' can't be '{_short(text)}'. {hint}"


def _convert(parameter: Parameter, value: Any) -> Scalar:
    if isinstance(value, (dict, list)) or value is None:
        raise ValueError(f"'{parameter.name}' must be a single value")
    match parameter.type:
        case "integer":
            return _integer(parameter.name, value)
        case "number":
            return _number(parameter.name, value)
        case "boolean":
            return _boolean(parameter.name, value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _integer(name: str, value: Any) -> int:
    number = _number(name, value)
    if number != int(number):
        raise ValueError(f"'{name}' must be a whole number, not {value}")
    return int(number)


def _number(name: str, value: Any) -> float | int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        number = float("nan" if isinstance(value, bool) else value)
    except ValueError:
        raise ValueError(f"'{name}' must be a number, not '{_short(value)}'") from None
    if not math.isfinite(number):
        raise ValueError(f"'{name}' must be a finite number, not '{_short(value)}'")
    text = str(value).strip()
    return int(text) if text.lstrip("+-").isdigit() else number


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _boolean(name: str, value: Any) -> bool:
    text = str(value).strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError(f"'{name}' must be true or false, not '{_short(value)}'")


def _check_bounds(parameter: Parameter, value: float) -> None:
    if parameter.minimum is not None and value < parameter.minimum:
        raise ValueError(
            f"'{parameter.name}' must be at least {parameter.minimum:g}, not {value:g}"
        )
    if parameter.maximum is not None and value > parameter.maximum:
        raise ValueError(
            f"'{parameter.name}' must be at most {parameter.maximum:g}, not {value:g}"
        )
