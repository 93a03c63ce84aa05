"""Arrow's values as JSON's: numbers stay numbers, the rest is text, cut to a length."""

from __future__ import annotations

import json
from typing import Any, List


def cells(array: Any, longest: int) -> List[Any]:
    """One column's values; missing ones are None, a float that is no number stays."""
    import pyarrow as pa

    kind = array.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return list(array.to_pylist())
    if pa.types.is_boolean(kind) or pa.types.is_null(kind):
        return list(array.to_pylist())
    return [text(value, longest) for value in array.to_pylist()]


def text(value: Any, longest: int) -> Any:
    """A value as people write it; None stays None."""
    if value is None:
        return None
    if isinstance(value, (bytes, bytearray)):
        return f"{len(value):,} bytes"
    if isinstance(value, (dict, list)):
        value = json.dumps(value, default=str, ensure_ascii=False)
    written = str(value)
    return written if len(written) <= longest else written[:longest] + "…"
