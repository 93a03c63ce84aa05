"""Find out how a CSV file is written, and say where it is broken."""

from __future__ import annotations

import codecs
import csv
import gzip
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import step
from step import ComponentError

NAMES = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "space": " "}
_CANDIDATES = (",", ";", "\t", "|")
_SAMPLE_ROWS = 200
_CHUNK = 1 << 22
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMA_NUMBER = re.compile(r"^-?\d+,\d+$")
_POINT_NUMBER = re.compile(r"^-?\d*\.\d+$")


def named(delimiter: str) -> str:
    """A delimiter in words for a message."""
    words = {sign: name for name, sign in NAMES.items()}
    return words.get(delimiter, f"'{delimiter}'")


def open_bytes(file: Path) -> IO[bytes]:
    if file.suffix.lower() == ".gz":
        return gzip.open(file, "rb")  # type: ignore[return-value]
    return file.open("rb")


def find_encoding(file: Path, wanted: str) -> str:
    """The encoding to read with; `wanted` other than auto is checked first."""
    if wanted != "auto":
        return _checked(file, wanted)
    with open_bytes(file) as stream:
        start = stream.read(4)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    if _first_bad_byte(file, "utf-8") is None:
        return "utf-8"
    fits = _first_bad_byte(file, "windows-1252") is None
    guess = "windows-1252" if fits else "latin-1"
    print(f"{file.name} isn't UTF-8; reading it as {guess} (Western Europe)")
    return guess


def _checked(file: Path, wanted: str) -> str:
    try:
        codecs.lookup(wanted)
    except LookupError:
        raise ComponentError(
            f"'{wanted}' is no encoding that is known",
            "Set 'Encoding' to auto, utf-8, utf-16 or windows-1252",
        ) from None
    if (bad := _first_bad_byte(file, wanted)) is not None:
        raise _bad_encoding(file, wanted, bad)
    return wanted


def _first_bad_byte(file: Path, encoding: str) -> int | None:
    """The offset of the first byte that can't be decoded, or None."""
    decoder = codecs.getincrementaldecoder(encoding)()
    offset = 0
    with open_bytes(file) as stream:
        while True:
            chunk = stream.read(_CHUNK)
            held = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return offset - held + error.start
            if not chunk:
                return None
            offset += len(chunk)


def _bad_encoding(file: Path, encoding: str, offset: int) -> ComponentError:
    with open_bytes(file) as stream:
        before = stream.read(offset)
        byte = stream.read(1)
    line = before.count(b"\n") + 1
    column = len(before) - (before.rfind(b"\n") + 1) + 1
    value = f"byte 0x{byte[0]:02X}" if byte else "the end of the file"
    return ComponentError(
        f"{file.name}, line {line}, column {column}: {value} isn't valid {encoding}",
        "Set 'Encoding' to auto, or to the encoding the file was saved in "
        "(often windows-1252)",
        file=str(file),
        line=line,
    )


def find_delimiter(file: Path, wanted: str, encoding: str, skip: int) -> str:
    """The character between fields; a chosen one that can't be right is an error."""
    sample = list(itertools.islice(_lines(file, encoding, skip), _SAMPLE_ROWS))
    if not any(line.strip() for line in sample):
        raise ComponentError(
            f"{file.name} is empty", "Choose a file that has rows", file=str(file)
        )
    best = max(_CANDIDATES, key=lambda sign: _agreement(sample, sign))
    found = _agreement(sample, best)[0] > 0
    if wanted == "auto":
        return best if found else ","
    chosen = NAMES.get(wanted, wanted.replace("\\t", "\t"))
    if len(chosen) != 1:
        raise ComponentError(
            f"'{wanted}' is not one character",
            "Set 'Delimiter' to auto, comma, semicolon, tab, pipe or one character",
        )
    if _agreement(sample, chosen)[0] == 0 and _agreement(sample, best)[0] > 0.9:
        raise _wrong_delimiter(file, sample, chosen, best)
    return chosen


def _agreement(sample: list[str], delimiter: str) -> tuple[float, int]:
    """How well the rows agree on a number of fields above 1, and that number."""
    counts = Counter(len(row) for row in csv.reader(sample, delimiter=delimiter) if row)
    fields, rows = counts.most_common(1)[0] if counts else (1, 0)
    return (rows / counts.total(), fields) if fields > 1 else (0.0, 1)


def _wrong_delimiter(
    file: Path, sample: list[str], chosen: str, best: str
) -> ComponentError:
    fields = _agreement(sample, best)[1]
    return ComponentError(
        f"{file.name}, line 1: no {named(chosen)} separates its fields, "
        f"but {named(best)} gives {fields} columns",
        f"Set 'Delimiter' to {named(best)} or auto",
        file=str(file),
        line=1,
    )


def find_decimal(
    file: Path, wanted: str, delimiter: str, encoding: str, skip: int
) -> str:
    """The decimal sign: a comma only if the numbers of a sample show nothing else."""
    if wanted != "auto":
        return wanted
    if delimiter == ",":
        return "."
    lines = itertools.islice(_lines(file, encoding, skip), _SAMPLE_ROWS)
    fields = [f for row in csv.reader(lines, delimiter=delimiter) for f in row]
    commas = sum(1 for field in fields if _COMMA_NUMBER.match(field.strip()))
    points = sum(1 for field in fields if _POINT_NUMBER.match(field.strip()))
    return "," if commas and not points else "."


def explain(file: Path, layout: dict[str, Any], reason: str) -> ComponentError:
    """Why Arrow could not read a file: the line and column where it breaks."""
    try:
        if told := _ragged_row(file, layout):
            return told
    except csv.Error as error:
        reason = str(error)
    return ComponentError(
        f"{file.name} can't be read as CSV: {reason}",
        f"It was read with {named(layout['delimiter'])} as the delimiter and "
        f"{layout['encoding']} as the encoding; correct them in the step",
        file=str(file),
    )


def _ragged_row(file: Path, layout: dict[str, Any]) -> ComponentError | None:
    lines = _lines(file, layout["encoding"], layout["skip"])
    reader = csv.reader(lines, delimiter=layout["delimiter"])
    expected = 0
    line = 1 + layout["skip"]
    for row in reader:
        expected = expected or len(row)
        if row and len(row) != expected:
            return _ragged(file, line, row, expected, layout["delimiter"])
        line = reader.line_num + 1 + layout["skip"]
    return None


def _ragged(
    file: Path, line: int, row: list[str], expected: int, delimiter: str
) -> ComponentError:
    column = min(len(row), expected) + 1
    if any("\n" in field for field in row):
        hint = 'A quote (") that opens in this line is not closed: correct the line'
    elif len(row) > expected:
        hint = f"Put quotes around a field that holds a {named(delimiter)}"
    else:
        hint = "Add the missing fields, or leave the line out of the file"
    return ComponentError(
        f"{file.name}, line {line}, column {column}: {step.count(len(row), 'field')} "
        f"where {expected} are expected",
        f"{hint}. If all lines look wrong, change 'Delimiter'.",
        file=str(file),
        line=line,
    )


def _lines(file: Path, encoding: str, skip: int) -> Iterator[str]:
    with open_bytes(file) as stream:
        text = codecs.getreader(encoding)(stream, errors="replace")
        yield from itertools.islice(text, skip, None)
