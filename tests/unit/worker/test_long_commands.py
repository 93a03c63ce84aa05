"""Commands of any length are told apart at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

LONG = "/data/" + "a_long_folder_name/" * 300 + "file.csv"
CHECK = """
import sys
from studio.worker.commands import python_arguments
print(python_arguments(sys.argv[1]) is not None)
"""


@pytest.mark.parametrize(
    "ending", [" && b", " | b", " > b", " $HOME", " 'open", " `b`"]
)
@pytest.mark.parametrize("start", ["cp ", "python a.py "])
def test_that_a_long_shell_command_is_left_to_the_shell(
    start: str, ending: str
) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", CHECK, start + LONG + ending],
        capture_output=True,
        text=True,
        timeout=30,  # a pattern that backtracks takes longer than the universe
        check=True,
    )
    assert answer.stdout.strip() == "False"


def test_that_a_long_plain_command_is_run_warm() -> None:
    from studio.worker.commands import python_arguments

    assert python_arguments(f"python a.py --data {LONG} --name 'two words'") == [
        *("a.py", "--data", LONG, "--name", "two words"),
    ]
