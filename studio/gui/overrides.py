"""Errors in methods that Qt calls are told, and don't end the program.

PySide adds words to an exception that leaves a Python override while Python code is
below it on the stack. Before Python 3.12 an exception raised in C (`1 / 0`,
`int("x")`, a deleted widget) may still be a bare text there, and PySide reads it as
an object: the process ends with a segmentation fault. A frame that catches and
raises again makes the object.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from inspect import CO_VARARGS, CO_VARKEYWORDS
from types import FunctionType
from typing import Any

from shiboken6 import Shiboken

_NORMALISED = sys.version_info >= (3, 12)


def guard() -> None:
    """From now on, overrides of every new class are safe to fail."""
    if not _NORMALISED:
        hook: Any = classmethod(_guard_overrides)
        Shiboken.Object.__init_subclass__ = hook  # type: ignore[method-assign]


def _guard_overrides(cls: Any, /, **named: Any) -> None:
    super(Shiboken.Object, cls).__init_subclass__(**named)
    above = [base for base in cls.__mro__[1:] if _is_of_qt(base)]
    for name, value in list(vars(cls).items()):
        if not isinstance(value, FunctionType) or name.startswith("__"):
            continue
        if any(name in vars(base) for base in above):
            setattr(cls, name, _raising_objects(value))


def _is_of_qt(base: type) -> bool:
    return base.__module__.startswith("PySide6.")


def _raising_objects(function: Callable[..., Any]) -> Callable[..., Any]:
    """A signal gives a method as many arguments as it names: none takes more."""
    if _takes_only_self(function):
        return _raising_objects_alone(function)

    @wraps(function)
    def call(*args: Any, **named: Any) -> Any:
        try:
            return function(*args, **named)
        except BaseException:  # noqa: TRY203 - this frame is what it is for
            raise

    return call


def _takes_only_self(function: Callable[..., Any]) -> bool:
    code = function.__code__
    more = code.co_kwonlyargcount or code.co_flags & (CO_VARARGS | CO_VARKEYWORDS)
    return code.co_argcount == 1 and not more


def _raising_objects_alone(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(self: object) -> Any:
        try:
            return function(self)
        except BaseException:  # noqa: TRY203
            raise

    return call
