"""What to try: spaces that suit a kind of model, and those a person writes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np
import step
from step import ComponentError

_TREES = {
    "max_depth": [None, 3, 5, 8, 12],
    "min_samples_leaf": [1, 2, 5, 10],
    "max_features": ["sqrt", 0.5, 1.0],
}
_LOG = {"low": 0.001, "high": 100, "log": True}
_SUITED: dict[str, dict[str, Any]] = {
    "RandomForest": {**_TREES, "n_estimators": [50, 100, 200]},
    "ExtraTrees": {**_TREES, "n_estimators": [50, 100, 200]},
    "DecisionTree": {**_TREES, "max_features": [None, "sqrt"]},
    "HistGradientBoosting": {
        "learning_rate": {"low": 0.02, "high": 0.3, "log": True},
        "max_iter": [50, 100, 200],
        "max_leaf_nodes": [7, 15, 31, 63],
        "l2_regularization": {"low": 0.0001, "high": 10, "log": True},
        "min_samples_leaf": [5, 10, 20, 40],
    },
    "LogisticRegression": {"C": _LOG},
    "Ridge": {"alpha": _LOG},
    "Lasso": {"alpha": _LOG},
    "ElasticNet": {"alpha": _LOG, "l1_ratio": [0.1, 0.5, 0.9]},
    "SVC": {"C": _LOG, "gamma": ["scale", 0.01, 0.1, 1.0], "kernel": ["rbf", "linear"]},
    "SVR": {"C": _LOG, "gamma": ["scale", 0.01, 0.1, 1.0], "kernel": ["rbf", "linear"]},
    "KNeighbors": {
        "n_neighbors": [1, 3, 5, 9, 15, 25],
        "weights": ["uniform", "distance"],
        "metric": ["euclidean", "manhattan"],
    },
    "GaussianNB": {"var_smoothing": {"low": 1e-12, "high": 1, "log": True}},
    "MLP": {
        "hidden_layer_sizes": [[16], [64], [64, 32], [128]],
        "alpha": {"low": 0.00001, "high": 0.1, "log": True},
        "learning_rate_init": {"low": 0.0003, "high": 0.03, "log": True},
    },
    "LGBM": {
        "learning_rate": {"low": 0.02, "high": 0.3, "log": True},
        "num_leaves": [7, 15, 31, 63],
        "n_estimators": [50, 100, 200, 400],
    },
    "XGB": {
        "learning_rate": {"low": 0.02, "high": 0.3, "log": True},
        "max_depth": [3, 5, 8],
        "n_estimators": [50, 100, 200, 400],
    },
}


def of(text: str | None, estimator: Any) -> dict[str, Any]:
    """The space, by the names of the estimator's own parameters."""
    named = {n.rpartition("__")[2]: n for n in estimator.get_params()}
    named |= {name: name for name in estimator.get_params()}
    if not text or not text.strip():
        return {named[k]: v for k, v in _suited(estimator).items() if k in named}
    space = _parsed(text)
    for name, values in space.items():
        if name not in named:
            raise ComponentError(
                f"{type(estimator).__name__} has no parameter '{name}'",
                f"{step.closest(name, named)}It has: {step.listing(sorted(named), 40)}",
            )
        _check(name, values)
    return {named[name]: values for name, values in space.items()}


def _suited(estimator: Any) -> dict[str, Any]:
    inner = getattr(estimator, "estimator", None) or estimator
    for kind, space in _SUITED.items():
        if type(inner).__name__.startswith(kind):
            return space
    raise ComponentError(
        f"No space is known for {type(inner).__name__}",
        "Write what to try in 'Space', e.g. {\"alpha\": [0.1, 1, 10]}",
    )


def _parsed(text: str) -> dict[str, Any]:
    try:
        space = json.loads(text)
    except json.JSONDecodeError as error:
        raise ComponentError(
            f"'Space' is not JSON: {error.msg} at column {error.colno}",
            'Write it like {"max_depth": [3, 5, null]}',
        ) from error
    if not isinstance(space, dict) or not space:
        raise ComponentError(
            "'Space' names no parameter", 'Write it like {"max_depth": [3, 5, null]}'
        )
    return space


def _check(name: str, values: Any) -> None:
    if isinstance(values, list) and values:
        return
    if isinstance(values, dict) and {"low", "high"} <= set(values):
        low, high = values["low"], values["high"]
        numbers = all(isinstance(each, int | float) for each in (low, high))
        if numbers and low < high and (low > 0 or not values.get("log")):
            return
    raise ComponentError(
        f"'{name}' in 'Space' is neither a list nor a range",
        'Write [1, 2, 3], or {"low": 0.01, "high": 1, "log": true} with low below high',
    )


# -- what to try --------------------------------------------------------------


def trials(
    space: Mapping[str, Any], strategy: str, count: int, seed: int
) -> list[dict[str, Any]]:
    """Combinations, each once; the whole grid must fit into the count."""
    if strategy == "grid":
        return _grid(space, count)
    rng = np.random.default_rng(seed)
    found: dict[str, dict[str, Any]] = {}
    for drawn in _draws(space, rng, attempts=count * 20):
        found.setdefault(json.dumps(drawn, sort_keys=True), drawn)
        if len(found) == count:
            break
    return list(found.values())


def _grid(space: Mapping[str, Any], count: int) -> list[dict[str, Any]]:
    if ranges := [name for name, values in space.items() if isinstance(values, dict)]:
        raise ComponentError(
            f"A grid can't try the range of '{ranges[0].rpartition('__')[2]}'",
            "Write a list of values in 'Space', or choose random in 'Strategy'",
        )
    whole = math.prod(len(values) for values in space.values())
    if whole > count:
        raise ComponentError(
            f"The grid has {whole} combinations, more than {count} trials",
            f"Raise 'Trials' to {whole}, shorten the lists, or choose random",
        )
    return [
        dict(zip(space, values, strict=True)) for values in product(*space.values())
    ]


def _draws(
    space: Mapping[str, Any], rng: Any, attempts: int
) -> Iterator[dict[str, Any]]:
    for _ in range(attempts):
        yield {name: _draw(values, rng) for name, values in space.items()}


def _draw(values: Any, rng: Any) -> Any:
    if isinstance(values, list):
        return values[int(rng.integers(len(values)))]
    low, high = values["low"], values["high"]
    if values.get("log"):
        drawn = math.exp(rng.uniform(math.log(low), math.log(high)))
    else:
        drawn = rng.uniform(low, high)
    whole = isinstance(low, int) and isinstance(high, int) and not values.get("log")
    return round(drawn) if whole else float(f"{drawn:.4g}")


def as_given(value: Any) -> Any:
    """A value as scikit-learn takes it: lists of layers are tuples there."""
    return tuple(value) if isinstance(value, list) else value
