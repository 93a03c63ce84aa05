"""Well-known data sets that come with scikit-learn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import step
import tables
from sklearn import datasets
from step import ComponentError

_CLASSES = {
    "iris": (datasets.load_iris, "species"),
    "wine": (datasets.load_wine, "cultivar"),
    "breast_cancer": (datasets.load_breast_cancer, "diagnosis"),
}


def main(dataset: str, labels: str, table: Path) -> None:
    known = [*_CLASSES, "diabetes", "digits"]
    if dataset not in known:
        raise ComponentError(
            f"There is no sample data set '{dataset}'",
            f"{step.closest(dataset, known)}Choose of: {step.listing(known)}",
        )
    frame = _classes(dataset, labels) if dataset in _CLASSES else _others(dataset)
    tables.write_frame(frame, table)
    step.metrics({"rows": len(frame), "columns": frame.shape[1]})


def _classes(dataset: str, labels: str) -> pd.DataFrame:
    load, target = _CLASSES[dataset]
    bunch: Any = load(as_frame=True)
    frame = bunch.data.rename(columns=_plain)
    if labels == "names":
        return frame.assign(**{target: bunch.target_names[bunch.target].astype(object)})
    return frame.assign(**{target: bunch.target})


def _others(dataset: str) -> pd.DataFrame:
    if dataset == "digits":
        frame: pd.DataFrame = datasets.load_digits(as_frame=True).frame
        return frame.rename(columns={"target": "digit"})
    frame = datasets.load_diabetes(as_frame=True, scaled=False).frame
    return frame.rename(columns={"target": "progression"})


def _plain(name: str) -> str:
    """ "sepal length (cm)" as a name that needs no quotes: sepal_length_cm."""
    return name.replace("(", "").replace(")", "").replace("/", "_").replace(" ", "_")


if __name__ == "__main__":
    step.run(main)
