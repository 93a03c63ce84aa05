from __future__ import annotations

import sys

import pytest

from studio.worker.commands import python_arguments


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("python train.py", ["train.py"]),
        ("python3 -u train.py --n 3 ", ["train.py", "--n", "3"]),
        ("python -m pkg.train --n 3\n", ["-m", "pkg.train", "--n", "3"]),
        ("python a.py --json '{\"a\": [1, $x]}'", ["a.py", "--json", '{"a": [1, $x]}']),
        ('python a.py "two words" x"y"\'z\'', ["a.py", "two words", "xyz"]),
        ("python a.py ''", ["a.py", ""]),
        ("python a.py \\\n  --n 3", ["a.py", "--n", "3"]),
        ("python a.py --name café", ["a.py", "--name", "café"]),
        (f"{sys.executable} a.py", ["a.py"]),
    ],
)
def test_that_a_plain_command_needs_no_shell(
    command: str, arguments: list[str]
) -> None:
    assert python_arguments(command) == arguments


@pytest.mark.parametrize(
    "command",
    [
        "",
        "python",
        "python -c 'print(1)'",
        "python -O a.py",
        "python -m",
        "python -m a/b",
        "python a.py > out.txt",
        "python a.py && echo done",
        "python a.py; ls",
        "python a.py | tee log",
        "python a.py $HOME",
        'python a.py "$HOME"',
        'python a.py "a\\"b"',
        "python a.py `date`",
        "python a.py *.csv",
        "python a.py ~/data",
        "python a.py &",
        "python a.py 'open",
        "python a.py # note",
        "python a.py\npython b.py",
        "X=1 python a.py",
        "env python a.py",
        "pythonx a.py",
        "python app.pyz",
    ],
)
def test_that_anything_else_is_left_to_the_shell(command: str) -> None:
    assert python_arguments(command) is None
