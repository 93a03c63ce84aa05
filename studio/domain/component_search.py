"""Finding components by words, the best match first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from studio.domain.component import Component, describe
from studio.domain.usual_steps import place_in_work

_SHORT = 4
_PARTS = re.compile(r"[^\w]+|_+")


class Match(IntEnum):
    """How well the words of a search fit, the best first."""

    EXACT = 0
    TITLE_BEGINS = 1
    WHOLE_WORDS = 2
    WORDS_BEGIN = 3
    WITHIN_TITLE = 4
    ELSEWHERE = 5
    DESCRIBED = 6


@dataclass(frozen=True)
class Liking:
    """What decides among equal matches: names of components, the best first."""

    recent: Sequence[str] = ()
    favourites: Sequence[str] = ()
    usual: Sequence[str] = ()
    """Usual neighbours of the step that is continued."""


def match_of(component: Component, text: str) -> Match | None:
    """How well a component fits what is typed; None if a word is nowhere in it."""
    words = words_in(text)
    names = [_plain(component.title), _plain(component.name)]
    wanted = " ".join(words)
    if not text.strip() or wanted in names:
        return Match.EXACT
    if not words:
        return None
    if any(name.startswith(wanted) for name in names):
        return Match.TITLE_BEGINS
    told = " ".join(names)
    if set(words) <= set(told.split()):
        return Match.WHOLE_WORDS
    if all(f" {word}" in f" {told}" for word in words):
        return Match.WORDS_BEGIN
    if all(hits_of(word, told) for word in words):
        return Match.WITHIN_TITLE
    every = f"{told} {words_of(component)}"
    if all(hits_of(word, every) for word in words):
        return Match.ELSEWHERE
    every += f" {_plain(component.description)}"
    if all(f" {word}" in f" {every}" for word in words):
        return Match.DESCRIBED
    return None


def order_of(
    component: Component, match: Match, text: str, liking: Liking
) -> tuple[object, ...]:
    """A sort key: the better match, then what is liked, then the course of the work.

    With nothing typed for a step that is continued, its usual neighbours come first.
    """
    name = component.name
    recent, favourite, usual = (
        names.index(name) if name in names else len(names)
        for names in (liking.recent, liking.favourites, liking.usual)
    )
    first, place = 0, place_in_work(component)
    if not text.strip():
        first = usual
    else:
        place = (place[0], 0, place[2])  # the alphabet, whatever the category
    return (match, first, recent, favourite, usual, *place)


def words_of(component: Component) -> str:
    """What a component is found by besides its name: category, synonyms, ports."""
    ports = {describe(port.type) for port in (*component.inputs, *component.outputs)}
    synonyms = component.tags.get("synonyms", "")
    return _plain(" ".join((component.category, synonyms, *sorted(ports))))


def words_in(text: str) -> list[str]:
    """The words of what is typed, in small letters."""
    return _plain(text).split()


def hits_of(word: str, text: str) -> bool:
    """Whether a word begins one of the text's, or is within the text if it is long."""
    if len(word) >= _SHORT and word in text:
        return True
    return f" {word}" in f" {_plain(text)}"


def letters_in_order(text: str, title: str) -> bool:
    """Whether a title has the letters in that order ("trm": Train model)."""
    rest = iter(title.casefold())
    return all(letter in rest for letter in "".join(text.casefold().split()))


def _plain(text: str) -> str:
    return " ".join(part for part in _PARTS.split(text.casefold()) if part)
