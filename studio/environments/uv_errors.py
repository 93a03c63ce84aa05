"""What uv tells when it fails, in words that say what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from studio.domain.errors import InvalidError, StudioError, UnavailableError


class NetworkAwayError(UnavailableError):
    """No package index answers."""


class NotCachedError(UnavailableError):
    """Nobody was asked, and the cache hasn't all that is needed."""


class UnsolvableError(InvalidError):
    """No set of versions fits all that is asked for. `told` is the solver's proof."""

    code = "unsolvable"

    def __init__(self, message: str, hint: str, told: str) -> None:
        super().__init__(message, hint)
        self.told = told


class NotBuiltError(StudioError):
    """A package that comes as source code could not be built. `log` says why."""

    def __init__(self, message: str, hint: str, package: str, log: str) -> None:
        super().__init__(message, hint)
        self.package = package
        self.log = log


_NO_COMPILER = re.compile(
    r"(?:command|program) '?([\w+./-]*(?:gcc|cc|clang|g\+\+|c\+\+|cl\.exe))'? failed"
    r"|(gcc|g\+\+|cc|clang|rustc|cargo|cmake|gfortran|nvcc)\S*: (?:command )?not found"
    r"|No such file or directory: '(\S*(?:gcc|cc|clang|cargo|cmake))'"
    r"|(Microsoft Visual C\+\+ [\d.]+ or greater is required)"
    r"|can't find (Rust compiler)|Unknown compiler\(s\): \[\['?(\w+)",
)
_PACKAGE = r"`([^`@= ]+)(?:==([^` ]+))?[^`]*`"


def failure(told: str, code: int) -> StudioError:
    """The error that tells what `told`, the stderr of uv, is about."""
    for look in _LOOKS:
        if found := look(told):
            return found
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    errors = [li.removeprefix("error: ") for li in lines if li.startswith("error: ")]
    causes = [li.removeprefix("cause: ") for li in lines if li.startswith("cause: ")]
    message = "; ".join([*errors, *causes]) or " ".join(lines[-3:])
    return StudioError(
        f"uv failed: {message[:600] or f'it ended with status {code}'}",
        hint="Read its lines above for what it was doing",
    )


def _disk(told: str) -> StudioError | None:
    if "No space left on device" not in told and "os error 28" not in told:
        return None
    return UnavailableError(
        "The disk is full; nothing of this environment was kept",
        hint="Free some space, or clean up old environments, and try again",
    )


def _hashes(told: str) -> StudioError | None:
    found = re.search(r"Hash mismatch for " + _PACKAGE, told)
    if not found:
        return None
    sides = re.findall(r"sha256:(\w{12})\w*", told[found.end() :])
    shown = f" (locked {sides[0]}…, got {sides[-1]}…)" if len(sides) > 1 else ""
    return InvalidError(
        f"{_called(found)} isn't the file that was locked: "
        f"its content has another hash{shown}",
        hint="Don't install it. Ask who runs the package index, or lock anew if the "
        "file was replaced on purpose",
    )


def _unknown_hash(told: str) -> StudioError | None:
    found = re.search(r"all requirements must have a hash.*?: (\S+)", told)
    if not found:
        return None
    return InvalidError(
        f"The lock has no hash for {found[1]}", hint="Lock this environment again"
    )


def _certificate(told: str) -> StudioError | None:
    if not re.search(r"invalid peer certificate|UnknownIssuer|certificate", told):
        return None
    if "Failed to fetch" not in told and "error sending request" not in told:
        return None
    return UnavailableError(
        f"{_host(told)} shows a certificate that isn't trusted here",
        hint="If your network has a certificate authority of its own, name its file: "
        "studio settings packages set --ca-bundle FILE",
    )


def _refused(told: str) -> StudioError | None:
    status = re.search(r"\b(401 Unauthorized|403 Forbidden)", told)
    if not status:
        return None
    if status[1].startswith("403"):
        return UnavailableError(
            f"{_host(told)} doesn't let this user in ({status[1]})",
            hint="Ask who runs the index for the right to read it. To keep another "
            "user or token: studio settings packages login ADDRESS",
        )
    return UnavailableError(
        f"{_host(told)} wants a user and password ({status[1]})",
        hint="Keep them in the keyring: studio settings packages login ADDRESS. What "
        "is in .netrc or pip's settings is used too",
    )


def _offline(told: str) -> StudioError | None:
    found = re.search(r"Failed to (?:download|fetch)[^`]*" + _PACKAGE, told)
    if (
        "Network connectivity is disabled" not in told
        and "network was disabled" not in told
    ):
        return None
    missing = re.search(r"\b(\S+) was not found in the cache", told)
    what = missing[1] if missing else "Something that is needed"
    what = _called(found) if found else what
    return NotCachedError(
        f"{what} isn't in the cache of this computer",
        hint="Connect to a package index once, or import an environment file",
    )


def _proxy(told: str) -> StudioError | None:
    if "407 Proxy Authentication" in told or "proxy authorization required" in told:
        return NetworkAwayError(
            "The proxy wants a user and password",
            hint="Keep them in the keyring: studio settings packages login ADDRESS, "
            "with the proxy's address",
        )
    if "tunnel error" not in told and "proxy connect" not in told.lower():
        return None
    return NetworkAwayError(
        f"The proxy gives no way to {_host(told)[:1].lower()}{_host(told)[1:]}",
        hint="Check the proxy's address: studio settings packages show",
    )


def _unknown_host(told: str) -> StudioError | None:
    if "dns error" not in told and "failed to lookup address" not in told:
        return None
    return NetworkAwayError(
        f"{_host(told)} can't be found: its name isn't known on this network",
        hint="Check the address: studio settings packages show; is a network or VPN "
        "switched off?",
    )


def _redirected(told: str) -> StudioError | None:
    if "too many redirects" not in told and "cross-origin redirect" not in told.lower():
        return None
    return UnavailableError(
        f"{_host(told)} sends its askers elsewhere without end",
        hint="Check the address: studio settings packages show",
    )


def _network(told: str) -> StudioError | None:
    signs = ("dns error", "tcp connect error", "error sending request", "timed out")
    if not any(sign in told for sign in signs) and "Request failed after" not in told:
        return None
    return NetworkAwayError(
        f"{_host(told)} doesn't answer, and the cache has not all that is needed",
        hint="Check the network, the proxy and the address of the package index: "
        "studio settings packages test",
    )


def _build(told: str) -> StudioError | None:
    found = re.search(r"Failed to (?:download and )?build " + _PACKAGE, told)
    if not found:
        return None
    log = told[found.end() :].strip()
    package = _called(found)
    if tool := _NO_COMPILER.search(log):
        name = next(group for group in tool.groups() if group)
        return NotBuiltError(
            f"{package} comes as source code, and the compiler for it ({name}) "
            "isn't here or failed",
            hint="Ask for a version that has a wheel for this platform, or install "
            "the compiler",
            package=found[1],
            log=log,
        )
    missing = re.search(r"No module named '?([\w.]+)", log)
    because = f": its set-up needs {missing[1]}" if missing else f": {_last(log)}"
    return NotBuiltError(
        f"{package} comes as source code and could not be built{because}",
        hint="Ask for a version that has a wheel, or build a wheel of it where its "
        "tools are",
        package=found[1],
        log=log,
    )


def _syntax(told: str) -> StudioError | None:
    found = re.search(r"error: Couldn't parse requirement[^\n]*\n\s*cause: (.*)", told)
    if not found:
        return None
    return InvalidError(
        f"A requirement can't be read: {found[1]}",
        hint="Write NAME, NAME==1.2 or NAME>=1.2,<2",
    )


def _no_wheel(told: str) -> StudioError | None:
    found = re.search(
        r"Because ([\w.-]+?)((?:[<>=]=?\S+)?) has no (?:usable )?wheels", told
    )
    if not found or "No solution" not in told:
        return None
    version = found[2].removeprefix("==")
    platforms = re.search(r"Wheels are available for .*?: (.*)", told)
    there = ", ".join(re.findall(r"`([\w.]+)`", platforms[1])) if platforms else ""
    because = f"; there are some for {there}" if there else ", only source code"
    return UnsolvableError(
        f"{found[1]} {version} has no wheel for this platform and Python{because}",
        hint="Choose another version or another platform, or allow building from "
        "source code, which runs code of the package here",
        told=told[told.index("No solution") :],
    )


def _unsolvable(told: str) -> StudioError | None:
    if "No solution found" not in told:
        return None
    proof = told[told.index("No solution found") :]
    words = " ".join(proof.split("\n\nhint: ")[0].split("cause: ", 1)[-1].split())
    other = f". {ASKED_FIRST}" if asked_first(told) else ""
    return UnsolvableError(
        f"These requirements can't all be met: {words}",
        hint=f"Loosen one of the versions named here{other}",
        told=proof,
    )


_LOOKS: Sequence[Callable[[str], StudioError | None]] = (
    _disk,
    _hashes,
    _unknown_hash,
    _offline,
    _certificate,
    _refused,
    _build,
    _proxy,
    _unknown_host,
    _redirected,
    _network,
    _syntax,
    _no_wheel,
    _unsolvable,
)


ASKED_FIRST = (
    "Another package index may have it: only the first that has a package is asked. If "
    "you trust all of them alike, set UV_INDEX_STRATEGY=unsafe-best-match"
)


def asked_first(told: str) -> str:
    """The index that has a package in other versions only, before another; or ""."""
    found = re.search(
        r"was found on (\S+), but not at the requested version [^\n]*subsequent index",
        told,
    )
    return found[1] if found else ""


def _called(found: re.Match[str]) -> str:
    return f"{found[1]} {found[2]}" if found[2] else found[1]


def _host(told: str) -> str:
    found = re.search(r"https?://([^/\s)`]+)", told)
    return f"The package index {found[1]}" if found else "The package index"


def _last(log: str) -> str:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    told = [line for line in lines if re.match(r"\w*Error\b|error:", line)]
    return (told or lines or ["it gave no reason"])[-1][:300]
