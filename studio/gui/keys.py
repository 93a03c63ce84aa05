"""The keys a person has given to verbs; the others keep those they came with."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence

from studio.gui.actions import Action, own_keys_of
from studio.gui.settings import Settings

_OWN = "\x7f"
"""Stands for "nothing chosen": "" means that a verb shall have no keys."""


class ChosenKeys:
    """Kept in the window's settings, by the verb's id, as portable text."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def of(self, action: Action) -> list[QKeySequence]:
        """The keys of a verb: the chosen ones, or its own."""
        chosen = self._settings.text(self._key(action.id), _OWN)
        if chosen == _OWN:
            return own_keys_of(action)
        return [QKeySequence(chosen)] if chosen else []

    def is_chosen(self, action_id: str) -> bool:
        return self._settings.text(self._key(action_id), _OWN) != _OWN

    def choose(self, action_id: str, keys: QKeySequence) -> None:
        """Give a verb other keys, or none."""
        text = keys.toString(QKeySequence.SequenceFormat.PortableText)
        self._settings.set(self._key(action_id), text)

    def reset(self, action_id: str) -> None:
        self._settings.remove(self._key(action_id))

    def _key(self, action_id: str) -> str:
        return f"keys/{action_id}"
