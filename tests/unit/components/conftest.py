"""Steps to run, and Palmer penguins as a table."""

from __future__ import annotations

from pathlib import Path

import pytest
from component_steps import PENGUINS, Steps


@pytest.fixture
def steps(tmp_path: Path) -> Steps:
    return Steps(tmp_path)


@pytest.fixture(scope="session")
def penguins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's data, imported by the real step."""
    made = Steps(tmp_path_factory.mktemp("penguins"))
    return made.ok("import_data", file=PENGUINS).output("table")
