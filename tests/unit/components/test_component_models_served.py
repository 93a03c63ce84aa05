"""Models that the steps make answer requests in the real server as they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from component_steps import PENGUINS, Steps
from model_server import Server
from sklearn.datasets import load_iris

FEATURES = "bill_length_mm, bill_depth_mm, sex"
ROWS: list[list[Any]] = [
    [39.1, 18.7, "male"],
    [46.5, 14.4, None],
    [None, None, None],
]


def served(model: Path, log: Path, body: dict[str, Any]) -> Any:
    """What the server answers to rows; it must also answer the model's own example."""
    server = Server(log, kind="mlflow", model_path=str(model))
    try:
        server.ready()
        example = json.loads((model / "serving_input_example.json").read_text())
        assert server.score(example).status == 200
        answer = server.score(body)
        assert answer.status == 200, answer.body
        return answer.json
    finally:
        server.close()


@pytest.mark.parametrize(
    ("card", "settings"),
    [
        ("svm", {"probabilities": True}),
        ("gradient_boosting", {"n_estimators": 20}),
    ],
)
def test_that_a_trained_model_answers_with_its_own_probabilities(
    steps: Steps, penguins: Path, card: str, settings: dict[str, Any]
) -> None:
    given = {"data": penguins, "target": "species", "features": FEATURES}
    model = steps.ok(card, **given, **settings).output("model")
    columns = ["bill_length_mm", "bill_depth_mm", "sex"]
    split = {"columns": columns, "data": ROWS}
    asked = {"input_data": split, "params": {"probabilities": True}}
    answer = served(model, steps.root / "log.txt", asked)
    assert answer["predictions"][:2] == ["Adelie", "Gentoo"]
    table = steps.table(pd.DataFrame(ROWS, columns=columns).astype({"sex": "string"}))
    own = steps.ok("score_model", model=model, data=table).table()
    for told, (_, row) in zip(answer["probabilities"], own.iterrows(), strict=True):
        for label, share in told.items():
            assert share == pytest.approx(row[f"probability_{label}"], abs=1e-9)


def test_that_models_that_vote_are_served_as_one(steps: Steps, penguins: Path) -> None:
    given = {"data": penguins, "target": "species"}
    one = steps.ok("naive_bayes", **given, features="bill_*").output("model")
    two = steps.ok("decision_tree", **given, features="sex, island").output("model")
    both = steps.ok("combine_models", **given, model_1=one, model_2=two).output("model")
    columns = ["bill_length_mm", "bill_depth_mm", "sex", "island"]
    body = {"input_data": {"columns": columns, "data": [[46.5, 14.4, None, "Biscoe"]]}}
    assert served(both, steps.root / "log.txt", body)["predictions"] == ["Gentoo"]


def test_that_clusters_are_told_by_an_endpoint(steps: Steps) -> None:
    frame = load_iris(as_frame=True).frame.drop(columns="target")
    result = steps.ok("dbscan", data=steps.table(frame), eps=0.9, scale=False)
    body = {
        "input_data": {
            "columns": list(frame.columns),
            "data": [*frame.head(3).to_numpy().tolist(), [50.0] * 4],
        }
    }
    answer = served(result.output("model"), steps.root / "log.txt", body)
    assert answer["predictions"] == [*result.table().cluster[:3].tolist(), -1]


def test_that_a_chosen_threshold_decides_at_the_endpoint(
    steps: Steps, penguins: Path
) -> None:
    frame = pd.read_csv(PENGUINS).dropna()
    table = steps.table(frame[["sex", "body_mass_g"]])
    model = steps.ok("logistic_regression", data=table, target="sex").output("model")
    chosen = steps.ok(
        "choose_threshold", model=model, data=table, cost_false_positive=50
    )
    body = {"dataframe_records": [{"body_mass_g": 4400.0}, {"body_mass_g": 6300.0}]}
    log = steps.root / "log.txt"
    assert served(model, log, body)["predictions"] == ["male", "male"]
    careful = served(chosen.output("model_out"), log, body)["predictions"]
    assert careful == ["female", "male"]


def test_that_raw_text_is_answered(steps: Steps) -> None:
    said = load_iris().DESCR.split()
    rows = [" ".join(said[start : start + 8]) for start in range(0, 400, 8)]
    table = steps.table(
        {"text": rows, "flower": ["iris" in row.lower() for row in rows]}
    )
    given = {"data": table, "column": "text", "target": "flower", "balanced": True}
    model = steps.ok("text_classifier", **given).output("model")
    body = {"input_data": {"columns": ["text"], "data": [["an iris"], [None]]}}
    answer = served(model, steps.root / "log.txt", body)
    assert answer["predictions"] == [True, False]
