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
            f"{title} needs the boosting environment, which comes with environments",
            f"Run the step where the Python package '{module}' is installed, "
            "or use a Gradient boosting step instead",
        ) from error
