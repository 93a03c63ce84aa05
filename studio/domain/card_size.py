"""How large a step's card is, and where its ports stand: in pixels of the canvas."""

from __future__ import annotations

WIDTH, HEIGHT = 216.0, 64.0
PORT_STEP = 16.0


def card_height(inputs: int, outputs: int) -> float:
    """64 px, more where the ports of one side need it."""
    return max(HEIGHT, PORT_STEP * (max(inputs, outputs) + 1))


def port_y(number: int, count: int, height: float) -> float:
    """Where the port of a side stands, from the card's top."""
    return height * (number + 1) / (count + 1)
