"""Addresses of channels: variables in them are filled in late and never shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from studio.domain.errors import InvalidError

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_PASSWORD = re.compile(r"(?<=://)[^/@\s'\"`$]+(?=@)")
_TOKEN = re.compile(r"(https?://[^/\s]+/t/)[^/\s$]+(?=/)")
_ANACONDAS = ("main", "r")


class HiddenText:
    """Fills in `${NAME}` of channels and packages, and takes it out of what is told."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._values: dict[str, str] = {}

    def fill(self, text: str) -> str:
        """InvalidError for a variable that isn't set."""
        return _VARIABLE.sub(self._value, text)

    def named(self, text: str) -> str:
        """`text` with the variables' names in place of their values."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, f"${{{self._values[value]}}}")
        return text

    def hide(self, text: str) -> str:
        """The same, without credentials that come from elsewhere."""
        return _TOKEN.sub(r"\1***", _PASSWORD.sub("***", self.named(text)))

    def _value(self, found: re.Match[str]) -> str:
        value = self._environ.get(found[1], "")
        if not value:
            raise InvalidError(
                f"The variable {found[1]}, which a channel's address needs, isn't set",
                f"Set {found[1]} before MLOps Studio is started",
            )
        self._values[value] = found[1]
        return value


def whole_channels(channels: Iterable[str]) -> list[str]:
    """`defaults` is a name for several."""
    found: list[str] = []
    for channel in channels:
        found += _ANACONDAS if channel == "defaults" else [channel]
    return list(dict.fromkeys(found))
