"""Which cells of two tables differ, column beside its namesake."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Tuple

from .desk import Job

MOST_PLACES = 100_000


def differ(left: Any, right: Any, pairs: List[List[int]], job: Job) -> Dict[str, Any]:
    """Changed cells of each pair of columns, and the first rows with one.

    A part, 0 to 1, is told as {"progress": ...} after each pair.
    """
    import numpy as np

    rows = min(left.rows, right.rows)
    counts, touched = _count(
        lambda one, other: (
            left.column_once(one).slice(0, rows),
            right.column_once(other).slice(0, rows),
        ),
        rows,
        pairs,
        job,
    )
    places = np.flatnonzero(touched)[:MOST_PLACES].tolist()
    return {"rows": [left.rows, right.rows], "changed": counts, "places": places}


def differ_by_key(
    left: Any, right: Any, pairs: List[List[int]], found: Any, job: Job
) -> Dict[str, Any]:
    """The same of rows that belong together; places are those of the match.

    `sides` tells of each place the row on the left and on the right, -1 for none.
    """
    import numpy as np

    both = (found.lefts >= 0) & (found.rights >= 0)
    mine, theirs = found.lefts[both], found.rights[both]
    counts, touched = _count(
        lambda one, other: (
            _taken(left.column_once(one), mine),
            _taken(right.column_once(other), theirs),
        ),
        len(mine),
        pairs,
        job,
    )
    marked = ~both
    marked[both] |= touched
    places = np.flatnonzero(marked)[:MOST_PLACES]
    sides = np.stack([side[places] for side in found.sides], axis=1)
    return {
        "rows": [left.rows, right.rows],
        "changed": counts,
        "places": places.tolist(),
        "sides": sides.tolist(),
        "matched": len(mine),
        "touched": int(np.count_nonzero(touched)),
        "repeated": found.repeated,
        "reordered": bool((np.diff(theirs) < 0).any()),
    }


def _count(
    columns: Callable[[int, int], Tuple[Any, Any]],
    rows: int,
    pairs: List[List[int]],
    job: Job,
) -> Tuple[List[int], Any]:
    """Changed cells of each pair, and a mask of the rows with any."""
    import numpy as np

    touched, counts = np.zeros(rows, bool), []
    for done, (one, other) in enumerate(pairs, 1):
        job.check()
        mask = unlike(*columns(one, other))
        counts.append(int(np.count_nonzero(mask)))
        touched |= mask
        job.emit({"progress": done / len(pairs)})
    return counts, touched


def _taken(column: Any, rows: Any) -> Any:
    """As they are where they stand in order: that costs nothing."""
    import numpy as np

    if len(rows) and rows[-1] == len(rows) - 1 and (np.diff(rows) == 1).all():
        return column.slice(0, len(rows))
    return column.take(rows)


def unlike(left: Any, right: Any) -> Any:
    """A mask of the places that differ; missing equals missing, NaN equals NaN."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as compute

    left, right = comparable(left, right)
    gone = compute.xor(left.is_null(), right.is_null())
    other = compute.fill_null(compute.not_equal(left, right), False)
    if pa.types.is_floating(left.type) and pa.types.is_floating(right.type):
        none = compute.and_(compute.is_nan(left), compute.is_nan(right))
        other = compute.and_not(other, compute.fill_null(none, False))
    return np.asarray(compute.or_(gone, other))


def comparable(left: Any, right: Any) -> Any:
    """Both as one type that can be compared: as they are, numbers, or texts."""
    import pyarrow as pa

    left, right = _plain(left), _plain(right)
    hard = pa.types.is_nested(left.type) or pa.types.is_null(left.type)
    if left.type == right.type and not hard:
        return left, right
    if _is_number(left.type) and _is_number(right.type):
        return left.cast(pa.float64()), right.cast(pa.float64())
    return _texts(left), _texts(right)


def _plain(column: Any) -> Any:
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        return column.cast(column.type.value_type)
    return column


def _is_number(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _texts(column: Any) -> Any:
    import pyarrow as pa

    from .cells import text

    try:
        return column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        whole = 1 << 20
        return pa.chunked_array([[text(each, whole) for each in column.to_pylist()]])
