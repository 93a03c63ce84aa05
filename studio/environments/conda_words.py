"""Why conda packages don't fit together or can't be fetched, told in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from studio.domain.conda import CondaDeclaration
from studio.domain.errors import (
    InvalidError,
    NotFoundError,
    StudioError,
    UnavailableError,
)
from studio.domain.mend import LineChange, Mend
from studio.environments.uv_errors import UnsolvableError
from studio.environments.whole_folder import disk_full

_VIRTUAL = {
    "__cuda": "an NVIDIA driver with CUDA",
    "__glibc": "another version of the C library",
    "__osx": "another macOS",
    "__win": "Windows",
    "__linux": "Linux",
    "__unix": "Linux or macOS",
    "__archspec": "another processor",
}
_CAUSE = "Caused by: "
_FILE = re.compile(r"/[\w-]+/[^/\s]+\.(json|msgpack|conda|tar)[\w.]*$")
_PLACE = re.compile(r"channel '([^']+)'|for url \(([^)]+)\)|(https?://[^\s'\")]+)")


def after_changes(text: str, changes: Sequence[LineChange]) -> str:
    """An environment.yml after them; comments and all other lines stay."""
    lines = text.splitlines(keepends=True)
    for change in sorted(changes, key=lambda each: each.line, reverse=True):
        at = change.line - 1
        if not 0 <= at < len(lines):
            continue
        words = map(re.escape, change.before.split())
        spec = r"\s+".join(words)
        if change.after:
            lines[at] = _replaced(lines[at], spec, change.after)
        elif re.match(rf"\s*-\s*['\"]?{spec}['\"]?\s*(#.*)?$", lines[at]):
            del lines[at]
        else:  # one of several in a row
            lines[at] = re.sub(rf"['\"]?{spec}['\"]?\s*,?\s*", "", lines[at], count=1)
    return "".join(lines)


def _replaced(line: str, spec: str, after: str) -> str:
    return re.sub(spec, lambda _: after, line, count=1)


def in_words(change: LineChange) -> str:
    if not change.after:
        return f"remove '{change.before}'"
    return f"write '{change.after}' instead of '{change.before}'"


class CondaUnsolvableError(UnsolvableError):
    """No packages fit all that is asked for; each of `mends` would mend it."""

    def __init__(
        self, message: str, hint: str, told: str, mends: Sequence[Mend] = ()
    ) -> None:
        super().__init__(message, hint, told)
        self.mends = tuple(mends)


def unsolvable(
    facts: Mapping[str, Any], asked: CondaDeclaration, platform: str
) -> CondaUnsolvableError:
    """The error that tells what the solver's child has found out."""
    telling = _Telling(asked, platform)
    if facts.get("missing") or facts.get("unmatched"):
        return telling.lacking(facts["missing"], facts["unmatched"])
    return telling.conflict(facts)


class _Telling:
    def __init__(self, asked: CondaDeclaration, platform: str) -> None:
        self._asked = asked
        self._platform = platform

    def lacking(
        self, missing: Sequence[Mapping[str, Any]], other: Sequence[Mapping[str, Any]]
    ) -> CondaUnsolvableError:
        told = [self._missing(each) for each in missing]
        told += [self._unmatched(each) for each in other]
        mends = [mend for _, _, mend in told if mend is not None]
        message = "; ".join(text for text, _, _ in told)
        hints = list(dict.fromkeys(hint for _, hint, _ in told))
        return CondaUnsolvableError(message, ". ".join(hints), message, mends)

    def conflict(self, facts: Mapping[str, Any]) -> CondaUnsolvableError:
        specs: Sequence[str] = facts["specs"]
        mends = [self._mend(changes) for changes in facts["fixes"]]
        reasons = "; ".join(self._reason(each) for each in facts["reasons"])
        if not reasons:
            reasons = _plain(facts["proof"])
        listed = _and([self._placed(each) for each in specs])
        can = "can't be had together" if len(specs) > 1 else "can't be had here"
        ways = [each.words for each in mends]
        hint = f"Either {'; or '.join(ways)}" if len(ways) > 1 else ""
        if len(ways) == 1:
            hint = _capital(ways[0])
        return CondaUnsolvableError(
            f"{listed} {can}: {reasons}",
            hint or "Loosen the versions of these, or leave one of them out",
            facts["proof"],
            mends,
        )

    def _missing(self, each: Mapping[str, Any]) -> tuple[str, str, Mend | None]:
        name = each["name"]
        if each["elsewhere"]:
            there = ", ".join(each["elsewhere"])
            text = f"{self._placed(each['spec'])} isn't made for {self._platform}"
            hint = f"It is made for {there}: lock for one of these, or leave it out"
            return text, hint, None
        channels = ", ".join(channel.text for channel in self._asked.channels)
        text = f"There is no package {self._placed(each['spec'])} in {channels}"
        if each["near"]:
            near = each["near"][0]
            after = near + str(each["spec"])[len(name) :]
            mend = self._mend({each["spec"]: after})
            return text, f"Did you mean {_or(each['near'])}?", mend
        return (
            text,
            "Check its name, add the channel that has it, or write it below '- pip:'",
            None,
        )

    def _unmatched(self, each: Mapping[str, Any]) -> tuple[str, str, Mend | None]:
        spec, name = self._placed(each["spec"]), each["name"]
        text = f"No {name} fits {spec}: there are {', '.join(each['versions'])}"
        mend = self._mend({each["spec"]: f"{name}={each['versions'][0]}"})
        return text, _capital(mend.words), mend

    def _reason(self, each: Mapping[str, str]) -> str:
        name, _, rest = each["needs"].partition(" ")
        if name.startswith("__"):
            what = _VIRTUAL.get(name, "something of the computer")
            of = f"{self._platform} isn't known to have"
            return f"{each['package']} needs {each['needs']} ({what}), which {of}"
        return f"{each['package']} needs {f'{name} {rest}'.strip()}"

    def _mend(self, changes: Mapping[str, str]) -> Mend:
        made = [
            LineChange(self._asked.line_of(spec), spec, after)
            for spec, after in changes.items()
        ]
        return Mend(" and ".join(map(in_words, made)), tuple(made))

    def _placed(self, spec: str) -> str:
        line = self._asked.line_of(spec)
        return f"'{spec}' (line {line})" if line else f"'{spec}'"


def failure(told: Mapping[str, str]) -> StudioError:
    """The error for what the child could not do; `told` is without credentials."""
    kind, text = told["kind"], told["text"]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    last = lines[-1].removeprefix(_CAUSE) if lines else kind
    if kind == "told":
        return InvalidError(text, told.get("hint", ""))
    if "os error 28" in text or "No space left on device" in text:
        return disk_full()
    if "hash mismatch" in text.lower() or "HashMismatch" in text:
        return InvalidError(
            f"{_package_in(text)} isn't the file that was locked: it has another "
            "content",
            "Lock the environment again; if the channel wasn't changed, tell its owner",
        )
    if re.search(r"EOF|unexpected end|decompress|invalid (tar|zip)|corrupt", text):
        return UnavailableError(
            f"{_package_in(text)} came only in part, or damaged",
            "Try again; if it is the same, the channel's file is damaged",
        )
    locked_out = re.search(r"\b40[13]\b", text)
    if locked_out or kind in ("GatewayError", "FetchRepoDataError"):
        return _channel(text, last)
    if re.search(r"\b404\b|No such file|does not exist", text):
        return NotFoundError(
            f"{_package_in(text)} isn't in its channel any more",
            "Lock the environment again",
        )
    if _is_network(text):
        return UnavailableError(
            f"{_package_in(text)} can't be fetched: {last}",
            "Check the network, and try again: what was fetched is kept",
        )
    return StudioError(
        f"conda packages can't be used: {'; '.join(lines)[:600] or kind}",
        "Lock the environment again, and look at what the message names",
    )


def _channel(text: str, last: str) -> StudioError:
    found = _PLACE.search(text)
    where = next((each for each in found.groups() if each), "") if found else ""
    where = re.sub(
        r"/[\w-]+/[\w.-]+\.(json|msgpack|conda|tar)[\w.]*$", "", where
    ).rstrip("/")
    channel = f"The channel {where}" if where else "A channel"
    if re.search(r"\b40[13]\b", text):
        return UnavailableError(
            f"{channel} lets nobody in without a password or token",
            "Write the token as a variable, https://host/t/${TOKEN}/name, or log in "
            "with 'rattler auth login'",
        )
    if "could not find subdir" in text or re.search(r"\b404\b", text):
        return NotFoundError(
            f"There is no channel at {where or 'that address'}",
            "Check its address: a channel's folder holds noarch/repodata.json",
        )
    return UnavailableError(
        f"{channel} can't be reached: {last}",
        "Check the network and the channel's address, and try again",
    )


def _is_network(text: str) -> bool:
    return bool(re.search(r"error sending request|dns error|timed out|connect", text))


def _package_in(text: str) -> str:
    found = re.search(r"([\w.+-]+?-[^-\s/]+-[^-\s/]+?)(?:\.tar\.bz2|\.conda)", text)
    return found[1] if found else "A package"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _plain(proof: str) -> str:
    """The solver's tree as one line."""
    lines = [re.sub(r"^[\s│├└─]+", "", line) for line in proof.splitlines()]
    told = " ".join(line for line in lines if line)
    return told.removeprefix("Cannot solve the request because of: ").rstrip(".")


def _and(words: Sequence[str], last: str = "and") -> str:
    *others, final = words
    return f"{', '.join(others)} {last} {final}" if others else final


def _or(words: Sequence[str]) -> str:
    return _and([f"'{word}'" for word in words], "or")
