"""Requests that a model of some signature could get: usual, with gaps, at the ends."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional

from ..serving.columns import Column  # noqa: TID252
from ..serving.models import Model  # noqa: TID252


class Sample(NamedTuple):
    """`must_be_answered`: the model's own example; of values made up here it may say
    that it doesn't take them."""

    name: str
    body: Dict[str, Any]
    rows: int
    must_be_answered: bool = False


_TYPICAL: Dict[str, Any] = {
    "boolean": True,
    "string": "text",
    "datetime": "2026-01-01T00:00:00",
}
_LOW: Dict[str, Any] = {
    "boolean": False,
    "integer": -(2**31),
    "long": -(2**53),
    "string": "",
    "datetime": "1970-01-01T00:00:00",
}
_HIGH: Dict[str, Any] = {
    "boolean": True,
    "integer": 2**31 - 1,
    "long": 2**53,
    "string": "x" * 200,
    "datetime": "2199-12-31T23:59:59",
}


def samples(model: Model, given: Any = None) -> List[Sample]:
    """What can be asked of a model; nothing where nobody says what it takes."""
    found = []
    example = model.example or given
    if isinstance(example, dict) and {"columns", "data"} <= set(example):
        table = {"columns": example["columns"], "data": example["data"][:2]}
        rows = len(table["data"])
        found.append(Sample("example", {"input_data": table}, rows, True))
    if model.columns:
        return found + _of_columns(model.columns, bool(found))
    width = _width(model)
    if width:
        found.append(Sample("typical", {"data": [[1.0] * width]}, 1))
    return found


def _of_columns(columns: List[Column], has_example: bool) -> List[Sample]:
    def table(name: str, row: List[Any]) -> Sample:
        names = [column.name for column in columns]
        return Sample(name, {"input_data": {"columns": names, "data": [row]}}, 1)

    def ends(values: Dict[str, Any], number: float) -> List[Any]:
        return [values.get(column.kind, number) for column in columns]

    made = [] if has_example else [table("typical", ends(_TYPICAL, 1))]
    return [
        *made,
        table("missing", [None for _ in columns]),
        table("smallest", ends(_LOW, -1e9)),
        table("largest", ends(_HIGH, 1e9)),
    ]


def _width(model: Model) -> Optional[int]:
    """How many values a row has, where a model tells that alone."""
    inside = getattr(model, "_estimator", None)
    width = getattr(inside, "n_features_in_", None)
    if isinstance(width, int):
        return width
    inputs = getattr(model, "_inputs", None) or []
    shape = getattr(inputs[0], "shape", None) if len(inputs) == 1 else None
    if shape and len(shape) == 2 and isinstance(shape[1], int):
        return int(shape[1])
    return None
