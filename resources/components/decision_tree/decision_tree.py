"""Learn a tree of questions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import training
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, export_text

_SHOWN_LEVELS = 10


def build(
    task: str,
    max_depth: int,
    min_samples_leaf: int,
    ccp_alpha: float,
    balanced: bool,
    seed: int,
) -> Any:
    settings = {
        "max_depth": max_depth,
        "min_samples_leaf": min_samples_leaf,
        "ccp_alpha": ccp_alpha,
        "random_state": seed,
    }
    if task == "regression":
        return DecisionTreeRegressor(**settings)
    weight = "balanced" if balanced else None
    return DecisionTreeClassifier(**settings, class_weight=weight)


def write_rules(model: Any, report: Path) -> None:
    """The questions of the tree, in the log and in rules.txt."""
    prepare, tree = model.named_steps["prepare"], model.named_steps["model"]
    names = [
        name.split("__", 1)[1]
        for name in prepare.get_feature_names_out(model.feature_names_in_)
    ]
    rules = export_text(tree, feature_names=names, max_depth=_SHOWN_LEVELS)
    (report / "rules.txt").write_text(rules, encoding="utf-8")
    print(rules)


if __name__ == "__main__":
    training.run(build, training.Kind("decision_tree"), write_rules)
