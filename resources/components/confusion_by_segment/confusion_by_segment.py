"""Count right and wrong categories within segments of rows."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import judged
import numpy as np
import pandas as pd
import plots
import step
import tables
from sklearn import metrics
from step import ComponentError

_MANY_LABELS = 100
_PICTURES = 8


def main(
    data: Path,
    target: str,
    prediction: str,
    segment: str,
    ranges: int,
    table: Path,
    evaluation: Path,
) -> None:
    frame = judged.rows(data, target, prediction)
    tables.require(list(frame.columns), segment, "segment")
    actual = np.array(judged.texts(frame[target]), dtype=object)
    predicted = np.array(judged.texts(frame[prediction]), dtype=object)
    labels = sorted({*actual, *predicted})
    if len(labels) > _MANY_LABELS:
        raise ComponentError(
            f"'{target}' and '{prediction}' hold {len(labels)} different values: "
            "too many for categories",
            "Use Evaluate regression by group for numbers, or choose other columns",
        )
    segments = judged.groups(frame, segment, ranges, "segment")
    told = []
    for name in segments.cat.categories:
        inside = (segments == name).to_numpy()
        if inside.any():
            told.append({segment: name, **measured(actual[inside], predicted[inside])})
    worst = pd.DataFrame(told).sort_values("accuracy", ignore_index=True, kind="stable")
    values = {
        "accuracy": float((actual == predicted).mean()),
        "segments": float(len(worst)),
        "worst_accuracy": float(worst.accuracy[0]),
        "accuracy_gap": float(worst.accuracy.iloc[-1] - worst.accuracy[0]),
    }
    step.metrics(values)
    plots.write_metrics(evaluation, values)
    bars = plots.numbers(row["accuracy"] for row in told)
    names = [row[segment] for row in told]
    shown = (evaluation, "bars", "Accuracy by segment", segment, "Accuracy")
    plots.write(*shown, labels=names, values=bars)
    for number, name in enumerate(worst[segment].head(_PICTURES), start=1):
        inside = (segments == name).to_numpy()
        counted = metrics.confusion_matrix(
            actual[inside], predicted[inside], labels=labels
        )
        plots.write(
            evaluation,
            "confusion_matrix",
            f"{segment}: {name}",
            "Predicted",
            "Actual",
            file=f"confusion_{number}",
            labels=labels,
            values=counted.tolist(),
        )
    tables.write_frame(worst, table)
    print(f"The worst segment is {worst[segment][0]}: {worst.accuracy[0]:.1%} right")


def measured(actual: np.ndarray, predicted: np.ndarray) -> dict[str, object]:
    mistakes = Counter(
        f"{happened} as {said}"
        for happened, said in zip(actual, predicted, strict=True)
        if happened != said
    )
    most = mistakes.most_common(1)
    return {
        "rows": float(len(actual)),
        "accuracy": float((actual == predicted).mean()),
        "f1": float(
            metrics.f1_score(actual, predicted, average="macro", zero_division=0)
        ),
        "mistakes": float(sum(mistakes.values())),
        "most_frequent_mistake": most[0][0] if most else None,
        "times": float(most[0][1]) if most else 0.0,
    }


if __name__ == "__main__":
    step.run(main)
