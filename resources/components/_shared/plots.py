"""Plot data as PLOTS.md describes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import step

MAX_POINTS = 500


def write(
    folder: Path,
    kind: str,
    title: str,
    x_label: str,
    y_label: str,
    *,
    file: str = "",
    **data: Any,
) -> None:
    """Write `plots/KIND.json` under an output folder, or one called `file`."""
    path = folder / "plots" / f"{file or kind}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    plot = {
        "kind": kind,
        "title": title,
        "x_label": x_label,
        "y_label": y_label,
        **data,
    }
    path.write_text(json.dumps(plot), encoding="utf-8")


def write_metrics(folder: Path, values: Mapping[str, float]) -> None:
    """Write `metrics.json`; NaN and the infinities are words in it."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({k: step.plain(v) for k, v in values.items()}, indent=2)
    (folder / "metrics.json").write_text(text, encoding="utf-8")


def numbers(values: Iterable[float]) -> list[float]:
    """Numbers with six significant digits: enough for a picture."""
    return [float(f"{value:.6g}") for value in values]


def thinned(*series: Any) -> list[list[float]]:
    """Long series cut to the same MAX_POINTS places, first and last included."""
    length = len(series[0])
    places = np.arange(length)
    if length > MAX_POINTS:
        places = np.unique(np.linspace(0, length - 1, MAX_POINTS).astype(int))
    return [numbers(np.asarray(each, dtype=float)[places]) for each in series]
