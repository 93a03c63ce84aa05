"""What pip's own settings say of where packages come from: files, then variables."""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_SECTIONS = ("global", "install")
_OFF = ("", "0", "no", "off", "false")


def pip_settings(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Each setting by pip's long name (`index-url`); the strongest source wins."""
    found: dict[str, str] = {}
    for file in _files(environ):
        found |= _read(file)
    for name, value in environ.items():
        if name.startswith("PIP_") and name != "PIP_CONFIG_FILE":
            found[name[4:].lower().replace("_", "-")] = value
    return found


def is_on(value: str) -> bool:
    return value.strip().lower() not in _OFF


def words(value: str) -> tuple[str, ...]:
    """Several values of one setting: pip separates them by blanks or lines."""
    return tuple(value.split())


def _read(file: Path) -> dict[str, str]:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(file.read_text(encoding="utf-8", errors="replace"))
    except (OSError, configparser.Error):
        return {}
    return {
        name.replace("_", "-"): value
        for section in _SECTIONS
        if parser.has_section(section)
        for name, value in parser.items(section)
    }


def _files(environ: Mapping[str, str]) -> Sequence[Path]:
    """Weakest first, as pip reads them."""
    named = environ.get("PIP_CONFIG_FILE", "")
    if named == os.devnull:
        return []
    files = [*_of_computer(environ), *_of_person(environ)]
    if prefix := environ.get("VIRTUAL_ENV", ""):
        files.append(Path(prefix) / _name())
    return [*files, Path(named)] if named else files


def _of_computer(environ: Mapping[str, str]) -> Sequence[Path]:
    if sys.platform == "win32":
        return [Path(environ.get("PROGRAMDATA", "C:/ProgramData")) / "pip" / "pip.ini"]
    if sys.platform == "darwin":
        return [Path("/Library/Application Support/pip/pip.conf")]
    shared = environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    folders = [Path(each) for each in reversed(shared.split(":")) if each]
    return [*(each / "pip" / "pip.conf" for each in folders), Path("/etc/pip.conf")]


def _of_person(environ: Mapping[str, str]) -> Sequence[Path]:
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    if sys.platform == "win32":
        return [
            home / "pip" / "pip.ini",
            Path(environ.get("APPDATA", str(home))) / "pip" / "pip.ini",
        ]
    modern = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    files = [home / ".pip" / "pip.conf", modern / "pip" / "pip.conf"]
    if sys.platform == "darwin":
        files.append(home / "Library" / "Application Support" / "pip" / "pip.conf")
    return files


def _name() -> str:
    return "pip.ini" if sys.platform == "win32" else "pip.conf"
