"""CSV and JSON lines: first rows at once, the rest turned into Parquet."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence
from uuid import uuid4

from .desk import Job
from .sources import HEAD, ParquetTable

GROUP_ROWS = 122_880
TICK = 0.2
MISSING = ("", "NA", "N/A", "n/a", "NULL", "null", "NaN", "nan", "None", "<NA>")
"""What stands for no value in a text file, as pandas reads it."""


class ConvertedTable:
    """`rows` is None until `settle` has read everything."""

    def __init__(self, asked: Dict[str, Any], folder: Path) -> None:
        self._asked, self._folder = asked, folder
        self._whole: Optional[ParquetTable] = None
        self._settling = threading.Lock()
        head = f"SELECT * FROM {_source(asked)} LIMIT {HEAD}"
        self._head = _connect().sql(head).to_arrow_table()

    @property
    def schema(self) -> Any:
        return self._whole.schema if self._whole else self._head.schema

    @property
    def rows(self) -> Optional[int]:
        if self._whole is not None:
            return self._whole.rows
        # Fewer than asked for are all there are.
        return len(self._head) if len(self._head) < HEAD else None

    def shape(self) -> Dict[str, Any]:
        columns = [[f.name, str(f.type), bool(f.nullable)] for f in self.schema]
        return {"columns": columns, "rows": self.rows}

    def settle(self, job: Job) -> None:
        """Read all of it; progress, 0 to 1, is told as {"progress": ...}."""
        with self._settling:
            if self._whole is None:
                self._whole = self._convert(job)

    def slice(self, start: int, count: int, numbers: Sequence[int]) -> List[Any]:
        if self._whole is not None:
            return self._whole.slice(start, count, numbers)
        part = self._head.slice(start, count)
        return [part.column(number) for number in numbers]

    def take(self, rows: Any, numbers: Sequence[int]) -> List[Any]:
        return self._settled().take(rows, numbers)

    def column(self, number: int) -> Any:
        return self._settled().column(number)

    def column_once(self, number: int) -> Any:
        return self._settled().column_once(number)

    def _settled(self) -> ParquetTable:
        if self._whole is None:
            raise ValueError("it has not been read yet")
        return self._whole

    def _convert(self, job: Job) -> ParquetTable:
        import duckdb

        file = self._folder / f"{uuid4().hex}.parquet"
        try:
            _copy(_source(self._asked), file, job)
        except (duckdb.ConversionException, duckdb.InvalidInputException):
            job.check()
            # The first rows misled: look at all of them before choosing types.
            _copy(_source(self._asked, sample=-1), file, job)
        return ParquetTable([str(file)])


def _copy(source: str, file: Path, job: Job) -> None:
    connection = _connect()
    done = threading.Event()

    def tell() -> None:
        while not done.wait(TICK):
            part = connection.query_progress()
            job.emit({"progress": part / 100 if part > 0 else None})

    job.on_cancel = connection.interrupt
    threading.Thread(target=tell, daemon=True).start()
    try:
        connection.execute(
            f"COPY (SELECT * FROM {source}) TO {_quoted(str(file))} "
            f"(FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {GROUP_ROWS})"
        )
    except Exception:
        job.check()
        raise
    finally:
        done.set()
        job.on_cancel = None


def _source(asked: Dict[str, Any], sample: int = 20_480) -> str:
    """The SQL of a table function; files are ours to name, so they are only quoted."""
    files = "[" + ", ".join(_quoted(file) for file in asked["files"]) + "]"
    if asked["format"] == "json":
        return f"read_json({files}, format='newline_delimited', sample_size={sample})"
    mark = _quoted(asked.get("delimiter") or ",")
    missing = "[" + ", ".join(map(_quoted, MISSING)) + "]"
    return (
        f"read_csv({files}, delim={mark}, header=true, nullstr={missing}, "
        f"sample_size={sample})"
    )


def _connect() -> Any:
    import duckdb

    offline: Dict[str, Any] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    return duckdb.connect(config=offline)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
