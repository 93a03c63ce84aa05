"""Under which licence each package of a folder says it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

from studio.domain.requirement_lines import normal_name

_MOST_BYTES = 1 << 20
_LONGEST = 60
_CLASSIFIER = "License :: "


def licences_of(folder: Path) -> Mapping[str, str]:
    """By normal name, from the metadata of what is installed; "" where it says none."""
    found = {}
    for file in _metadata_files(folder):
        try:
            with file.open(encoding="utf-8", errors="replace") as opened:
                told = HeaderParser().parsestr(opened.read(_MOST_BYTES))
        except OSError:
            continue
        if name := str(told.get("Name", "")):
            found[normal_name(name)] = _licence(told)
    return found


def _metadata_files(folder: Path) -> Sequence[Path]:
    patterns = ("lib/python*/site-packages", "Lib/site-packages")
    places = [place for each in patterns for place in folder.glob(each)]
    return [
        file for place in places for file in sorted(place.glob("*.dist-info/METADATA"))
    ]


def _licence(told: Message) -> str:
    """The expression of the newer standard, else a short text, else the classifiers."""
    if expression := str(told.get("License-Expression", "")).strip():
        return expression
    text = str(told.get("License", "")).strip()
    if text and len(text) <= _LONGEST and "\n" not in text:
        return text
    said = [str(each) for each in told.get_all("Classifier", [])]
    names = [
        each.rsplit(" :: ", 1)[-1] for each in said if each.startswith(_CLASSIFIER)
    ]
    if names:
        return " / ".join(sorted(set(names) - {"OSI Approved"}))
    return text.splitlines()[0].strip()[:_LONGEST] if text else ""
