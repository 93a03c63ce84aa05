"""Text: the descriptions of scikit-learn's own data sets, sentence by sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from component_steps import Steps
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_wine,
)

LOADERS = {
    "iris": load_iris,
    "wine": load_wine,
    "tumours": load_breast_cancer,
    "diabetes": load_diabetes,
    "digits": load_digits,
}


def described() -> pd.DataFrame:
    """What is said about each data set, in pieces of twenty words."""
    rows = []
    for name, load in LOADERS.items():
        words = re.findall(r"\S+", load().DESCR)
        for start in range(0, len(words) - 10, 20):
            rows.append({"about": name, "text": " ".join(words[start : start + 20])})
    return pd.DataFrame(rows)


@pytest.fixture
def passages(steps: Steps) -> Path:
    return steps.table(described())


def test_that_texts_are_cleaned(steps: Steps, passages: Path) -> None:
    result = steps.ok("clean_text", data=passages, column="text", stop_words="english")
    texts = result.table().text
    assert not texts.str.contains(r"[A-Z:/.<>]").any()
    assert not texts.str.contains(r"\bthe\b").any()
    assert result.metrics["words_after"] < result.metrics["words_before"]


@pytest.mark.parametrize(
    ("settings", "given", "cleaned"),
    [
        ({}, "<b>It&apos;s</b> at https://x.org/a?b=1, see me@x.org!", "it s at see"),
        ({"remove_accents": True}, "Zoë CAFÉ", "zoe cafe"),
        ({"remove_numbers": True}, "in 1936: 150 rows", "in rows"),
        ({"lowercase": False, "remove_punctuation": False}, "A-b, C!", "A-b, C!"),
        ({"shortest_word": 4}, "a few longer words", "longer words"),
        ({"stop_words": "english"}, "The iris is in the garden", "iris garden"),
    ],
)
def test_that_each_way_of_cleaning_does_what_it_says(
    steps: Steps, settings: dict[str, Any], given: str, cleaned: str
) -> None:
    table = steps.table({"t": [given, None]})
    asked = {"data": table, "column": "t", "new_column": "clean", **settings}
    found = steps.ok("clean_text", **asked).table()
    assert found.t[0] == given
    assert found.clean[0] == cleaned
    assert found.clean.isna().tolist() == [False, True]


def test_that_telling_words_become_columns_of_any_table(
    steps: Steps, passages: Path
) -> None:
    given = {"data": passages, "column": "text", "words": 50}
    result = steps.ok("tfidf_features", **given)
    table = result.table()
    assert table.shape == (len(described()), 52)
    about_wine = table[table["text: wine"] > 0].about
    assert (about_wine == "wine").mean() > 0.8
    other = steps.table({"text": ["wine and wine", None], "n": [1, 2]})
    again = steps.ok(
        "tfidf_features",
        data=other,
        column="unused",
        fitted=result.output("transform"),
        keep_text=False,
    ).table()
    assert again.shape == (2, 51)
    assert again["text: wine"].tolist() == [1.0, 0.0]


def test_that_hashing_makes_the_same_columns_of_any_table(
    steps: Steps, passages: Path
) -> None:
    given = {"column": "text", "columns": 16, "keep_text": False}
    table = steps.ok("hashing_features", data=passages, **given).table()
    assert table.shape[1] == 17
    first = steps.table({"text": [described().text[0]]})
    alone = steps.ok("hashing_features", data=first, **given).table()
    np.testing.assert_allclose(alone.iloc[0], table.iloc[0, 1:].astype(float))


@pytest.mark.parametrize("method", ["nmf", "lda"])
def test_that_topics_are_told_by_their_words(
    steps: Steps, passages: Path, method: str
) -> None:
    given = {"data": passages, "column": "text", "topics": 4, "method": method}
    result = steps.ok("topic_model", **given)
    table, told = result.table(), result.table("topics_out")
    assert told.texts.sum() == table.topic.notna().sum()
    shares = table[[f"topic_{n}" for n in range(1, 5)]].sum(axis=1)
    assert set(shares.round(6)) <= {0.0, 1.0}
    assert all(len(words.split(", ")) == 10 for words in told.words)
    fitted = result.output("transform")
    again = steps.ok("topic_model", data=passages, column="x", fitted=fitted).table()
    assert (again.topic.fillna("") == table.topic.fillna("")).all()


@pytest.mark.parametrize(
    "estimator", ["logistic_regression", "linear_svm", "naive_bayes"]
)
def test_that_a_classifier_knows_what_a_passage_is_about(
    steps: Steps, passages: Path, estimator: str
) -> None:
    split = steps.ok("split", data=passages, test_fraction=0.3)
    result = steps.ok(
        "text_classifier",
        data=split.output("train"),
        validation=split.output("test"),
        column="text",
        target="about",
        estimator=estimator,
    )
    assert result.metrics["validation_accuracy"] > 0.6
    report = result.output("report")
    words = pd.read_csv(report / "words.csv")
    assert {"wine", "wines"} & set(words[words.label == "wine"].word)
    shown = json.loads((report / "plots/importance.json").read_text())
    assert sum(shown["values"]) == pytest.approx(1, abs=1e-3)
    scored = steps.ok("score_model", model=result.output("model"), data=passages)
    table = scored.table()
    assert (table.prediction == table.about).mean() > 0.8


@pytest.mark.parametrize(
    ("card", "inputs", "message", "hint"),
    [
        ("clean_text", {"column": "txt"}, "Column 'txt' is not in", "'text'"),
        ("clean_text", {"column": "n"}, "'n' holds no text", "'Column'"),
        ("tfidf_features", {"column": "n"}, "'n' holds no text", "'Column'"),
        ("tfidf_features", {"fewest_texts": 9000}, "No words are left", "Fewest"),
        ("hashing_features", {"column": "none"}, "every row is empty", "step before"),
        ("topic_model", {"topics": 150}, "too few for 150 topics", "'Topics'"),
        (
            "text_classifier",
            {"column": "text", "target": "text"},
            "can't learn 'text' from itself",
            "'Target'",
        ),
        ("text_classifier", {"target": "abuot"}, "Column 'abuot'", "'about'"),
    ],
)
def test_that_text_steps_say_what_is_wrong(
    steps: Steps, card: str, inputs: dict[str, Any], message: str, hint: str
) -> None:
    frame = described().head(60).assign(n=1, none=None)
    frame["none"] = frame["none"].astype("string")
    given = {"data": steps.table(frame), "column": "text", **inputs}
    error = steps.fails(card, **given).error
    assert message in error["message"]
    assert hint in error["hint"]


def test_that_a_transform_of_another_step_is_refused(
    steps: Steps, penguins: Path
) -> None:
    given = {"data": penguins, "columns": "island"}
    encoded = steps.ok("encode", **given).output("transform")
    asked = {"data": penguins, "column": "island", "fitted": encoded}
    for card, title in (("tfidf_features", "TF-IDF"), ("topic_model", "Topic model")):
        error = steps.fails(card, **asked).error
        assert f"was not fitted by a {title}" in error["message"]
