"""Turn raw rows into what estimators take, as part of the model itself.

Only scikit-learn's own classes: the model must load where this file is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

MAX_CATEGORIES = 50


def preparation(columns: Mapping[str, str], scaled: bool) -> ColumnTransformer:
    """Fill, encode and scale each column by what it holds."""
    of_kind: dict[str, list[str]] = {"number": [], "text": [], "boolean": []}
    for name, kind in columns.items():
        of_kind[kind].append(name)
    parts = {
        "number": _numbers(scaled),
        "text": _categories(),
        "boolean": _flags(),
    }
    chosen = [(kind, parts[kind], names) for kind, names in of_kind.items() if names]
    return ColumnTransformer(chosen, sparse_threshold=0)


def _numbers(scaled: bool) -> Pipeline:
    steps: list[tuple[str, Any]] = [
        ("fill", SimpleImputer(strategy="median", keep_empty_features=True))
    ]
    return Pipeline([*steps, ("scale", StandardScaler())] if scaled else steps)


def _categories() -> Pipeline:
    # Served rows hold None or NaN where a value is missing: each has to be filled.
    return Pipeline(
        [
            ("fill_nan", fill(np.nan)),
            ("fill_none", fill(None)),
            (
                "encode",
                OneHotEncoder(
                    handle_unknown="ignore",
                    max_categories=MAX_CATEGORIES,
                    sparse_output=False,
                ),
            ),
        ]
    )


def fill(missing: Any, value: str = "missing") -> SimpleImputer:
    """Put a word where text is missing."""
    return SimpleImputer(
        missing_values=missing,
        strategy="constant",
        fill_value=value,
        keep_empty_features=True,
    )


def _flags() -> OrdinalEncoder:
    return OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-1
    )


def sources(fitted: ColumnTransformer) -> list[str]:
    """For each column that the estimator sees, the raw column it was made from."""
    found: list[str] = []
    for kind, part, names in fitted.transformers_:
        if kind != "text":
            found += list(names) if kind in ("number", "boolean") else []
            continue
        places = [f"{place}\0" for place in range(len(names))]
        made = part.named_steps["encode"].get_feature_names_out(places)
        found += [names[int(name.split("\0", 1)[0])] for name in made]
    return found
