"""Tell unusual rows among new ones."""

from __future__ import annotations

from pathlib import Path

import step
import tables
import unsupervised


def main(model: Path, data: Path, table: Path) -> None:
    frame = tables.frame(data)
    loaded, rows = unsupervised.load(model, "anomaly_detection", frame)
    unusual = loaded.predict(rows) < 0
    scores = unsupervised.finite(-loaded.score_samples(rows))
    told = {"anomaly": unusual, "anomaly_score": scores}
    tables.write_frame(unsupervised.with_columns(frame, **told), table)
    step.metrics({"rows": len(frame), "anomalies": int(unusual.sum())})


if __name__ == "__main__":
    step.run(main)
