"""Where two frozen values differ, as paths into them, and values put at a path.

Works on any dataclass: a field added tomorrow is compared without a line here. A
tuple whose items have ids is compared by id; what is `atomic` is one value.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, Final, TypeAlias

Path: TypeAlias = tuple[str, ...]


class Absent(Enum):
    """What stands where there is nothing (None is a value)."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent.ABSENT
ORDER: Final = "<order>"
"""Last in the path of a change that only reorders items; its values are their ids."""


def differences(
    before: Any, after: Any, atomic: tuple[type, ...], path: Path = ()
) -> Iterator[tuple[Path, Any, Any]]:
    """(path, before, after) of every place that differs, outermost where one is new."""
    if before is after:
        return
    if not _alike(before, after, atomic):
        if not same(before, after):
            yield path, before, after
        return
    old, new = parts_of(before), parts_of(after)
    for key in dict.fromkeys([*old, *new]):
        first, second = old.get(key, ABSENT), new.get(key, ABSENT)
        yield from differences(first, second, atomic, (*path, key))
    if isinstance(before, tuple) and (order := _order_change(old, new)):
        yield (*path, ORDER), *order


def same(first: Any, second: Any) -> bool:
    """Equality that tells True from 1 and 1 from 1.0, as a file does."""
    if first is second:
        return True
    if is_dataclass(first) and not isinstance(first, type):
        return type(first) is type(second) and all(
            same(getattr(first, f.name), getattr(second, f.name)) for f in fields(first)
        )
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return first.keys() == second.keys() and all(
            same(first[key], second[key]) for key in first
        )
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        return len(first) == len(second) and all(map(same, first, second))
    kinds = (bool, float)
    alike = all(isinstance(first, k) == isinstance(second, k) for k in kinds)
    both_nan = first != first and second != second
    return alike and (bool(first == second) or both_nan)


def parts_of(value: Any) -> dict[str, Any]:
    """What a value consists of: fields, entries, or items by id."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):
        return {str(_key(item)): item for item in value}
    return {f.name: getattr(value, f.name) for f in fields(value)}


def put(value: Any, path: Path, wanted: Any) -> Any:
    """The value with `wanted` at a path; ABSENT takes away what is there."""
    if not path:
        return wanted
    key, rest = path[0], path[1:]
    if isinstance(value, tuple):
        if key == ORDER:
            return ordered(value, wanted)
        return _put_item(value, key, rest, wanted)
    if isinstance(value, Mapping):
        if not rest and wanted is ABSENT:
            return {k: v for k, v in value.items() if k != key}
        return {**value, key: put(value.get(key, {}), rest, wanted)}
    return replace(value, **{key: put(getattr(value, key), rest, wanted)})


def find(value: Any, path: Path) -> Any:
    """What stands at a path; ABSENT if nothing does."""
    for key in path:
        value = ABSENT if value is ABSENT else parts_of(value).get(key, ABSENT)
    return value


def ordered(items: tuple[Any, ...], keys: Collection[str]) -> tuple[Any, ...]:
    """Items in the order of `keys`; one that isn't among them stays behind the item
    it stood behind."""
    rank = {key: number for number, key in enumerate(keys)}
    places: list[tuple[int, int]] = []
    last = -1
    for number, item in enumerate(items):
        last = rank.get(str(_key(item)), last)
        places.append((last, number))
    listed = sorted(zip(places, items, strict=True), key=lambda pair: pair[0])
    return tuple(item for _, item in listed)


def _alike(before: Any, after: Any, atomic: tuple[type, ...]) -> bool:
    """Whether both can be looked into, part by part."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        texts = (isinstance(key, str) for key in (*before, *after))
        return all(texts)
    if isinstance(before, tuple) and isinstance(after, tuple):
        return _is_keyed(before) and _is_keyed(after)
    looked_into = is_dataclass(before) and not isinstance(before, (type, *atomic))
    return looked_into and type(before) is type(after)


def _is_keyed(items: tuple[Any, ...]) -> bool:
    keys = [_key(item) for item in items]
    return None not in keys and len(set(keys)) == len(keys)


def _key(item: Any) -> str | None:
    return getattr(item, "id", None) if is_dataclass(item) else None


def _order_change(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> tuple[Path, Path] | None:
    """The keys in either order, if taking away and adding at the end alone doesn't
    give it, there or back."""
    there = [key for key in old if key in new] + [k for k in new if k not in old]
    back = [key for key in new if key in old] + [k for k in old if k not in new]
    same_order = there == list(new) and back == list(old)
    return None if same_order else (tuple(old), tuple(new))


def _put_item(
    items: tuple[Any, ...], key: str, rest: Path, wanted: Any
) -> tuple[Any, ...]:
    if not rest and wanted is ABSENT:
        return tuple(item for item in items if _key(item) != key)
    if not any(_key(item) == key for item in items):
        return items if rest else (*items, wanted)
    return tuple(
        put(item, rest, wanted) if _key(item) == key else item for item in items
    )
