"""Which steps a run is about: the others can't stop it (pure)."""

from __future__ import annotations

from collections.abc import Iterable

from studio.domain.composition import JOINT, rewired
from studio.domain.pipeline import Pipeline
from studio.domain.run import RunOptions

NOT_PART = "it isn't part of this run"


def part_of(pipeline: Pipeline, options: RunOptions) -> frozenset[str]:
    """The steps that are asked for, with all that they need.

    Every step where a name is unknown: what it means is told by who plans the run.
    """
    wired = rewired(pipeline)
    part = frozenset(pipeline.by_name)
    if options.only_to:
        part &= wired.upstream(_meant(pipeline, (options.only_to,)))
    if options.only_from:
        following = wired.downstream(_meant(pipeline, (options.only_from,)))
        part &= wired.upstream(following)
    if options.only:
        part &= wired.upstream(_meant(pipeline, options.only))
    return part


def _meant(pipeline: Pipeline, names: Iterable[str]) -> frozenset[str]:
    """The steps of these names, those inside one of them, or those they are inside."""
    found: set[str] = set()
    for name in names:
        meant = {n for n in pipeline.by_name if _is_or_holds(n, name)}
        if not meant:
            return frozenset(pipeline.by_name)
        found |= meant
    return frozenset(found)


def _is_or_holds(one: str, other: str) -> bool:
    return (
        one == other
        or one.startswith(f"{other}{JOINT}")
        or other.startswith(f"{one}{JOINT}")
    )
