"""A bug in a method that Qt calls is told; before, it ended the process."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

import pytest

PROGRAM = """
    from studio.gui import overrides

    overrides.guard()
    from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
    from shiboken6 import delete

    app = QApplication([])
    gone = QWidget()
    delete(gone)

    class Faulty(QWidget):
        def sizeHint(self):
            return {fault}

    window = QWidget()
    layout = QVBoxLayout(window)
    layout.addWidget(Faulty())
    try:
        window.show()
    except Exception as error:
        print(type(error).__name__)
"""


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("int('x')", "ValueError"),
        ("self.sizeHint(3)", "TypeError"),
        ("gone.sizeHint()", "RuntimeError"),
        ("{}['a']", "KeyError"),
    ],
)
def test_that_an_error_in_an_override_doesnt_end_the_process(
    fault: str, told: str
) -> None:
    program = dedent(PROGRAM).format(fault=fault.replace("{}", "dict()"))
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (answer.returncode, answer.stdout.strip()) == (0, told), answer.stderr
