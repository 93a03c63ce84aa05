"""Put a model into the registry if its metric passes."""

from __future__ import annotations

import json
import math
from pathlib import Path

import registering
import step
from step import ComponentError

_LOWER = ("error", "loss", "cost", "rmse", "mae", "mse", "medae", "brier", "rank")


def main(
    model: Path,
    evaluation: Path,
    name: str,
    metric: str,
    direction: str,
    margin: float,
    otherwise: str,
    registered_model: Path,
    decision: Path,
    champion: Path | None = None,
    minimum: float | None = None,
    tags: str | None = None,
    description: str | None = None,
) -> None:
    registering.check_name(name)
    registering.tags(tags)
    values = registering.metrics(evaluation)
    value = _value(values, metric, "evaluation")
    before = None
    if champion is not None:
        before = _value(registering.metrics(champion), metric, "champion's evaluation")
    if before is None and minimum is None:
        raise ComponentError(
            "There is nothing to be better than",
            "Connect the champion's evaluation to 'Champion', or set 'Minimum'",
        )
    lower = is_lower_better(metric, direction)
    against = reason(metric, value, before, minimum, margin, lower)
    _record(decision, metric, value, before, minimum, against)
    registering.copy(model, registered_model)
    step.metrics({f"new_{metric}": value, "passed": float(not against)})
    if before is not None:
        step.metrics({f"champion_{metric}": before})
    if against and otherwise == "fail":
        raise ComponentError(
            f"'{name}' is not registered: {against}",
            "Train a better model, or change 'Minimum' or 'Margin'",
        )
    if against:
        print(f"'{name}' is not registered: {against}")
        return
    heard = registering.wish(model, name, values, tags, description)
    said = "is registered when this step has ended" if heard else "was only copied"
    print(f"{metric} {value:.4g} passes: model '{name}' {said}")


def _value(values: dict[str, float | str], metric: str, whose: str) -> float:
    if metric not in values:
        raise ComponentError(
            f"The {whose} has no metric '{metric}'",
            f"{step.closest(metric, values)}It has: {step.listing(values, 30)}. "
            "Choose one in 'Metric'.",
        )
    return float(values[metric])


def is_lower_better(metric: str, direction: str) -> bool:
    if direction != "auto":
        return direction == "lower"
    words = metric.lower().replace("-", "_").split("_")
    return any(word in _LOWER for word in words)


def reason(
    metric: str,
    value: float,
    before: float | None,
    minimum: float | None,
    margin: float,
    lower: bool,
) -> str:
    """Why the model doesn't pass; empty if it does."""
    sign = -1 if lower else 1
    if math.isnan(value):
        return f"{metric} is not a number"
    if minimum is not None and sign * value < sign * minimum:
        side = "above" if lower else "below"
        return f"{metric} is {value:.4g}, {side} {minimum:.4g}"
    if before is None:
        return ""
    gain = sign * (value - before)
    if gain > margin or (margin > 0 and gain >= margin):
        return ""
    needed = f", and must be better by {margin:.4g}" if margin else ""
    return f"{metric} is {value:.4g}, the champion's {before:.4g}{needed}"


def _record(
    folder: Path,
    metric: str,
    value: float,
    before: float | None,
    minimum: float | None,
    against: str,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "registered": not against,
        "reason": against or "passed",
        "metric": metric,
        "value": step.plain(value),
        "champion": None if before is None else step.plain(before),
        "minimum": minimum,
    }
    text = json.dumps(told, indent=2)
    (folder / "decision.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    step.run(main)
