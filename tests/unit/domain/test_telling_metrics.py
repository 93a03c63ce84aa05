"""Which metrics judge a model, and which only count."""

from __future__ import annotations

from studio.domain.metrics import main_metrics, telling_metrics

COUNTS = {"rows": 100.0, "rows_dropped": 3.0, "train_rows": 75.0, "columns": 4.0}


def test_that_a_quality_comes_before_any_count() -> None:
    given = {**COUNTS, "training_rows_seen": 9.0, "training_accuracy": 0.9}
    assert next(iter(telling_metrics(given))) == "training_accuracy"
    assert list(main_metrics({**given, "rmse": 1.0, "r2": 0.8})) == ["r2", "rmse"]


def test_that_without_any_quality_counts_are_told() -> None:
    assert list(telling_metrics(COUNTS, 4)) == list(COUNTS)
    assert main_metrics(COUNTS) == {}
