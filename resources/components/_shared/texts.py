"""Columns of text, and the words in them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import tables
from step import ComponentError

# Words of any script with at least two letters or digits.
WORD = r"(?u)\b\w\w+\b"


def of(frame: pd.DataFrame, column: str) -> pd.Series[Any]:
    """The texts of a column; a missing one is empty."""
    tables.require(list(frame.columns), column, "column")
    inferred = pd.api.types.infer_dtype(frame[column], skipna=True)
    if inferred not in ("string", "categorical", "empty"):
        raise ComponentError(
            f"Column '{column}' holds no text",
            "Choose a column with text in 'Column'",
        )
    texts = frame[column].astype(object)
    texts = texts.where(texts.notna(), "").astype(str)
    if frame.empty or not texts.str.strip().any():
        raise ComponentError(
            f"Column '{column}' holds no text: every row is empty",
            "Choose another column in 'Column', or check the step before",
        )
    return texts


def settings(longest_phrase: int, stop_words: str) -> dict[str, Any]:
    """Settings that every way to count words shares."""
    return {
        "ngram_range": (1, longest_phrase),
        "stop_words": None if stop_words == "none" else stop_words,
        "token_pattern": WORD,
    }


def no_words(error: ValueError) -> ComponentError:
    """Scikit-learn's complaint that nothing is left to count."""
    return ComponentError(
        f"No words are left to learn from: {str(error).splitlines()[0]}",
        "Set 'Stop words' to none, lower 'Fewest texts', or choose another 'Column'",
    )


def with_columns(
    frame: pd.DataFrame, values: Any, names: list[str], dropped: str | None
) -> pd.DataFrame:
    """The table with new columns at its end."""
    kept = frame.drop(columns=[dropped]) if dropped else frame
    if clash := [name for name in names if name in kept.columns]:
        raise ComponentError(
            f"The table has a column '{clash[0]}' already",
            "Rename or leave it out with a Select columns step first",
        )
    made = pd.DataFrame(values, columns=names, index=frame.index)
    return pd.concat([kept, made], axis=1)
