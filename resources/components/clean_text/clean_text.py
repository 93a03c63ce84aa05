"""Make texts comparable."""

from __future__ import annotations

import html
import re
import unicodedata
from pathlib import Path

import pandas as pd
import step
import tables
from step import ComponentError

_MARKUP = re.compile(r"<[^<>]*>")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w.+-]+@[\w-]+\.[\w.-]+\b")
_DIGITS = re.compile(r"\d+")
_OTHER_SIGNS = re.compile(r"[^\w\s]|_")


def main(
    data: Path,
    column: str,
    lowercase: bool,
    remove_html: bool,
    remove_links: bool,
    remove_punctuation: bool,
    remove_numbers: bool,
    remove_accents: bool,
    stop_words: str,
    shortest_word: int,
    table: Path,
    new_column: str | None = None,
) -> None:
    frame = tables.frame(data)
    tables.require(list(frame.columns), column, "column")
    if pd.api.types.infer_dtype(frame[column], skipna=True) not in (
        "string",
        "categorical",
        "empty",
    ):
        raise ComponentError(
            f"Column '{column}' holds no text",
            "Choose a column with text in 'Column'",
        )
    left_out = _stop_words(stop_words)

    def clean(text: str) -> str:
        if remove_html:
            text = html.unescape(_MARKUP.sub(" ", text))
        if remove_links:
            text = _LINK.sub(" ", text)
        if lowercase:
            text = text.lower()
        if remove_accents:
            text = without_accents(text)
        words = text.split()
        if left_out:  # before the signs go: "don't" is such a word
            words = [w for w in words if w.lower().strip(".,;:!?()\"'") not in left_out]
        text = " ".join(words)
        if remove_numbers:
            text = _DIGITS.sub(" ", text)
        if remove_punctuation:
            text = _OTHER_SIGNS.sub(" ", text)
        return " ".join(w for w in text.split() if len(w) >= shortest_word)

    cleaned = frame[column].astype(object).map(clean, na_action="ignore")
    name = new_column or column
    if name != column and name in frame.columns:
        print(f"Replaced column: {name}")
    tables.write_frame(frame.assign(**{name: cleaned}), table)
    emptied = int((cleaned == "").sum())
    before, after = (_words(each) for each in (frame[column], cleaned))
    step.metrics({"rows": len(frame), "words_before": before, "words_after": after})
    if emptied:
        print(f"Nothing is left of {step.count(emptied, 'text')}")


def without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _stop_words(language: str) -> frozenset[str]:
    if language == "none":
        return frozenset()
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return ENGLISH_STOP_WORDS  # type: ignore[no-any-return]


def _words(column: pd.Series) -> int:  # type: ignore[type-arg]
    return int(column.dropna().astype(str).str.split().str.len().sum())


if __name__ == "__main__":
    step.run(main)
