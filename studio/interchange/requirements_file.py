"""A requirements.txt of a project, with the files it names, as one text."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from studio.domain.errors import InvalidError
from studio.domain.imported_environment import ImportedEnvironment
from studio.domain.requirement_lines import required_name, requirement_lines
from studio.interchange.requirements_txt import read_requirements
from studio.interchange.text_files import as_text, read_bytes

_MOST_BYTES = 1 << 20
_MOST_FILES = 50
_NAMED = re.compile(r"\s*(-r|--requirement|-c|--constraint)(?:\s*=\s*|\s*)(\S.*)$")
_COMMENT = re.compile(r"\s#.*$")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def import_requirements(path: Path, root: Path | None = None) -> ImportedEnvironment:
    """What the file asks for, with all it brings by `-r` and `-c` from within `root`.

    InvalidError names file and line of what can't be brought.
    """
    within = (root or path.parent).resolve()
    walk = _Walk(within)
    placed = [*walk.lines(path)]
    while placed and not placed[0][0].strip():
        placed.pop(0)
    lines = [line for line, _ in placed]
    text = "\n".join([*lines, *_bounds(lines, walk)]).strip() + "\n"
    return ImportedEnvironment(
        "pip",
        text,
        notes=tuple(walk.notes),
        source=str(path),
        places=tuple(place for _, place in placed),
    )


def read_requirements_file(path: Path) -> str:
    """The text; a file that PowerShell has written (UTF-16) is read too."""
    raw = read_bytes(path, _MOST_BYTES, "a requirements.txt")
    if raw.startswith(_UTF_16):
        try:
            return raw.decode("utf-16")
        except UnicodeDecodeError as error:
            raise InvalidError(
                f"{path} isn't UTF-16 text", "Save it as UTF-8"
            ) from error
    return as_text(raw, path)


@dataclass
class _Walk:
    """Files brought so far, so that none is brought twice or without end."""

    root: Path
    seen: set[Path] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    bounds: list[str] = field(default_factory=list)

    def lines(self, path: Path) -> Iterator[tuple[str, str]]:
        """The lines of a file, those of the files it names in their place; each with
        where it stands."""
        self.seen.add(path.resolve())
        if len(self.seen) > _MOST_FILES:
            raise InvalidError(
                f"{path} brings more than {_MOST_FILES} files", "Write fewer files"
            )
        for number, line in enumerate(read_requirements_file(path).splitlines(), 1):
            place = f"{path}, line {number}"
            named = _NAMED.match(_COMMENT.sub("", line).strip())
            if named is None:
                yield line, place
                continue
            inner = self._inner(path, number, named[2])
            if inner.resolve() in self.seen:
                continue
            if named[1] in ("-c", "--constraint"):
                self.bounds += [each for each, _ in self.lines(inner)]
            else:
                yield f"# from {named[2]}", place
                yield from self.lines(inner)

    def _inner(self, path: Path, number: int, name: str) -> Path:
        where, told = f"{path}, line {number}", name[:100]
        if "://" in name:
            raise InvalidError(
                f"{where}: a file of another computer isn't read",
                "Write its lines here",
            )
        try:
            inner = (path.parent / name).resolve()
            inside = inner.is_relative_to(self.root)
            there = inside and inner.is_file()
        except (OSError, ValueError, RuntimeError):
            inside, there = True, False
        if not inside:
            raise InvalidError(
                f"{where}: '{told}' lies outside of {self.root}",
                hint="Import the folder that holds both",
            )
        if not there:
            raise InvalidError(
                f"{where}: there is no file '{told}'", "Correct the path"
            )
        return inner


def _bounds(lines: Sequence[str], walk: _Walk) -> Iterator[str]:
    """Constraints on packages that are asked for; the others are only told."""
    asked = {required_name(each.text) for each in requirement_lines("\n".join(lines))}
    bounds = read_requirements("\n".join(walk.bounds)).asked
    kept = [each for each in bounds if each.name in asked]
    if kept:
        yield "# bounds of constraints"
        yield from (each.text for each in kept)
    left_out = sorted({each.name for each in bounds} - asked)
    if left_out:
        told = ", ".join(left_out[:10]) + (", …" if left_out[10:] else "")
        walk.notes.append(
            f"Constraints on packages that nothing asks for were left out: {told}. "
            "Where another package needs one of them, add its line"
        )
