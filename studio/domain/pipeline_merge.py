"""Two edited copies of one pipeline brought together (pure).

    merge = merge_pipelines(base, mine, theirs)
    merge.pipeline                       # conflicts decided for mine
    merge.decided({0: "theirs"})         # the first one for theirs

What only one side changed is taken from it. Where both changed the same place, where
one removed what the other uses, or where both together would make a cycle, a person
decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from typing import Literal, TypeAlias

from studio.domain.errors import InvalidError
from studio.domain.node import FromStep
from studio.domain.pipeline import Pipeline
from studio.domain.pipeline_diff import (
    ATOMIC,
    MARK,
    Change,
    Difference,
    keyed,
    matched,
    put_changes,
    references,
    unkeyed,
)
from studio.domain.value_paths import ABSENT, Path, differences, same

Side: TypeAlias = Literal["mine", "theirs"]


@dataclass(frozen=True)
class Conflict:
    """Changes of both sides that can't both be made."""

    mine: tuple[Change, ...]
    theirs: tuple[Change, ...]

    @property
    def path(self) -> Path:
        """The outermost place it is about."""
        return min((c.path for c in (*self.mine, *self.theirs)), key=len)


@dataclass(frozen=True)
class Merge:
    """`mine` and `theirs` are each side's difference from the base."""

    base: Pipeline
    mine: Difference
    theirs: Difference
    conflicts: tuple[Conflict, ...]

    @cached_property
    def pipeline(self) -> Pipeline:
        """Everything that fits, and mine where a person has to decide."""
        return self.decided({})

    def decided(self, sides: Mapping[int, Side]) -> Pipeline:
        """The merged pipeline with conflicts (by number) decided; mine by default."""
        dropped: set[tuple[Side, Path]] = set()
        for number, conflict in enumerate(self.conflicts):
            side = sides.get(number, "mine")
            losers = conflict.theirs if side == "mine" else conflict.mine
            other: Side = "theirs" if side == "mine" else "mine"
            dropped |= {(other, change.path) for change in losers}
        return _together(self.base, self.mine, self.theirs, dropped)


def merge_pipelines(base: Pipeline, mine: Pipeline, theirs: Pipeline) -> Merge:
    """Both sides' changes since `base`, and where they clash."""
    ours, others = _sides(base, mine, theirs)
    conflicts = _clashes(ours.changes, others.changes)
    made = Merge(base, ours, others, conflicts)
    if _cycle(mine) or _cycle(theirs):
        return made
    while cycle := _cycle(made.pipeline):
        conflicts = (*conflicts, _around(cycle, made))
        made = Merge(base, ours, others, conflicts)
    return made


def _sides(
    base: Pipeline, mine: Pipeline, theirs: Pipeline
) -> tuple[Difference, Difference]:
    old = {node.name: node.id for node in base.nodes}
    my_keys = matched(base, mine)
    added = {name: key for name, key in my_keys.items() if key not in base.by_id}
    their_keys = matched(base, theirs, added)
    first = keyed(base, old)
    return (
        _side(base, first, mine, old, my_keys),
        _side(base, first, theirs, old, their_keys),
    )


def _side(
    base: Pipeline,
    first: Pipeline,
    side: Pipeline,
    old: Mapping[str, str],
    keys: Mapping[str, str],
) -> Difference:
    found = differences(first, keyed(side, keys), ATOMIC)
    changes = (Change(*each) for each in found if each[0] != ("name",))
    return Difference(base, side, tuple(changes), old, keys)


def _together(
    base: Pipeline,
    mine: Difference,
    theirs: Difference,
    dropped: set[tuple[Side, Path]],
) -> Pipeline:
    """The base with both sides' changes, save the dropped ones."""
    value = keyed(base, mine.keys_before)
    made = [c for c in mine.changes if ("mine", c.path) not in dropped]
    taken = {c.path for c in made}
    made += [
        c
        for c in theirs.changes
        if ("theirs", c.path) not in dropped and not _covered(c.path, taken)
    ]
    ids = [*_new_ids(theirs), *_new_ids(mine)]
    name = Change(("name",), base.name, mine.after.name)
    return unkeyed(put_changes(value, [*made, name]), ids, {})


def _new_ids(side: Difference) -> Iterator[Change]:
    for node in side.after.nodes:
        key = side.keys_after[node.name]
        if node.id != key:
            yield Change(("nodes", key, "id"), key, node.id)


def _covered(path: Path, taken: set[Path]) -> bool:
    """Whether this place, or what it is in, is decided already."""
    return any(path[:size] in taken for size in range(1, len(path) + 1))


def _clashes(
    mine: tuple[Change, ...], theirs: tuple[Change, ...]
) -> tuple[Conflict, ...]:
    """Groups of changes that can't be made together."""
    near = _Near(theirs)
    groups: list[tuple[dict[Path, Change], dict[Path, Change]]] = []
    for my in mine:
        for their in near.to(my):
            if not _clash(my, their) or "layout" in (my.weight, their.weight):
                continue
            joined = [g for g in groups if my.path in g[0] or their.path in g[1]]
            both: tuple[dict[Path, Change], dict[Path, Change]] = ({}, {})
            for group in joined:
                both[0].update(group[0])
                both[1].update(group[1])
                groups.remove(group)
            both[0][my.path], both[1][their.path] = my, their
            groups.append(both)
    return tuple(
        Conflict(_whole(my.values(), mine), _whole(their.values(), theirs))
        for my, their in groups
    )


def _whole(clashing: Iterable[Change], side: tuple[Change, ...]) -> tuple[Change, ...]:
    """With the connections that were taken away together with a step."""
    found = {change.path: change for change in clashing}
    gone = {path for path, change in found.items() if change.after is ABSENT}
    for change in side:
        cut = change.after is ABSENT and change.before is not ABSENT
        if cut and gone & set(references(change.before)):
            found[change.path] = change
    return tuple(found.values())


class _Near:
    """The changes of one side that one of the other could clash with."""

    def __init__(self, changes: tuple[Change, ...]) -> None:
        self._places: dict[Path, list[Change]] = defaultdict(list)
        self._uses: dict[Path, list[Change]] = defaultdict(list)
        self._names: dict[str, list[Change]] = defaultdict(list)
        for change in changes:
            self._places[change.path[:2]].append(change)
            for path in references(change.after):
                self._uses[path].append(change)
            if name := _new_name(change):
                self._names[name].append(change)

    def to(self, change: Change) -> Iterator[Change]:
        used = (self._places.get(path, ()) for path in references(change.after))
        found = (
            self._places.get(change.path[:2], ()),
            self._uses.get(change.path, ()),
            self._names.get(_new_name(change), ()),
            *used,
        )
        return iter({each.path: each for each in chain(*found)}.values())


def _clash(my: Change, their: Change) -> bool:
    if my.path == their.path:
        return not same(my.after, their.after)
    short, long = sorted((my, their), key=lambda change: len(change.path))
    if long.path[: len(short.path)] == short.path:
        return True
    if _uses_removed(my, their) or _uses_removed(their, my):
        return True
    return _same_name(my, their)


def _uses_removed(gone: Change, used: Change) -> bool:
    if gone.after is not ABSENT or used.after is ABSENT:
        return False
    return gone.path in set(references(used.after))


def _same_name(my: Change, their: Change) -> bool:
    """Two different steps that would end under one name."""
    first, second = _new_name(my), _new_name(their)
    return bool(first) and first == second and my.step != their.step


def _new_name(change: Change) -> str:
    if change.whole_step and change.after is not ABSENT:
        return str(change.after.name)
    named = bool(change.step) and change.path[2:] == ("name",)
    return str(change.after) if named else ""


def _cycle(pipeline: Pipeline) -> frozenset[tuple[str, str]]:
    """The connections (source, target) of one cycle, if there is one."""
    try:
        pipeline.order()
    except InvalidError:
        names = {n.name for n in pipeline.nodes}
        lost = [n for n in names if n in pipeline.downstream(pipeline.successors[n])]
        path = pipeline.cycle(set(lost))
        return frozenset(pairwise(path))
    return frozenset()


def _around(cycle: Iterable[tuple[str, str]], made: Merge) -> Conflict:
    """The new connections of both sides that close a cycle."""
    merged = made.pipeline
    key_of = {n.name: n.id for n in merged.nodes}
    keys = {n.id: made.mine.keys_after[n.name] for n in made.mine.after.nodes}
    joints = {
        tuple(keys.get(key_of[name], key_of[name]) for name in pair) for pair in cycle
    }

    def closing(side: Difference) -> tuple[Change, ...]:
        return tuple(
            change
            for change in side.changes
            if isinstance(change.after, FromStep)
            and (change.after.step.removeprefix(MARK), change.step) in joints
        )

    return Conflict(closing(made.mine), closing(made.theirs))
