"""A column for each telling word."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import step
import tables
import texts
import transforms
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from step import ComponentError


def main(
    data: Path,
    column: str,
    words: int,
    longest_phrase: int,
    stop_words: str,
    fewest_texts: int,
    weigh: bool,
    keep_text: bool,
    table: Path,
    transform: Path,
    fitted: Path | None = None,
) -> None:
    frame = tables.frame(data)
    if fitted:
        vectorizer, (column, *_) = transforms.load(fitted, frame)
        if not isinstance(vectorizer, CountVectorizer):
            raise ComponentError(
                f"{fitted.name} was not fitted by a TF-IDF features step",
                "Connect the 'transform' output of another TF-IDF features step",
            )
        read = texts.of(frame, column)
    else:
        read = texts.of(frame, column)
        kind = TfidfVectorizer if weigh else CountVectorizer
        vectorizer = kind(
            max_features=words,
            min_df=fewest_texts,
            **texts.settings(longest_phrase, stop_words),
        )
        try:
            vectorizer.fit(read)
        except ValueError as error:
            raise texts.no_words(error) from error
    values = vectorizer.transform(read).toarray().astype(np.float64)
    names = [f"{column}: {word}" for word in vectorizer.get_feature_names_out()]
    dropped = None if keep_text else column
    tables.write_frame(texts.with_columns(frame, values, names, dropped), table)
    transforms.save(vectorizer, [column], transform)
    step.metrics(
        {
            "rows": len(frame),
            "words": len(names),
            "texts_without_words": int((values == 0).all(axis=1).sum()),
        }
    )


if __name__ == "__main__":
    step.run(main)
