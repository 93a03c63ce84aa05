"""The short version of the kill test; the long one is run by hand (see kill.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fault.kill import KillTest


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_that_twenty_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    report = KillTest(tmp_path, seed=20).run(20)
    assert report.problems == []
    assert report.kills.total() == 20
    assert report.checked["registered"] > 10
    assert max(report.restart_seconds) < 3
