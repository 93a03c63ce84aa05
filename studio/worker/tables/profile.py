"""What a column holds: counts, measures and a picture of how its values spread."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Dict, List, Sequence

from .cells import text
from .desk import Job

BARS, TOP, LONGEST, MOST_AT_ONCE = 20, 8, 80, 4
COUNTED, LARGEST_COUNTED = 1 << 16, 1 << 62
Facts = Dict[str, Any]


def warm() -> None:
    import pyarrow.compute  # noqa: F401


def profile(table: Any, job: Job, first: Sequence[int] = ()) -> None:
    """Emit {"column": number, "facts": {...}} for each column, some of them first."""

    def facts(number: int) -> Facts:
        job.check()
        return facts_of(table.column_once(number))

    every = range(len(table.schema))
    wanted = list(dict.fromkeys([n for n in first if n in every] + list(every)))
    # NumPy and Arrow let go of the interpreter while they compute.
    with ThreadPoolExecutor(min(MOST_AT_ONCE, os.cpu_count() or 1)) as pool:
        for number, found in zip(wanted, pool.map(facts, wanted)):
            job.emit({"column": number, "facts": found})


def facts_of(column: Any) -> Facts:
    """Exact figures of one column; a kind that can't be measured has counts only."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        kind = column.type.value_type
        column = column.unify_dictionaries() if _is_text(kind) else column.cast(kind)
    facts: Facts = {
        "kind": "other",
        "count": len(column) - column.null_count,
        "missing": column.null_count,
    }
    measure = _measure(column.type)
    if measure is not None:
        facts.update(measure(column))
    return facts


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _measure(kind: Any) -> Any:
    import pyarrow as pa

    types = pa.types
    if types.is_dictionary(kind):
        kind = kind.value_type
    ways: List[Any] = [
        ((types.is_integer, types.is_floating, types.is_decimal), _numbers),
        ((types.is_boolean, types.is_string, types.is_large_string), _values),
        ((types.is_timestamp, types.is_date), _times),
    ]
    for tests, way in ways:
        if any(test(kind) for test in tests):
            return way
    return None


def _numbers(column: Any) -> Facts:
    import numpy as np
    import pyarrow as pa

    if pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
    column = column.drop_null()
    values = column.to_numpy()
    if values.dtype.kind in "iu":
        return {"kind": "number", **_spread(_sorted_integers(values), float)}
    in_order = np.sort(values)  # what is no number comes last
    in_order = in_order[: len(values) - np.count_nonzero(np.isnan(in_order))]
    facts = {"kind": "number", **_spread(in_order, float)}
    facts["not_a_number"] = len(values) - len(in_order)
    return facts


def _sorted_integers(values: Any) -> Any:
    """Counting those of a small range is much quicker than comparing them."""
    import numpy as np

    if len(values) < COUNTED:
        return np.sort(values)
    low, high = int(values.min()), int(values.max())
    if high - low >= len(values) or high >= LARGEST_COUNTED:
        return np.sort(values)
    counts = np.bincount(values.astype(np.int64) - low)
    return np.repeat(np.arange(low, high + 1).astype(values.dtype), counts)


def _spread(in_order: Any, write: Callable[[Any], Any]) -> Facts:
    """Of sorted numbers; `write` turns one into what is told."""
    import numpy as np

    if not len(in_order):
        return {"distinct": 0, "bars": []}
    with np.errstate(all="ignore"):
        middle = in_order.astype("float64", copy=False)
        mean, deviation = float(middle.mean()), _deviation(middle)
        changes = np.count_nonzero(in_order[1:] != in_order[:-1])
    return {
        "distinct": int(changes) + 1,
        "minimum": write(in_order[0]),
        "maximum": write(in_order[-1]),
        "mean": write(mean),
        "std": deviation,
        "quartiles": [write(value) for value in _quarters(middle)],
        "bars": _bars(middle, write),
    }


def _deviation(values: Any) -> Any:
    return float(values.std(ddof=1)) if len(values) > 1 else None


def _quarters(in_order: Any) -> List[float]:
    """Linear between neighbours, as pandas and NumPy count them."""
    found = []
    for share in (0.25, 0.5, 0.75):
        place = share * (len(in_order) - 1)
        low = int(place)
        high = min(low + 1, len(in_order) - 1)
        part = place - low
        found.append(float(in_order[low] * (1 - part) + in_order[high] * part))
    return found


def _bars(in_order: Any, write: Callable[[Any], Any]) -> List[List[Any]]:
    """[low, high, count] of equally wide steps; infinite ends are left out."""
    import numpy as np

    finite = in_order
    if len(in_order) and not np.isfinite(in_order[[0, -1]]).all():
        finite = in_order[np.isfinite(in_order)]
    if not len(finite):
        return []
    low, high = float(finite[0]), float(finite[-1])
    if low == high:
        return [[write(low), write(high), len(finite)]]
    edges = np.linspace(low, high, BARS + 1)
    ends = np.searchsorted(finite, edges[1:-1], side="left")
    counts = np.diff(np.concatenate(([0], ends, [len(finite)])))
    return [
        [write(a), write(b), int(count)]
        for a, b, count in zip(edges[:-1], edges[1:], counts)
    ]


def _values(column: Any) -> Facts:
    """Texts and truths: the most frequent values."""
    import pyarrow as pa
    import pyarrow.compute as compute

    counted = column.drop_null().value_counts()
    if isinstance(counted, pa.ChunkedArray):
        counted = counted.combine_chunks()
    values, counts = counted.field("values"), counted.field("counts")
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    most = compute.select_k_unstable(
        pa.table({"n": counts}),
        k=min(TOP, len(counts)),
        sort_keys=[("n", "descending")],
    )
    top = [
        [text(value, LONGEST), count]
        for value, count in zip(
            values.take(most).to_pylist(), counts.take(most).to_pylist()
        )
    ]
    truth = pa.types.is_boolean(values.type)
    facts: Facts = {
        "kind": "truth" if truth else "text",
        "distinct": len(values),
        "top": [[str(value), count] for value, count in top],
    }
    if not truth and len(values):
        ends = compute.min_max(values)
        facts["minimum"] = text(ends["min"].as_py(), LONGEST)
        facts["maximum"] = text(ends["max"].as_py(), LONGEST)
    return facts


def _times(column: Any) -> Facts:
    import numpy as np
    import pyarrow as pa

    stamps = column.drop_null().cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()

    def write(value: Any) -> str:
        return str(np.datetime64(int(value), "us"))[:19]

    facts = {"kind": "time", **_spread(np.sort(stamps), write)}
    if facts.get("std") is not None:
        facts["std"] = facts["std"] / 1e6  # seconds
    return facts
