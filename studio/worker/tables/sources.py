"""Tables whose rows can be read anywhere: Parquet, and what is turned into it."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, Sequence, Tuple

from .desk import Job

HEAD = 1024
MEGABYTE = 1 << 20
CACHE_BYTES = 1 << 30


def open_table(asked: Dict[str, Any], folder: Path) -> Any:
    """`asked` has files, format (parquet, csv, json) and, of CSV, the delimiter."""
    if asked["format"] == "parquet":
        return ParquetTable(asked["files"])
    from .conversion import ConvertedTable

    return ConvertedTable(asked, folder)


def warm() -> None:
    """Read a small table and touch memory: the first of each costs many times more."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute
    import pyarrow.parquet as parquet

    touched = [pa.allocate_buffer(MEGABYTE * 2) for _ in range(16)]
    for buffer in touched:
        np.frombuffer(buffer, np.uint8)[:] = 0
    sink = pa.BufferOutputStream()
    text = pa.array(["a", None]).dictionary_encode().cast(pa.string())
    parquet.write_table(pa.table({"x": [0.5, None], "y": text}), sink)
    small = parquet.ParquetFile(pa.BufferReader(sink.getvalue()), pre_buffer=False)
    for batch in small.iter_batches(batch_size=HEAD, columns=["x", "y"]):
        batch.to_pylist()


class Group(NamedTuple):
    """One row group; `first` is its first row in the whole table."""

    file: int
    number: int
    first: int
    rows: int


class ParquetTable:
    """Decodes a column of a row group at a time and keeps the last ones used."""

    def __init__(self, files: Sequence[str]) -> None:
        self._names = tuple(files)
        self._files = tuple(_opened(file) for file in files)
        self.schema = self._files[0].schema_arrow
        self._check_same()
        self._groups = list(self._list_groups())
        self._starts = [group.first for group in self._groups]
        self.rows: int = sum(group.rows for group in self._groups)
        self._kept: OrderedDict[Tuple[int, int], Any] = OrderedDict()
        self._kept_bytes = 0
        self._lock = threading.Lock()

    def shape(self) -> Dict[str, Any]:
        columns = [[f.name, str(f.type), bool(f.nullable)] for f in self.schema]
        return {"columns": columns, "rows": self.rows}

    def settle(self, job: Job) -> None:
        """Parquet knows its rows."""

    def slice(self, start: int, count: int, numbers: Sequence[int]) -> List[Any]:
        """One array for each column."""
        count = max(0, min(count, self.rows - start))
        if start + count <= HEAD and not self._has(0, numbers):
            return self._head(start, count, numbers)
        return [self._part(start, count, number) for number in numbers]

    def take(self, rows: Any, numbers: Sequence[int]) -> List[Any]:
        """The rows with these numbers, in this order."""
        return [self.column(number).take(rows) for number in numbers]

    def column(self, number: int) -> Any:
        """A whole column, as a chunked array."""
        return self._whole(number, self._decoded)

    def column_once(self, number: int) -> Any:
        """The same for one look: nothing is kept, texts come as a dictionary."""
        if _is_text(self.schema.field(number).type) and not self._is_ambiguous:
            return self._whole(number, self._read_dictionary)
        return self._whole(number, self._read_once)

    def _whole(self, number: int, read: Callable[[int, int], Any]) -> Any:
        import pyarrow as pa

        parts = [read(at, number) for at in range(len(self._groups))]
        chunks = [chunk for part in parts for chunk in part.chunks]
        kind = parts[0].type if parts else self.schema.field(number).type
        return pa.chunked_array(chunks, type=kind)

    def _part(self, start: int, count: int, number: int) -> Any:
        import pyarrow as pa

        chunks: List[Any] = []
        at = max(0, bisect_right(self._starts, start) - 1)
        while count > 0 and at < len(self._groups):
            group = self._groups[at]
            skipped = start - group.first
            part = self._decoded(at, number).slice(skipped, count)
            chunks += part.chunks
            count, start = count - len(part), start + len(part)
            at += 1
        return pa.chunked_array(chunks, type=self.schema.field(number).type)

    def _head(self, start: int, count: int, numbers: Sequence[int]) -> List[Any]:
        """The first rows without decoding the rest of their group."""
        import pyarrow as pa

        names = [self.schema.names[number] for number in numbers]
        columns = None if self._is_ambiguous else names
        found: List[Any] = []
        missing = start + count
        for file in self._files:
            for batch in file.iter_batches(batch_size=HEAD, columns=columns):
                found.append(batch.slice(0, missing))
                missing -= len(found[-1])
                if missing <= 0:
                    break
            if missing <= 0:
                break
        if not found:
            return [pa.array([], self.schema.field(n).type) for n in numbers]
        table = pa.Table.from_batches(found).slice(start)
        places = (
            numbers if columns is None else [table.schema.names.index(n) for n in names]
        )
        return [table.column(place) for place in places]

    def _decoded(self, at: int, number: int) -> Any:
        key = (at, number)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = self._decode(self._groups[at], number)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made
                self._kept_bytes += made.nbytes
            while self._kept_bytes > CACHE_BYTES and len(self._kept) > 1:
                self._kept_bytes -= self._kept.popitem(last=False)[1].nbytes
        return made

    def _read_once(self, at: int, number: int) -> Any:
        with self._lock:
            kept = self._kept.get((at, number))
        return self._decode(self._groups[at], number) if kept is None else kept

    def _read_dictionary(self, at: int, number: int) -> Any:
        """A column of texts, each different one made once."""
        import pyarrow as pa

        group, name = self._groups[at], self.schema.names[number]
        known = self._files[group.file].metadata
        way = {"metadata": known, "read_dictionary": [name]}
        file = _opened(self._names[group.file], **way)
        found = file.read_row_group(group.number, columns=[name]).column(name)
        if found.type == pa.dictionary(pa.int32(), pa.string()):
            return found
        return found.cast(pa.string()).dictionary_encode()

    def _decode(self, group: Group, number: int) -> Any:
        file = self._files[group.file]
        if self._is_ambiguous:
            return file.read_row_group(group.number).column(number)
        name = self.schema.names[number]
        found = file.read_row_group(group.number, columns=[name]).column(name)
        wanted = self.schema.field(number).type
        return found if found.type == wanted else found.cast(wanted)

    @property
    def _is_ambiguous(self) -> bool:
        return len(set(self.schema.names)) < len(self.schema.names)

    def _has(self, at: int, numbers: Sequence[int]) -> bool:
        return all((at, number) in self._kept for number in numbers)

    def _list_groups(self) -> Any:
        first = 0
        for place, file in enumerate(self._files):
            for number in range(file.metadata.num_row_groups):
                rows = file.metadata.row_group(number).num_rows
                yield Group(place, number, first, rows)
                first += rows

    def _check_same(self) -> None:
        for file in self._files[1:]:
            if file.schema_arrow.names != self.schema.names:
                raise ValueError("its files don't have the same columns")


def _opened(file: str, **ways: Any) -> Any:
    import pyarrow.parquet as parquet

    return parquet.ParquetFile(file, memory_map=True, pre_buffer=False, **ways)


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind))
