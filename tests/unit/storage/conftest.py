"""Here each database is made by the migrations themselves."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def new_databases_are_copies() -> None:
    """Not here."""
