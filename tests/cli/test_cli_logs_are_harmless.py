"""What a step prints can't steer the terminal it is read in."""

from __future__ import annotations

import pytest

from studio.cli.log_follower import _harmless
from studio.cli.output import report_error


def test_that_escape_codes_are_left_out_and_text_is_kept() -> None:
    printed = "a\x1b]0;title\x07b\x1b[2J\x1b[31mred\n\t10 %\r20 %\x1b]0;x\x1b\\end"
    assert _harmless(printed) == "abred\n\t10 %\r20 %end"


def test_that_an_error_that_a_model_has_worded_cannot_steer_it_either(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report_error("It said\n\x1b[2J\x9b2J\u202eok", "\x07", "failed", as_json=False)
    assert capsys.readouterr().err == "Error: It said\n�[2J�2J�ok\nHint: �\n"
