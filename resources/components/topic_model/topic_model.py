"""Find themes that texts have in common."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import step
import tables
import texts
import transforms
from sklearn.decomposition import NMF, LatentDirichletAllocation
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.pipeline import Pipeline
from step import ComponentError

_SHOWN_WORDS = 10


def main(
    data: Path,
    column: str,
    topics: int,
    method: str,
    words: int,
    stop_words: str,
    fewest_texts: int,
    seed: int,
    table: Path,
    topics_out: Path,
    transform: Path,
    fitted: Path | None = None,
) -> None:
    frame = tables.frame(data)
    if fitted:
        model, (column, *_) = transforms.load(fitted, frame)
        if "topics" not in getattr(model, "named_steps", {}):
            raise ComponentError(
                f"{fitted.name} was not fitted by a Topic model step",
                "Connect the 'transform' output of another Topic model step",
            )
        read = texts.of(frame, column)
    else:
        read = texts.of(frame, column)
        model = _model(method, topics, seed)
        counted = {"max_features": words, "min_df": fewest_texts}
        model.named_steps["words"].set_params(
            **counted, **texts.settings(1, stop_words)
        )
        _fit(model, read, topics)
    weights = model.transform(read)
    whole = weights.sum(axis=1, keepdims=True)
    shares = np.divide(weights, whole, out=np.zeros_like(weights), where=whole > 0)
    names = [f"topic_{number}" for number in range(1, shares.shape[1] + 1)]
    leading = np.where(whole[:, 0] > 0, np.array(names)[shares.argmax(axis=1)], None)
    values = {"topic": leading, **dict(zip(names, shares.T, strict=True))}
    made = pd.DataFrame(values, index=frame.index)
    kept = frame.drop(columns=[name for name in made if name in frame.columns])
    tables.write_frame(pd.concat([kept, made], axis=1), table)
    told = _told(model, names, leading)
    tables.write_frame(told, topics_out)
    transforms.save(model, [column], transform)
    step.metrics({"rows": len(frame), "topics": len(names)})
    for name, said in told[["topic", "words"]].itertuples(index=False):
        print(f"{name}: {said}")


def _model(method: str, topics: int, seed: int) -> Pipeline:
    if method == "lda":
        found: Any = LatentDirichletAllocation(topics, random_state=seed)
        return Pipeline([("words", CountVectorizer()), ("topics", found)])
    found = NMF(topics, random_state=seed, init="nndsvda", max_iter=500)
    return Pipeline([("words", TfidfVectorizer()), ("topics", found)])


def _fit(model: Pipeline, read: Any, topics: int) -> None:
    try:
        counted = model.named_steps["words"].fit_transform(read)
    except ValueError as error:
        raise texts.no_words(error) from error
    if topics > min(counted.shape):
        raise ComponentError(
            f"{counted.shape[0]} texts with {counted.shape[1]} words are too few "
            f"for {topics} topics",
            f"Lower 'Topics' to {min(counted.shape)} or less",
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.named_steps["topics"].fit(counted)


def _told(model: Pipeline, names: list[str], leading: Any) -> pd.DataFrame:
    """Each theme by the words that weigh most in it."""
    words = model.named_steps["words"].get_feature_names_out()
    rows = [
        {
            "topic": name,
            "words": ", ".join(words[np.argsort(-weights)[:_SHOWN_WORDS]]),
            "texts": int((leading == name).sum()),
        }
        for name, weights in zip(
            names, model.named_steps["topics"].components_, strict=True
        )
    ]
    return pd.DataFrame(rows)


if __name__ == "__main__":
    step.run(main)
