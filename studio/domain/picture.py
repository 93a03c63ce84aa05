"""A picture made small enough to be shown, as plain pixels."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """`rgba` has four bytes for each of `shown_width` x `shown_height` pixels.

    `width` and `height` are the original's; `error` says why there is no picture.
    """

    width: int = 0
    height: int = 0
    shown_width: int = 0
    shown_height: int = 0
    rgba: bytes = b""
    error: str = ""
