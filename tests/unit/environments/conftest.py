"""A small package index for each test, and a cache of packages of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.environments.package_indexes import PackageIndexes
from tests.local_index import LocalIndex


@pytest.fixture
def index() -> LocalIndex:
    """alpha 1.0 needs beta 2 or later; alpha 2.0 needs beta 3 and gamma."""
    made = LocalIndex()
    made.wheel("alpha", "1.0", ["beta>=2"], licence="MIT")
    made.wheel("alpha", "2.0", ["beta>=3", "gamma"], licence="Apache-2.0")
    for version in ("1.0", "2.0", "3.0"):
        made.wheel("beta", version, licence="BSD-3-Clause")
    made.wheel("gamma", "1.0", requires_python=">=3.9")
    return made


@pytest.fixture
def indexes(index: LocalIndex, tmp_path: Path) -> Iterator[PackageIndexes]:
    """The index, served on this computer; nothing else is asked."""
    with index.served() as url:
        yield PackageIndexes(default=url, cache=str(tmp_path / "cache"))
