"""What a person changes on a version, each with the way back for the toast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.domain.errors import InvalidError, NotFoundError
from studio.domain.tag_filter import TagIs, parse_filter, write_term

if TYPE_CHECKING:
    from studio.bootstrap import Studio


@dataclass(frozen=True)
class Change:
    """What was done, in words, and how to undo it (both run in a worker thread)."""

    words: str
    undo: Callable[[], object]


def add_tag(studio: Studio, reference: str, text: str) -> Change:
    """Set one tag, typed as `Tag=Value`. InvalidError if it isn't one."""
    terms = parse_filter(text).terms
    only = terms[0] if len(terms) == 1 else None
    if not isinstance(only, TagIs) or only.negated or len(only.values) != 1:
        raise InvalidError(
            f"'{text}' isn't a tag", hint='Write Tag=Value; quote "a value" with spaces'
        )
    key, before = only.key, studio.models.get(reference).tags.get(only.key)
    studio.models.tag(reference, {key: only.values[0]})
    return Change(
        f"Tagged {reference} with {write_term(only)}",
        lambda: _put_tag(studio, reference, key, before),
    )


def remove_tag(studio: Studio, reference: str, word: str) -> Change:
    """Take a tag away, given as it is shown: `key=value`."""
    key, _, value = word.partition("=")
    studio.models.untag(reference, [key])
    return Change(
        f"Removed the tag {key} from {reference}",
        lambda: _put_tag(studio, reference, key, value),
    )


def add_alias(studio: Studio, reference: str, alias: str) -> Change:
    """Let an alias mean this version; another version of the name may lose it."""
    name = reference.partition(":")[0]
    before = _holder(studio, name, alias)
    studio.models.alias(reference, alias)
    words = f"{name}@{alias} means version {reference.partition(':')[2]} now"
    return Change(words, lambda: _put_alias(studio, reference, alias, before))


def remove_alias(studio: Studio, reference: str, alias: str) -> Change:
    """Take an alias away from a version."""
    studio.models.unalias(reference, alias)
    return Change(
        f"Removed the alias {alias} from {reference}",
        lambda: studio.models.alias(reference, alias),
    )


def archive(studio: Studio, reference: str) -> Change:
    """Hide a version from lists."""
    studio.models.archive(reference)
    return Change(f"Archived {reference}", lambda: studio.models.restore(reference))


def restore(studio: Studio, reference: str) -> Change:
    """Show an archived version in lists again."""
    studio.models.restore(reference)
    return Change(f"Restored {reference}", lambda: studio.models.archive(reference))


def _put_tag(studio: Studio, reference: str, key: str, value: str | None) -> None:
    if value is None:
        studio.models.untag(reference, [key])
    else:
        studio.models.tag(reference, {key: value})


def _holder(studio: Studio, name: str, alias: str) -> str:
    try:
        return studio.models.get(f"{name}@{alias}").reference
    except NotFoundError:
        return ""


def _put_alias(studio: Studio, reference: str, alias: str, before: str) -> None:
    if before:
        studio.models.alias(before, alias)
    else:
        studio.models.unalias(reference, alias)
