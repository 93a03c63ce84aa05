"""What a model says about rows, as columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from step import ComponentError


def part(model: Any, rows: pd.DataFrame, probabilities: bool) -> pd.DataFrame:
    if rows.empty:
        raise ComponentError(
            "The table has no rows to predict for", "Check the step before"
        )
    try:
        values = np.asarray(model.predict(rows)).reshape(len(rows), -1)
        chances = _chances(model, rows) if probabilities else {}
    except (ValueError, TypeError) as error:
        raise ComponentError(
            f"The model can't predict for these rows: {str(error).splitlines()[0]}",
            "Prepare the table in the same way as the training table",
        ) from error
    names = ["prediction", *(f"prediction_{n}" for n in range(2, values.shape[1] + 1))]
    columns = dict(zip(names, values.T, strict=True))
    return pd.DataFrame({**columns, **chances}).infer_objects()


def _chances(model: Any, rows: pd.DataFrame) -> dict[str, Any]:
    if not hasattr(model, "predict_proba") or not hasattr(model, "classes_"):
        return {}
    chances = np.asarray(model.predict_proba(rows))
    names = [f"probability_{label}" for label in model.classes_]
    return dict(zip(names, chances.T, strict=True))
