"""Words counted in columns that a hash chooses."""

from __future__ import annotations

from pathlib import Path

import step
import tables
import texts
from sklearn.feature_extraction.text import HashingVectorizer


def main(
    data: Path,
    column: str,
    columns: int,
    longest_phrase: int,
    stop_words: str,
    keep_text: bool,
    table: Path,
) -> None:
    frame = tables.frame(data)
    read = texts.of(frame, column)
    vectorizer = HashingVectorizer(
        n_features=columns, **texts.settings(longest_phrase, stop_words)
    )
    values = vectorizer.transform(read).toarray()
    names = [f"{column}_{number}" for number in range(1, columns + 1)]
    dropped = None if keep_text else column
    tables.write_frame(texts.with_columns(frame, values, names, dropped), table)
    step.metrics({"rows": len(frame), "columns_made": columns})


if __name__ == "__main__":
    step.run(main)
