"""Libraries that only the environment 'boosting' holds."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from step import ComponentError


def library(module: str, title: str) -> Any:
    """The library, or an error that says where it comes from."""
    try:
        return import_module(module)
    except ImportError as error:
        raise ComponentError(
            f"{title} isn't in the environment of this step",
            f"Add '{module}' to the environment, or use a Gradient boosting step",
        ) from error
