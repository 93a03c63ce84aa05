"""Which cells of two tables differ, row beside row, column beside its namesake."""

from __future__ import annotations

from typing import Any, Dict, List

from .desk import Job

MOST_PLACES = 100_000


def differ(left: Any, right: Any, pairs: List[List[int]], job: Job) -> Dict[str, Any]:
    """Changed cells of each pair of columns, and the first rows with one.

    A part, 0 to 1, is told as {"progress": ...} after each pair.
    """
    import numpy as np

    rows = min(left.rows, right.rows)
    touched, counts = np.zeros(rows, bool), []
    for done, (one, other) in enumerate(pairs, 1):
        job.check()
        mask = unlike(
            left.column_once(one).slice(0, rows),
            right.column_once(other).slice(0, rows),
        )
        counts.append(int(np.count_nonzero(mask)))
        touched |= mask
        job.emit({"progress": done / len(pairs)})
    places = np.flatnonzero(touched)[:MOST_PLACES].tolist()
    return {"rows": [left.rows, right.rows], "changed": counts, "places": places}


def unlike(left: Any, right: Any) -> Any:
    """A mask of the places that differ; missing equals missing, NaN equals NaN."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as compute

    left, right = _comparable(left, right)
    gone = compute.xor(left.is_null(), right.is_null())
    other = compute.fill_null(compute.not_equal(left, right), False)
    if pa.types.is_floating(left.type) and pa.types.is_floating(right.type):
        none = compute.and_(compute.is_nan(left), compute.is_nan(right))
        other = compute.and_not(other, compute.fill_null(none, False))
    return np.asarray(compute.or_(gone, other))


def _comparable(left: Any, right: Any) -> Any:
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
