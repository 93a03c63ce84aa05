"""Turn text columns into numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import step
import tables
import transforms
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder
from step import ComponentError


def main(
    data: Path,
    method: str,
    max_categories: int,
    table: Path,
    transform: Path,
    columns: str | None = None,
    fitted: Path | None = None,
) -> None:
    frame = tables.frame(data)
    if fitted:
        encoder, chosen = transforms.load(fitted, frame)
    else:
        chosen = _chosen(frame, columns)
        encoder = _encoder(method, max_categories)
        encoder.fit(_as_categories(frame, chosen)[chosen])
    encoded = transforms.apply(encoder, _as_categories(frame, chosen), chosen)
    transforms.report(encoded, chosen)
    transforms.save(encoder, chosen, transform)
    tables.write_frame(encoded, table)


def _chosen(frame: pd.DataFrame, columns: str | None) -> list[str]:
    text = [str(n) for n in frame.columns if _is_text(frame[n])]
    chosen = tables.choose(list(frame.columns), columns, default=text)
    if not chosen:
        raise ComponentError(
            "No column of the table holds text",
            "Name the columns to encode in 'Columns', or remove this step",
        )
    return chosen


def _is_text(column: pd.Series[Any]) -> bool:
    return isinstance(column.dtype, pd.CategoricalDtype | pd.StringDtype) or (
        column.dtype == object
    )


def _as_categories(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Text as plain objects: encoders fitted on one kind read the other, too."""
    return frame.astype(
        {name: object for name in columns if not transforms.is_number(frame[name])}
    )


def _encoder(method: str, max_categories: int) -> Any:
    if method == "ordinal":
        return OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    return OneHotEncoder(
        handle_unknown="infrequent_if_exist",
        max_categories=max_categories,
        sparse_output=False,
    )


if __name__ == "__main__":
    step.run(main)
