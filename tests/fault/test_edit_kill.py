"""The short version of the kill test of edits; the long one is run by hand."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_that_32_kills_leave_the_file_whole_and_lose_at_most_one_edit(
    tmp_path: Path,
) -> None:
    homes = {f"XDG_{n}_HOME": str(tmp_path / n) for n in ("CONFIG", "DATA", "STATE")}
    environment = {**os.environ, **homes, "QT_QPA_PLATFORM": "offscreen"}
    with ThreadPoolExecutor(4) as eight_each:  # most of their time is waiting
        for done in eight_each.map(partial(_eight_kills, environment), range(7, 11)):
            assert done.returncode == 0, done.stdout + done.stderr
            assert "8 kills within" in done.stdout
            assert "0 problems" in done.stdout


def _eight_kills(
    environment: dict[str, str], seed: int
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.fault.edit_kill", "8", str(seed)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
