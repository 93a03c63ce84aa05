"""Real warm parents for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from worker_steps import Steps


@pytest.fixture
def steps(tmp_path: Path) -> Iterator[Steps]:
    """Forks from an interpreter that holds a little of the standard library."""
    with_little = Steps(tmp_path, ["csv"])
    with_little.next_event("ready")
    yield with_little
    with_little.close()


NUMERIC = ["numpy", "pandas", "pyarrow.parquet", "sklearn.ensemble"]


@pytest.fixture(scope="session")
def numeric(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Steps]:
    """Forks from an interpreter that holds pandas, pyarrow and scikit-learn."""
    loaded = Steps(tmp_path_factory.mktemp("numeric"), NUMERIC)
    loaded.next_event("ready")
    yield loaded
    loaded.close()
