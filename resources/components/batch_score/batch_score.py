"""Predict a table batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mlflow_folder
import pandas as pd
import predicting
import pyarrow as pa
import pyarrow.parquet as pq
import step
import tables
from step import ComponentError


def main(
    model: Path,
    data: Path,
    rows_at_once: int,
    probabilities: bool,
    most_failed_batches: int,
    table: Path,
    keep: str | None = None,
) -> None:
    described = mlflow_folder.describe(model)
    loaded = mlflow_folder.load(model, described)
    wanted = mlflow_folder.input_columns(described)
    scorer = _Scorer(loaded, described, wanted, probabilities)
    whole = _rows(data)
    table.mkdir(parents=True, exist_ok=True)
    done, failed = 0, 0
    with _Writer(table) as writer:
        for number, batch in enumerate(batches(data, rows_at_once), start=1):
            kept = _kept(batch, keep)
            try:
                writer.add(kept, scorer.predict(batch))
            except ComponentError as error:
                failed += 1
                if failed > most_failed_batches:
                    raise _with_place(error, number, done) from error
                print(f"Batch {number} (from row {done + 1}): {error.message}")
                writer.add(kept, None)
            done += batch.num_rows
            step.progress(min(1.0, done / max(1, whole)), f"row {done} of {whole}")
        if not done:
            raise ComponentError(
                "The table has no rows to predict for", "Check the step before"
            )
    (table / "MLTable").write_text(tables.MLTABLE, encoding="utf-8")
    step.metrics({"rows": done, "batches": number, "failed_batches": failed})
    print(f"Predicted {step.count(done, 'row')} in {number} batches, {failed} failed")


class _Scorer:
    """Rows of a batch to columns of predictions."""

    def __init__(
        self, model: Any, described: Any, wanted: list[str], probabilities: bool
    ) -> None:
        self._model, self._described = model, described
        self._wanted, self._probabilities = wanted, probabilities

    def predict(self, batch: pa.Table) -> pd.DataFrame:
        frame = tables.as_frame(batch)
        mlflow_folder.require_columns(list(frame.columns), self._wanted)
        rows = mlflow_folder.typed(
            frame[self._wanted] if self._wanted else frame, self._described
        )
        return predicting.part(self._model, rows, self._probabilities)


class _Writer:
    """One Parquet file, written batch by batch.

    What a prediction looks like is known from the first that worked: rows before
    it wait, for as many batches as may fail.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / "data.parquet"
        self._writer: pq.ParquetWriter | None = None
        self._schema: pa.Schema | None = None
        self._waiting: list[pa.Table] = []

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer is None and self._waiting:
            self._open(
                self._waiting[0].schema.append(pa.field("prediction", pa.null()))
            )
        if self._writer is not None:
            self._writer.close()

    def add(self, kept: pa.Table, predicted: pd.DataFrame | None) -> None:
        if predicted is None and self._writer is None:
            self._waiting.append(kept)
            return
        whole = kept
        if predicted is not None:
            found = tables.from_frame(predicted)
            names = [name for name in kept.column_names if name in found.column_names]
            whole = kept.drop_columns(names)
            for name in found.column_names:
                whole = whole.append_column(name, found.column(name))
        if self._writer is None:
            self._open(whole.schema)
        self._write(whole)

    def _open(self, schema: pa.Schema) -> None:
        self._schema = schema.remove_metadata()
        self._writer = pq.ParquetWriter(self._file, self._schema)
        for table in self._waiting:
            self._write(table)
        self._waiting = []

    def _write(self, table: pa.Table) -> None:
        assert self._writer is not None and self._schema is not None
        columns = [
            table.column(field.name).cast(field.type)
            if field.name in table.column_names
            else pa.nulls(table.num_rows, field.type)
            for field in self._schema
        ]
        self._writer.write_table(pa.table(columns, schema=self._schema))


def _with_place(error: ComponentError, number: int, done: int) -> ComponentError:
    message = f"Batch {number} (from row {done + 1}): {error.message}"
    return ComponentError(message, error.hint)


def _kept(batch: pa.Table, keep: str | None) -> pa.Table:
    names = batch.column_names
    return batch.select(tables.choose(names, keep, "keep", names))


# -- reading ------------------------------------------------------------------


def batches(data: Path, rows: int) -> Iterator[pa.Table]:
    """The rows in order; of Parquet no more than a batch is in memory."""
    for file in _files(data):
        if tables.is_parquet(file):
            for batch in pq.ParquetFile(file).iter_batches(batch_size=rows):
                yield pa.Table.from_batches([batch])
        else:
            yield from _sliced(tables.read(file), rows)
    if not _files(data):
        yield from _sliced(tables.read(data), rows)


def _files(data: Path) -> list[Path]:
    """The files to read one by one; none where an MLTable says how to read them."""
    if not data.exists():
        tables.read(data)
    if not (data / "MLTable").is_file():
        return tables.data_files(data)
    text = (data / "MLTable").read_text(encoding="utf-8")
    return [data / "data.parquet"] if text == tables.MLTABLE else []


def _sliced(table: pa.Table, rows: int) -> Iterator[pa.Table]:
    for start in range(0, table.num_rows, rows):
        yield table.slice(start, rows)


def _rows(data: Path) -> int:
    """How many rows there are, where the files say it without being read."""
    files = [file for file in _files(data) if tables.is_parquet(file)]
    return sum(pq.ParquetFile(file).metadata.num_rows for file in files)


if __name__ == "__main__":
    step.run(main)
