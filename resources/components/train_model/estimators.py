"""The estimators to choose from, and the parameters each of them takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import step
from step import ComponentError


@dataclass(frozen=True)
class Choice:
    """An estimator: its class for each task, and our parameters in its names."""

    classifier: str = ""
    regressor: str = ""
    takes: Mapping[str, str] | None = None
    fixed: Mapping[str, Any] | None = None
    scaled: bool = False


CHOICES = {
    "random_forest": Choice(
        "sklearn.ensemble.RandomForestClassifier",
        "sklearn.ensemble.RandomForestRegressor",
        {
            "n_estimators": "n_estimators",
            "max_depth": "max_depth",
            "seed": "random_state",
        },
    ),
    "gradient_boosting": Choice(
        "sklearn.ensemble.HistGradientBoostingClassifier",
        "sklearn.ensemble.HistGradientBoostingRegressor",
        {
            "n_estimators": "max_iter",
            "max_depth": "max_depth",
            "learning_rate": "learning_rate",
            "seed": "random_state",
        },
        {"early_stopping": False},
    ),
    "decision_tree": Choice(
        "sklearn.tree.DecisionTreeClassifier",
        "sklearn.tree.DecisionTreeRegressor",
        {"max_depth": "max_depth", "seed": "random_state"},
    ),
    "logistic_regression": Choice(
        "sklearn.linear_model.LogisticRegression",
        takes={"c": "C", "max_iter": "max_iter", "seed": "random_state"},
        fixed={"max_iter": 1000},
        scaled=True,
    ),
    "linear_regression": Choice(
        regressor="sklearn.linear_model.LinearRegression", scaled=True
    ),
    "ridge": Choice(
        "sklearn.linear_model.RidgeClassifier",
        "sklearn.linear_model.Ridge",
        {"alpha": "alpha", "seed": "random_state"},
        scaled=True,
    ),
    "knn": Choice(
        "sklearn.neighbors.KNeighborsClassifier",
        "sklearn.neighbors.KNeighborsRegressor",
        {"n_neighbors": "n_neighbors"},
        scaled=True,
    ),
    "svm": Choice(
        "sklearn.svm.SVC",
        "sklearn.svm.SVR",
        {"c": "C", "seed": "random_state"},
        scaled=True,
    ),
    "mlp": Choice(
        "sklearn.neural_network.MLPClassifier",
        "sklearn.neural_network.MLPRegressor",
        {"max_iter": "max_iter", "seed": "random_state"},
        {"max_iter": 500},
        scaled=True,
    ),
}


def build(name: str, task: str, ours: Mapping[str, Any]) -> Any:
    """The estimator with those of our parameters that it takes."""
    choice = CHOICES[name]
    path = choice.classifier if task == "classification" else choice.regressor
    if not path:
        raise _wrong_task(name, task)
    module, _, kind = path.rpartition(".")
    factory = getattr(import_module(module), kind)
    valid = set(factory().get_params())
    given = _ours(name, choice, ours)
    return factory(
        **{
            **(choice.fixed or {}),
            **{key: value for key, value in given.items() if key in valid},
        }
    )


def _ours(name: str, choice: Choice, ours: Mapping[str, Any]) -> dict[str, Any]:
    takes = choice.takes or {}
    for key in ("max_depth", "max_iter"):  # those without a default were meant
        if ours.get(key) is not None and key not in takes:
            print(f"'{step.title(key)}' is not used by {name}")
    return {
        theirs: ours[key] for key, theirs in takes.items() if ours.get(key) is not None
    }


def _wrong_task(name: str, task: str) -> ComponentError:
    fitting = [
        other
        for other, choice in CHOICES.items()
        if (choice.classifier if task == "classification" else choice.regressor)
    ]
    predicts = "numbers" if task == "classification" else "categories"
    wanted = "categories" if task == "classification" else "numbers"
    return ComponentError(
        f"{name} predicts {predicts}, but the target holds {wanted}",
        f"Choose one of {step.listing(fitting)} in 'Estimator', or change 'Task'",
    )
