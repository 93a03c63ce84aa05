"""Rows of two tables that have the same key, beside each other; what has none alone."""

from __future__ import annotations

import re
from typing import Any, Callable, List, NamedTuple, Sequence

from .desk import Job
from .difference import comparable

ID_LIKE = re.compile(
    r"(?i)^(id|key|uuid|guid|rowid|index|code|number|no|nr|email)$"
    r"|[_\s.-](id|key|uuid|guid|code|number|no|nr)$|^(id|key)[_\s.-]"
)
ID_ENDING = re.compile(r"[a-z0-9](Id|ID|Key|Uuid|Code)$")
Keys = Sequence[Sequence[int]]
"""Pairs of columns, left and right."""
LEAST_COMMON = 0.5
NOBODY = -1


class Match(NamedTuple):
    """Rows beside each other, NOBODY where there is none; the left's order comes
    first, then what is only on the right. `repeated` rows have a key met before."""

    lefts: Any
    rights: Any
    repeated: List[int]

    @property
    def sides(self) -> Any:
        return self.lefts, self.rights


def match(left: Any, right: Any, keys: Keys, job: Job) -> Match:
    """By pairs of columns. Repeated keys are matched in their order."""
    import numpy as np

    codes = _codes(left, right, keys, job)
    mine, theirs = codes[: left.rows], codes[left.rows :]
    turns = _turns(mine), _turns(theirs)
    job.check()
    repeated = [int(np.count_nonzero(turn)) for turn in turns]
    if any(repeated):
        both = np.concatenate(turns)
        codes = _numbered(codes * (int(both.max()) + 1) + both)
        mine, theirs = codes[: left.rows], codes[left.rows :]
    known = int(codes.max()) + 1 if len(codes) else 0
    row_of = np.full(known, NOBODY, np.int64)
    row_of[theirs] = np.arange(right.rows)
    partners = row_of[mine]
    taken = np.zeros(right.rows, bool)
    taken[partners[partners >= 0]] = True
    alone = np.flatnonzero(~taken)
    lefts = np.concatenate([np.arange(left.rows), np.full(len(alone), NOBODY)])
    return Match(lefts, np.concatenate([partners, alone]), repeated)


def likely_key(
    left: Any,
    right: Any,
    pairs: Sequence[Sequence[int]],
    matched: Callable[[Keys], Match],
    job: Job,
) -> Keys:
    """A pair of columns that look like an identifier, with no value twice in either.

    At least half of the shorter table's keys must be in the other one. Empty if no
    pair is sure.
    """
    for one, other in pairs:
        if not _may_identify(left.schema.field(one)):
            continue
        job.check()
        sides = left.column_once(one), right.column_once(other)
        if any(side.null_count for side in sides):
            continue
        found = matched([[one, other]])
        if any(found.repeated):
            continue
        common = int(((found.lefts >= 0) & (found.rights >= 0)).sum())
        if common >= LEAST_COMMON * min(left.rows, right.rows):
            return [[one, other]]
    return []


def take(table: Any, rows: Any, numbers: Sequence[int]) -> List[Any]:
    """Cells of rows, missing where there is NOBODY."""
    import pyarrow as pa

    wanted = pa.array(rows, mask=rows < 0)
    return list(table.take(wanted, numbers))


def _codes(left: Any, right: Any, keys: Keys, job: Job) -> Any:
    """One number for each different key, of the left rows and then of the right."""
    import numpy as np

    codes = np.zeros(left.rows + right.rows, np.int64)
    for one, other in keys:
        job.check()
        own = _encoded(left.column_once(one), right.column_once(other))
        several = int(own.max()) + 1 if len(own) else 1
        codes = _numbered(codes * several + own) if codes.any() else own
    return codes


def _encoded(left: Any, right: Any) -> Any:
    """Missing is a value like others, and so is NaN."""
    import pyarrow as pa

    left, right = comparable(left, right)
    return _numbered(pa.chunked_array([*left.chunks, *right.chunks], type=left.type))


def _numbered(values: Any) -> Any:
    """Each different value as a number of its own, from 0 on."""
    import numpy as np
    import pyarrow as pa

    column = (
        values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])
    )
    found = column.dictionary_encode().unify_dictionaries()
    parts = [np.asarray(chunk.indices.fill_null(-1)) + 1 for chunk in found.chunks]
    whole = np.concatenate(parts) if parts else np.zeros(0)
    return whole.astype(np.int64)


def _turns(codes: Any) -> Any:
    """How often a row's key stood before it."""
    import numpy as np

    if not len(codes):
        return codes
    order = np.argsort(codes, kind="stable")
    sorted_codes = codes[order]
    starts = np.flatnonzero(np.r_[True, sorted_codes[1:] != sorted_codes[:-1]])
    lengths = np.diff(np.r_[starts, len(codes)])
    turns = np.empty(len(codes), np.int64)
    turns[order] = np.arange(len(codes)) - np.repeat(starts, lengths)
    return turns


def _may_identify(field: Any) -> bool:
    import pyarrow as pa

    kind = field.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    fits = (
        pa.types.is_integer(kind)
        or pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
    )
    named = ID_LIKE.search(field.name) or ID_ENDING.search(field.name)
    return bool(fits and named)
