"""What a step prints can't steer the terminal it is read in."""

from __future__ import annotations

from studio.cli.log_follower import _harmless


def test_that_escape_codes_are_left_out_and_text_is_kept() -> None:
    printed = "a\x1b]0;title\x07b\x1b[2J\x1b[31mred\n\t10 %\r20 %\x1b]0;x\x1b\\end"
    assert _harmless(printed) == "abred\n\t10 %\r20 %end"
