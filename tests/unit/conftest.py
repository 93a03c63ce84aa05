"""One warm target for all tests that run steps in this process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from workspaces import SharedTarget


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedTarget]:
    shared = SharedTarget(tmp_path_factory.mktemp("target") / "warm.log", slots=2)
    shared.warm_up()
    yield shared
    shared.end()
