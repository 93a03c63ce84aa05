"""Tells a screen reader what became of the steps: little, and never in a hurry."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QTimer, Signal

from studio.gui.designer.cards import Card
from studio.gui.designer.outline.lines import count_of

PAUSE_MS, PROGRESS_SECONDS, MOST = 1500, 10.0, 3
_QUIET = ("", "PENDING", "STALE", "MUTED", "BYPASSED")
_WITH_REASON = ("FAILED", "SKIPPED", "PROBLEM")


def changes(before: Mapping[str, Card], after: Mapping[str, Card]) -> list[str]:
    """What is worth saying: "Train, running 37 %", or how many steps if many."""
    news = [
        card
        for node_id, card in after.items()
        if card.state not in _QUIET
        and (node_id not in before or before[node_id].state != card.state)
    ]
    if len(news) <= MOST:
        return [sentence(card) for card in news]
    counted: dict[str, int] = {}
    for card in news:
        counted[card.look.word.lower()] = counted.get(card.look.word.lower(), 0) + 1
    return [f"{count_of(count, 'step')} {word}" for word, count in counted.items()]


def sentence(card: Card) -> str:
    """A step and its state; why, where that matters."""
    words = f"{card.title}, {card.look.word.lower()}"
    if card.progress is not None and card.progress >= 0:
        words += f" {card.progress * 100:.0f} %"
    return f"{words}: {card.subtitle}" if card.state in _WITH_REASON else words


class Announcer(QObject):
    """`said(text)` at most once in a pause; a long step is told of now and then."""

    said = Signal(str)

    def __init__(
        self,
        cards: Callable[[], Mapping[str, Card]],
        active: Callable[[], bool],
        parent: QObject,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._cards, self._active, self._clock = cards, active, clock
        self._before: Mapping[str, Card] = {}
        self._was_active = False
        self._last = 0.0
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.look)

    def look_soon(self) -> None:
        """Something may have changed."""
        if not self._pause.isActive():
            self._pause.start()

    def start_anew(self) -> None:
        """Another pipeline is open: what it looks like is no news."""
        self._before, self._was_active = self._cards(), False

    def look(self) -> None:
        """Say what is new since the last look, if a run goes on or has ended."""
        now, active = self._cards(), self._active()
        told = changes(self._before, now) if active or self._was_active else []
        if told:
            self._last = self._clock()
        elif active and self._clock() - self._last >= PROGRESS_SECONDS:
            told = [sentence(c) for c in now.values() if (c.progress or 0) > 0][:1]
            self._last = self._clock()
        self._before, self._was_active = now, active
        if told:
            self.said.emit(". ".join(told))
