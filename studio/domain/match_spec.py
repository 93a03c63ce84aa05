"""conda's match specs (`numpy >=1.26,<3`), read and put into one canonical form."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from studio.domain.errors import InvalidError

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_CHANNEL = re.compile(r"(?P<channel>[^\s\[\]'\"]+?)::(?P<rest>.*)", re.DOTALL)
_BRACKETS = re.compile(
    r"(?P<rest>.*?)\s*\[(?P<inside>[^\[\]]*(?:\[[^\]]*\])?[^\[\]]*)\]"
)
_PAIR = re.compile(r"\s*(\w+)\s*=\s*('[^']*'|\"[^\"]*\"|\[[^\]]*\]|[^,\s]+)\s*(?:,|$)")
_GLUE = re.compile(r"\s*(==|!=|>=|<=|~=|[<>=,|])\s*")
_ATOM = re.compile(r"(==|!=|>=|<=|~=|<|>|=)?([A-Za-z0-9_.*+!-]+)")
_BUILD = re.compile(r"[A-Za-z0-9_.*+]+")
_MINOR = re.compile(r"(?:==)?(\d+\.\d+)(?:\.[\d*]+)*")
_KEYS = frozenset(
    (
        *("version", "build", "build_number", "channel", "subdir", "namespace"),
        *("md5", "sha256", "url", "fn", "license", "license_family"),
        *("features", "track_features", "when", "extras", "flags"),
    )
)


@dataclass(frozen=True)
class MatchSpec:
    """What may be installed: a package, and what its version and build must be.

    `version` is canonical: `=1.2` and `1.2.*` are one, `==1.2` and ` 1.2` are.
    """

    name: str
    version: str = ""
    build: str = ""
    channel: str = ""
    others: tuple[tuple[str, str], ...] = field(default=())

    def __str__(self) -> str:
        prefix = f"{self.channel}::" if self.channel else ""
        words = [prefix + self.name, self.version, self.build]
        if self.build and not self.version:
            words[1] = "*"
        inside = ",".join(f'{key}="{value}"' for key, value in self.others)
        return " ".join(filter(None, words)) + (f"[{inside}]" if inside else "")

    @property
    def minor(self) -> str:
        """`3.11` where the version is pinned to it; "" where it isn't."""
        found = _MINOR.fullmatch(self.version)
        return found[1] if found else ""


def parse_match_spec(text: str) -> MatchSpec:
    """InvalidError, with a hint, for what conda could not read either."""
    rest, channel, others = text.strip(), "", {}
    _refuse_pips(rest)
    if found := _CHANNEL.fullmatch(rest):
        channel, rest = found["channel"], found["rest"].strip()
    if found := _BRACKETS.fullmatch(rest):
        others, rest = _pairs(text, found["inside"]), found["rest"].strip()
    name = _NAME.match(rest)
    if name is None:
        raise _bad(text, "it begins with no package name")
    version, build = _constraint(text, rest[name.end() :])
    return MatchSpec(
        name[0].lower(),
        _canonical(text, others.pop("version", "")) or version,
        others.pop("build", "") or build,
        others.pop("channel", "") or channel,
        tuple(sorted(others.items())),
    )


def _refuse_pips(text: str) -> None:
    """What only pip reads, which is a common slip."""
    into_pip = "Write it below '- pip:', which is for packages that pip installs"
    if text.startswith("-") or " @ " in text or text.startswith(("git+", "hg+")):
        raise InvalidError(f"'{text}' is no conda package", into_pip)
    if ";" in text:
        raise InvalidError(f"'{text}' has a marker, which conda can't read", into_pip)
    if re.match(r"[\w.-]+\[[\w\s,.-]+\]", text):
        raise InvalidError(f"'{text}' has extras, which conda can't read", into_pip)


def _pairs(text: str, inside: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(inside.rstrip()):
        pair = _PAIR.match(inside, at)
        if pair is None:
            raise _bad(text, "inside [ ] there must be key=value")
        if pair[1] not in _KEYS:
            raise _bad(text, f"'{pair[1]}' isn't known inside [ ]")
        found[pair[1]] = pair[2].strip("'\"")
        at = pair.end()
    return found


def _constraint(text: str, rest: str) -> tuple[str, str]:
    """The version and the build behind a name."""
    if rest and not (rest[0].isspace() or rest[0] in "=<>!~|,"):
        raise _bad(text, f"'{rest.strip()}' can't follow the name")
    words = _GLUE.sub(r"\1", rest.strip()).split()
    if not words:
        return "", ""
    if len(words) > 2:
        raise _bad(text, f"'{' '.join(words[2:])}' is left over")
    version, build = words[0], words[1] if len(words) == 2 else ""
    exact = re.fullmatch(r"(=?=?)([^=<>!~,|]+)=([^=<>!~,|]+)", version)
    if exact and not build:
        version, build = f"=={exact[2]}", exact[3]
    if build and not _BUILD.fullmatch(build):
        raise _bad(text, f"'{build}' is no build")
    return _canonical(text, version), build


def _canonical(text: str, version: str) -> str:
    """Alternatives and bounds in order, each spelled in the one way."""
    version = _GLUE.sub(r"\1", version.strip())
    if version in ("", "*") or version.startswith("^"):
        return "" if version == "*" else version
    groups = []
    for group in version.split("|"):
        atoms = group.split(",")
        groups.append(
            ",".join(sorted({_atom(text, a) for a in atoms}, key=_lower_first))
        )
    return "|".join(sorted(set(groups)))


def _lower_first(atom: str) -> tuple[bool, str]:
    return atom.startswith("<"), atom


def _atom(text: str, atom: str) -> str:
    found = _ATOM.fullmatch(atom)
    if found is None:
        raise _bad(text, f"'{atom}' is no version" if atom else "a version is missing")
    operator, version = found[1] or "", found[2]
    if "*" in version.rstrip("*").rstrip("."):
        raise _bad(text, f"in '{atom}' the * can stand only at the end")
    if operator == "=":
        return version if version.endswith("*") else f"{version}.*"
    if operator in ("", "==") and not version.endswith("*"):
        return f"=={version}"
    return version if operator == "==" else operator + version


def _bad(text: str, why: str) -> InvalidError:
    return InvalidError(
        f"'{text}' is no match spec: {why}",
        "Write a name and a version, like 'numpy=2.1' or 'numpy >=2,<3'",
    )
