"""What an environment.yml asks for, in a form whose order means only what it must."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from studio.domain.errors import InvalidError
from studio.domain.match_spec import MatchSpec, parse_match_spec

DEFAULT_CHANNELS = ("conda-forge",)
_PLAIN = re.compile(r"\s+|['\"]")


@dataclass(frozen=True)
class Asked:
    """One line of what is asked for. `line` is where it stands, 0 if nowhere."""

    text: str
    line: int = 0


@dataclass(frozen=True)
class CondaDeclaration:
    """Channels in order of preference, match specs, and what pip installs after."""

    channels: tuple[Asked, ...] = ()
    specs: tuple[Asked, ...] = ()
    pip: tuple[Asked, ...] = ()
    name: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def python(self) -> str:
        """`3.11` where the file pins it; "" where the solver is free to choose."""
        for spec in self.specs:
            found = _parsed(spec.text)
            if found is not None and found.name == "python":
                return found.minor
        return ""

    @property
    def asked_names(self) -> frozenset[str]:
        """Packages that conda is asked for by themselves."""
        parsed = (_parsed(spec.text) for spec in self.specs)
        return frozenset(spec.name for spec in parsed if spec is not None)

    @property
    def pip_text(self) -> str:
        """The pip part as a requirements.txt; "" without one."""
        return "".join(f"{each.text}\n" for each in self.pip)

    def line_of(self, text: str) -> int:
        return next((s.line for s in (*self.specs, *self.pip) if s.text == text), 0)

    def canonical_lines(self) -> Sequence[str]:
        """For `declaration_key`. Of channels alone the order counts: it is a choice."""
        channels = list(dict.fromkeys(each.text for each in self.channels))
        return [
            *(f"channel {n} {text.rstrip('/')}" for n, text in enumerate(channels)),
            *sorted({_canonical(spec.text) for spec in self.specs}),
            *sorted({f"pip {_PLAIN.sub('', each.text)}" for each in self.pip}),
            *sorted(f"variable {k}={v}" for k, v in self.variables.items()),
        ]


def _canonical(text: str) -> str:
    parsed = _parsed(text)
    return text if parsed is None else str(parsed)


def _parsed(text: str) -> MatchSpec | None:
    try:
        return parse_match_spec(text)
    except InvalidError:
        return None
