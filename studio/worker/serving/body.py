"""Bodies of requests and answers: JSON in the shapes that serving tools use."""

from __future__ import annotations

import json
import math
from typing import Any, Dict, List, NamedTuple, Optional

from .problems import BadRequest

try:
    import orjson
except ImportError:  # an environment of its own may lack it; the stdlib's will do
    orjson = None  # type: ignore[assignment]

SHAPES = (
    'Write {"input_data": {"columns": [...], "data": [[...]]}}, '
    '{"dataframe_records": [...]}, {"inputs": {...}} or {"data": [[...]]}'
)


_SPLIT = {"columns", "index", "data"}


class Table(NamedTuple):
    """Rows to score. `columns` is None where the request names none."""

    columns: Optional[List[str]]
    rows: List[List[Any]]
    params: Dict[str, Any]


def parse(body: bytes) -> Table:
    """The table in a request's body; BadRequest says what it should look like."""
    data = loads(body)
    if not isinstance(data, dict):
        return _table(data, {})
    params = data.get("params") or {}
    if not isinstance(params, dict):
        raise BadRequest("'params' must be an object", "Leave it out")
    for key in ("input_data", "dataframe_split", "dataframe_records"):
        if key in data:
            return _table(data[key], params)
    for key in ("inputs", "instances", "data"):
        if key in data:
            return _table(data[key], params)
    raise BadRequest("The request holds no input", SHAPES)


def loads(body: bytes) -> Any:
    try:
        return orjson.loads(body) if orjson else json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest(
            "The body isn't valid JSON: %s" % error, "Send JSON, encoded as UTF-8"
        ) from error


def dumps(value: Any) -> bytes:
    """JSON; numbers that JSON doesn't have become null."""
    if orjson:
        return orjson.dumps(
            value,
            default=_plain,
            option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS,
        )
    return json.dumps(_finite(value), default=_plain).encode()


def _table(data: Any, params: Dict[str, Any]) -> Table:
    if isinstance(data, dict):
        return _from_mapping(data, params)
    if not isinstance(data, list) or not data:
        raise BadRequest("The request holds no rows", SHAPES)
    if all(isinstance(row, dict) for row in data):
        return _from_records(data, params)
    rows = [row if isinstance(row, list) else [row] for row in data]
    _check_widths(rows, None)
    return Table(None, rows, params)


def _from_mapping(data: Dict[str, Any], params: Dict[str, Any]) -> Table:
    if isinstance(data.get("data"), list) and set(data) <= _SPLIT:
        columns = data.get("columns")
        if columns is not None and not isinstance(columns, list):
            raise BadRequest("'columns' must be a list of names", SHAPES)
        if not data["data"]:
            raise BadRequest("The request holds no rows", SHAPES)
        rows = [row if isinstance(row, list) else [row] for row in data["data"]]
        _check_widths(rows, columns)
        return Table([str(c) for c in columns] if columns else None, rows, params)
    return _from_columns(data, params)


def _from_columns(data: Dict[str, Any], params: Dict[str, Any]) -> Table:
    """{"age": [31, 45], "name": ["a", "b"]}, or single values for one row."""
    columns = [v if isinstance(v, list) else [v] for v in data.values()]
    if not columns:
        raise BadRequest("The request holds no columns", SHAPES)
    if len({len(column) for column in columns}) > 1:
        raise BadRequest("The columns have different lengths", "Give each row a value")
    return Table(list(data), [list(row) for row in zip(*columns)], params)


def _from_records(records: List[Dict[str, Any]], params: Dict[str, Any]) -> Table:
    names: Dict[str, None] = {}
    for record in records:
        names.update(dict.fromkeys(record))
    return Table(list(names), [[r.get(n) for n in names] for r in records], params)


def _check_widths(rows: List[List[Any]], columns: Optional[List[Any]]) -> None:
    width = len(columns) if columns else len(rows[0])
    for place, row in enumerate(rows):
        if len(row) != width:
            raise BadRequest(
                "Row %d has %d values, %d are expected" % (place + 1, len(row), width),
                "Give every row one value for each column",
            )


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    return _finite(value.tolist()) if hasattr(value, "tolist") else value
