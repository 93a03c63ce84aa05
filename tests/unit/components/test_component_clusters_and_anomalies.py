"""Clusters and anomalies: on penguins, wine and tumours, and on bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from component_steps import Steps, with_mlflow
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.metrics import adjusted_rand_score, roc_auc_score

CLUSTERINGS: list[tuple[str, dict[str, Any], float]] = [
    ("k_means", {"clusters": 3}, 0.85),
    ("hierarchical_clustering", {"clusters": 3}, 0.75),
    ("gaussian_mixture", {"clusters": 3, "covariance": "diag"}, 0.85),
    ("dbscan", {"eps": 2.3, "min_samples": 12}, 0.3),
]
DETECTORS: list[tuple[str, dict[str, Any]]] = [
    ("isolation_forest", {}),
    ("local_outlier_factor", {"n_neighbors": 60}),
    ("one_class_svm", {"gamma": "0.005"}),
    ("elliptic_envelope", {}),
]


@pytest.fixture
def wine(steps: Steps) -> Path:
    frame = load_wine(as_frame=True).frame
    return steps.table(frame.assign(kind="wine " + frame.pop("target").astype(str)))


@pytest.mark.parametrize(("card", "settings", "agreement"), CLUSTERINGS)
def test_that_every_clustering_finds_the_three_wines_and_puts_new_ones_there(
    steps: Steps, wine: Path, card: str, settings: dict[str, Any], agreement: float
) -> None:
    result = steps.ok(card, data=wine, **settings)
    assert "Left out columns with text: kind" in result.out
    table = result.table()
    assert adjusted_rand_score(table.kind, table.cluster) > agreement
    plots = result.output("report") / "plots"
    clouds = json.loads((plots / "clouds.json").read_text())["series"]
    assert sum(len(each["x"]) for each in clouds) == 178
    bars = json.loads((plots / "bars.json").read_text())
    assert sum(bars["values"]) == 178
    again = steps.ok("assign_to_clusters", model=result.output("model"), data=wine)
    same = again.table().cluster == table.cluster
    assert same.mean() > 0.97


def test_that_the_number_of_clusters_is_found_out(steps: Steps, wine: Path) -> None:
    result = steps.ok("k_means", data=wine, choose_up_to=6)
    assert result.metrics["clusters"] == 3
    curve = [r for r in result.reports if r.get("key") == "silhouette"]
    assert [r.get("step") for r in curve] == [2, 3, 4, 5, 6, None]
    lines = json.loads((result.output("report") / "plots/curves.json").read_text())
    assert lines["series"][0]["x"] == [2, 3, 4, 5, 6]


def test_that_dbscan_takes_its_reach_from_the_data(
    steps: Steps, penguins: Path
) -> None:
    result = steps.ok("dbscan", data=penguins, features="bill_*, flipper_length_mm")
    assert result.metrics["eps"] > 0
    assert result.metrics["noise"] < 40
    assert result.metrics["clusters"] >= 2


def test_that_clusters_of_a_mixture_come_with_their_probability(
    steps: Steps, penguins: Path
) -> None:
    result = steps.ok("gaussian_mixture", data=penguins, clusters=2)
    table = steps.ok(
        "assign_to_clusters", model=result.output("model"), data=penguins
    ).table()
    assert table.probability.between(0.5, 1).all()


def test_that_clusters_are_measured_and_described(steps: Steps, wine: Path) -> None:
    found = steps.ok("k_means", data=wine).output("table")
    result = steps.ok("evaluate_clustering", data=found, labels="kind")
    assert result.metrics["adjusted_rand"] > 0.85
    assert 0.2 < result.metrics["silhouette"] < 0.4
    profile = result.table("profile")
    assert profile.rows.sum() == 178
    frame = steps.ok("select_columns", data=found, columns="*").table()
    first = frame[frame.cluster == 0].alcohol.mean()
    assert profile.alcohol_mean[0] == pytest.approx(first)


@pytest.fixture
def tumours(steps: Steps) -> Path:
    """All benign tumours, and ten malignant ones at the end."""
    frame = load_breast_cancer(as_frame=True).frame
    rare = [frame[frame.target == 1], frame[frame.target == 0].head(10)]
    return steps.table(pd.concat(rare, ignore_index=True))


@pytest.mark.parametrize(("card", "settings"), DETECTORS)
def test_that_every_detector_sees_the_malignant_among_the_benign(
    steps: Steps, tumours: Path, card: str, settings: dict[str, Any]
) -> None:
    given = {"data": tumours, "features": "mean *, worst *", "share": 0.06}
    result = steps.ok(card, **given, **settings)
    table = result.table()
    assert roc_auc_score(table.target == 0, table.anomaly_score) > 0.85
    assert result.metrics["anomalies"] == pytest.approx(0.06 * 367, abs=4)
    assert table.anomaly.sum() == result.metrics["anomalies"]
    assert (result.output("report") / "plots/bars.json").is_file()
    told = steps.ok("score_anomalies", model=result.output("model"), data=tumours)
    again = told.table()
    assert roc_auc_score(again.target == 0, again.anomaly_score) > 0.85
    assert (again.anomaly == table.anomaly).mean() > 0.95


def test_that_real_mlflow_serves_clusters_and_anomalies(
    steps: Steps, penguins: Path
) -> None:
    given = {"data": penguins, "features": "bill_*, body_mass_g"}
    folders = [
        steps.ok(card, **given).output("model")
        for card in ("k_means", "isolation_forest")
    ]
    told = with_mlflow(
        """
        told = []
        for path in given:
            served = mlflow.pyfunc.load_model(path)
            told.append([int(v) for v in served.predict(served.input_example)])
        """,
        folders[0],
        [str(folder) for folder in folders],
    )
    assert set(told[0]) <= {0, 1, 2}
    assert set(told[1]) <= {-1, 1}
    assert len(told[0]) == len(told[1]) == 5


@pytest.mark.parametrize(
    ("card", "inputs", "message", "hint"),
    [
        ("k_means", {"features": "bil_*"}, "No column matches 'bil_*'", "'Features'"),
        ("k_means", {"clusters": 400}, "k-means can't be fitted", "parameters"),
        ("dbscan", {"eps": 0.0001}, "all are noise", "Raise 'Eps'"),
        ("dbscan", {"min_samples": 4000}, "DBSCAN can't be fitted", "parameters"),
        ("hierarchical_clustering", {"features": "wing"}, "Column 'wing'", "species"),
        ("gaussian_mixture", {"clusters": 0}, "can't be fitted", "parameters"),
        ("evaluate_clustering", {}, "Column 'cluster' is not in", "'Cluster'"),
        ("isolation_forest", {"share": 0.9}, "can't be fitted", "parameters"),
        ("local_outlier_factor", {"n_neighbors": 400}, "has no 400", "343 or less"),
        ("one_class_svm", {"gamma": "-1"}, "'-1' is no reach", "'Gamma'"),
        ("elliptic_envelope", {"features": "yaer"}, "Column 'yaer'", "'year'"),
    ],
)
def test_that_it_is_said_what_is_wrong(
    steps: Steps,
    penguins: Path,
    card: str,
    inputs: dict[str, Any],
    message: str,
    hint: str,
) -> None:
    error = steps.fails(card, data=penguins, **inputs).error
    assert message in error["message"]
    assert hint in error["hint"]


def test_that_a_model_of_another_kind_is_refused(steps: Steps, penguins: Path) -> None:
    clusters = steps.ok("k_means", data=penguins).output("model")
    error = steps.fails("score_anomalies", model=clusters, data=penguins).error
    assert "made for clustering, not for anomaly detection" in error["message"]
    table = steps.table({"year": [2007]})
    error = steps.fails("assign_to_clusters", model=clusters, data=table).error
    assert "The model needs bill_length_mm" in error["message"]


def test_that_text_alone_is_nothing_to_compare_by(steps: Steps) -> None:
    error = steps.fails("k_means", data=steps.table({"a": ["x", "y"] * 9})).error
    assert "no column with numbers" in error["message"]
