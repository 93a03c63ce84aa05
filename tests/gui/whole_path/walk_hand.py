"""A mouse and a keyboard: events from the X server, as from a person's devices."""

from __future__ import annotations

import subprocess

from PySide6.QtCore import QPoint

STEPS = 24


class Hand:
    """Every verb is one call of xdotool; points are pixels of the screen."""

    def click(self, at: QPoint, times: int = 1) -> None:
        again = ["--repeat", str(times), "--delay", "60"] if times > 1 else []
        self._do(*_to(at), "sleep", "0.04", "click", *again, "1")

    def drag(self, start: QPoint, end: QPoint) -> None:
        """Press, move in small steps, rest there for a moment, let go."""
        words = [*_to(start), "sleep", "0.05", "mousedown", "1", "sleep", "0.05"]
        for step in range(1, STEPS + 1):
            between = start + (end - start) * (step / STEPS)
            words += [*_to(between), "sleep", "0.012"]
        # Two pixels to and fro: what is under the pointer gets a last move event.
        words += [*_to(end + QPoint(2, 0)), "sleep", "0.05", *_to(end), "sleep", "0.15"]
        self._do(*words, "mouseup", "1")

    def type(self, text: str) -> None:
        self._do("type", "--delay", "25", "--", text)

    def key(self, *keys: str) -> None:
        """For example `ctrl+z`, `Return`, `Escape`."""
        self._do("key", "--delay", "40", *keys)

    def away(self) -> None:
        """The pointer where it lights up nothing."""
        self._do("mousemove", "1", "1")

    def resize(self, window: int, width: int, height: int) -> None:
        """Ask the window manager for another size, as dragging a corner does."""
        self._do("windowsize", str(window), str(width), str(height))

    def _do(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], check=True, timeout=60)


def _to(at: QPoint) -> list[str]:
    return ["mousemove", str(at.x()), str(at.y())]
