"""How far a row reaches in a kernel."""

from __future__ import annotations

import math

from step import ComponentError


def of(gamma: str) -> str | float:
    """`gamma` as scikit-learn takes it."""
    if gamma in ("scale", "auto"):
        return gamma
    try:
        number = float(gamma)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise ComponentError(
            f"'{gamma}' is no reach for the kernel",
            "Write scale, auto or a number above 0 in 'Gamma'",
        )
    return number
