"""Turn text columns into numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import step
import tables
import transforms
from columns import is_number
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, TargetEncoder
from step import ComponentError

_SEED = 42


def main(
    data: Path,
    method: str,
    max_categories: int,
    table: Path,
    transform: Path,
    columns: str | None = None,
    target: str | None = None,
    fitted: Path | None = None,
) -> None:
    frame = tables.frame(data)
    values = None
    if fitted:
        encoder, chosen = transforms.load(fitted, frame)
    else:
        chosen = _chosen(frame, columns, target if method == "target" else None)
        categories = transforms.as_categories(frame, chosen)[chosen]
        if method == "target":
            encoder, values = _by_target(categories, _known(frame, target))
        else:
            encoder = _encoder(method, max_categories).fit(categories)
    encoded = transforms.apply(encoder, frame, chosen, values)
    transforms.report(encoded, chosen)
    transforms.save(encoder, chosen, transform)
    tables.write_frame(encoded, table)


def _chosen(frame: pd.DataFrame, columns: str | None, target: str | None) -> list[str]:
    text = [str(n) for n in frame.columns if n != target and _is_text(frame[n])]
    chosen = tables.choose(list(frame.columns), columns, default=text)
    if not chosen:
        raise ComponentError(
            "No column of the table holds text",
            "Name the columns to encode in 'Columns', or remove this step",
        )
    if target in chosen:
        raise ComponentError(
            f"Column '{target}' can't be encoded by itself",
            "Leave it out of 'Columns', or choose another 'Target'",
        )
    return chosen


def _is_text(column: pd.Series[Any]) -> bool:
    return isinstance(column.dtype, pd.CategoricalDtype | pd.StringDtype) or (
        column.dtype == object
    )


def _known(frame: pd.DataFrame, target: str | None) -> Any:
    """The values to encode by; each row must have one."""
    if not target:
        raise ComponentError(
            "The method target needs to know what is to be predicted",
            "Choose that column in 'Target'",
        )
    tables.require(list(frame.columns), target, "target")
    if missing := int(frame[target].isna().sum()):
        raise ComponentError(
            f"Column '{target}' has {step.count(missing, 'missing value')}",
            "Drop those rows with a Clean missing values step first",
        )
    column = frame[target]
    return column if is_number(column) else column.astype(str).to_numpy(dtype=object)


def _by_target(categories: pd.DataFrame, known: Any) -> tuple[Any, Any]:
    """The encoder, and the rows' own numbers: each from other rows than itself."""
    kind = "auto" if known.dtype == object else "continuous"
    encoder = TargetEncoder(target_type=kind, random_state=_SEED)
    return encoder, encoder.fit_transform(categories, known)


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
