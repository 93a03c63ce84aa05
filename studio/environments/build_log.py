"""What the log of a failed build means: which package or line, and what mends it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from studio.domain.errors import StudioError

_NAME = r"([A-Za-z0-9][\w.-]*)"
_COMPILERS = r"gcc|g\+\+|cc|c\+\+|clang|gfortran|cargo|rustc|cmake|make|nvcc|swig"


@dataclass(frozen=True)
class BuildFault:
    """`package` is "" and `line` 0 where the log doesn't tell."""

    message: str
    hint: str
    package: str = ""
    line: int = 0


class BuildFailedError(StudioError):
    """A build that ended without an image. `log` is all that it said."""

    def __init__(self, fault: BuildFault, log: str) -> None:
        super().__init__(fault.message, fault.hint)
        self.fault = fault
        self.log = log


def explain(log: str, *, line: int = 0, instruction: str = "") -> BuildFault:
    """The cause of a failed build. `line` and `instruction` are of the Dockerfile."""
    told = log[-200_000:]
    for look in _LOOKS:
        if found := look(told):
            message, hint, package = found
            where = f"Line {line} of the Dockerfile: " if line else ""
            return BuildFault(where + message, hint, package, line)
    return _unknown(told, line, instruction)


_Found = tuple[str, str, str] | None


@dataclass(frozen=True)
class _Sign:
    """What alone tells a cause. Groups of the pattern stand in the words by number,
    from 0; `package` is the one that names it, from 1."""

    pattern: str
    message: str
    hint: str
    package: int = 0

    def __call__(self, log: str) -> _Found:
        found = re.search(self.pattern, log)
        if not found:
            return None
        package = found[self.package] if self.package else ""
        groups = found.groups("")
        return self.message.format(*groups), self.hint.format(*groups), package


def _copied(log: str) -> _Found:
    found = re.search(
        r"(?:COPY|ADD) failed: (?:file not found in build context[^:]*: stat (\S+?):"
        r"|no source files were specified|stat (\S+?):"
        r"|forbidden path outside the build context: (\S+))"
        r"|failed to (?:compute cache key|calculate checksum)[^\n]*?"
        r"\"?/([^\s\":]+)\"?:? not found",
        log,
    )
    if not found:
        return None
    name = next((group for group in found.groups() if group), "what it names")
    return (
        f"it copies {name}, which isn't in the build context",
        "Put the file into the context's folder, and look whether .dockerignore "
        "leaves it out",
        "",
    )


def _hashes(log: str) -> _Found:
    if "THESE PACKAGES DO NOT MATCH THE HASHES" not in log:
        return None
    found = re.search(r"DO NOT MATCH.*?\n\s*" + _NAME + r"(?:==\S+)? from ", log, re.S)
    package = found[1] if found else ""
    return (
        f"{package or 'A package'} isn't the file that was locked: its hash differs",
        "Don't install it. Ask who runs the package index, or lock the environment "
        "anew if the file was replaced on purpose",
        package,
    )


def _unhashed(log: str) -> _Found:
    found = re.search(
        r"--require-hashes mode.*?\n\s*" + _NAME + r"\S* from ", log, re.S
    )
    if not found or ("do not have hashes" not in log and "--hash" not in log):
        return None
    return (
        f"{found[1]} has no hash, and the installation asks for one",
        "Lock the environment: a lock has a hash of every package",
        found[1],
    )


def _certificate(log: str) -> _Found:
    if not re.search(r"CERTIFICATE_VERIFY_FAILED|UnknownIssuer|SSLCertVerif", log):
        return None
    found = re.search(r"host='([^']+)'", log)
    return (
        f"{found[1] if found else 'The package index'} shows a certificate that isn't "
        "trusted inside the image",
        "Name your network's certificate authority in Settings (PIP_CERT); or use a "
        "locked environment, whose packages are fetched outside the image",
        "",
    )


def _network(log: str) -> _Found:
    signs = (
        r"Temporary failure in name resolution|Name or service not known"
        r"|Network is unreachable|Temporary failure resolving|No route to host"
        r"|Could not resolve host|ConnectTimeoutError"
    )
    if not re.search(signs, log):
        return None
    found = re.search(r"No matching distribution found for " + _NAME, log)
    what = f" to fetch {found[1]}" if found else ""
    return (
        f"it wants the network{what}, and the build has none",
        "Declare the packages as pip or conda packages, which are fetched outside "
        "the image; or allow this build the network",
        found[1] if found else "",
    )


def _compiler(log: str) -> _Found:
    found = re.search(
        rf"(?:command|program) '?[\w+./-]*?({_COMPILERS})[\w.-]*'? failed"
        rf"|({_COMPILERS})\S*: (?:command )?not found"
        rf"|No such file or directory: '(?:\S*/)?({_COMPILERS})'"
        r"|can't find (Rust) compiler|(CMAKE)_\w+_COMPILER not set"
        r"|fatal error: (Python)\.h: No such file"
        rf"|Unknown compiler\(s\): \[\['({_COMPILERS})",
        log,
        re.I,
    )
    if not found:
        return None
    tool = next(group for group in found.groups() if group)
    header = tool == "Python"
    package = _being_built(log)
    wants = "the header files of Python" if header else f"a compiler ({tool})"
    return (
        f"{package or 'A package'} comes as source code and needs {wants}, which the "
        "image doesn't have",
        "Choose a version of it that has a wheel, or add the system packages "
        f"{'python3-dev and ' if header else ''}build-essential",
        package,
    )


def _not_found(log: str) -> _Found:
    found = re.search(r"No matching distribution found for " + _NAME + r"(\S*)", log)
    if not found:
        return None
    name, wanted = found[1], found[2]
    offered = re.search(r"\(from versions: ([^)]*)\)", log)
    if offered and offered[1] not in ("none", ""):
        newest = ", ".join(offered[1].split(", ")[-3:])
        return (
            f"There is no version of {name} that fits '{name}{wanted}'",
            f"The newest that fit this Python are {newest}",
            name,
        )
    return (
        f"There is no package '{name}' for this Python and platform",
        "Check its name, whether it has a wheel for this Python, and whether your "
        "package index carries it",
        name,
    )


def _managed(log: str) -> _Found:
    if "externally-managed-environment" not in log:
        return None
    return (
        "pip may not install into the Python of this base image",
        "Make an environment first (RUN python3 -m venv /opt/env, then /opt/env/bin/"
        "pip install), or add --break-system-packages",
        "",
    )


def _conflict(log: str) -> _Found:
    if "ResolutionImpossible" not in log:
        return None
    pairs = re.findall(r"^\s*" + _NAME + r" \S+ depends on (\S+)", log, re.M)
    told = "; ".join(f"{name} needs {needs}" for name, needs in pairs[:4])
    return (
        f"The packages don't fit together: {told or 'see the log'}",
        "Loosen one of these versions",
        pairs[0][0] if pairs else "",
    )


def _module(log: str) -> _Found:
    found = re.search(r"ModuleNotFoundError: No module named '([\w.]+)'", log)
    if not found:
        return None
    package = _being_built(log)
    if package:
        return (
            f"{package} comes as source code, and building it needs the module "
            f"{found[1]}",
            f"Choose a version of {package} that has a wheel",
            package,
        )
    return (
        f"The module {found[1]} isn't in the image",
        f"Add the package that brings {found[1]} to the environment",
        found[1],
    )


def _source_only(log: str) -> _Found:
    package = _being_built(log)
    if not package:
        return None
    return (
        f"{package} comes as source code and could not be built: {_last(log)}",
        f"Choose a version of {package} that has a wheel; the log says more",
        package,
    )


_SYNTAX = _Sign(
    r"(?i)dockerfile parse error (?:on )?line (\d+): ([^\n]+?)\s*(?:\n|$)",
    "Line {0} of the Dockerfile can't be read: {1}",
    "Correct that line; the build hasn't begun",
)
_DISK = _Sign(
    r"(?i)no space left on device|\[Errno 28\]",
    "The disk on which Docker keeps its images is full",
    "Remove images that nothing uses (Environments, Images, Clean up, or 'docker "
    "system prune'), then build again",
)
_OTHER_PYTHON = _Sign(
    r"This base image has Python (\S+), the packages are for (\S+)",
    "The base image has Python {0}, the packages are for {1}",
    "Choose a base with Python {1}, or lock for Python {0}",
)
_NO_PYTHON = _Sign(
    r"python3?: (?:command )?not found",
    "The base image has no Python",
    "Choose a base with Python, like python:3.11-slim",
)
_REQUIRES_PYTHON = _Sign(
    rf"Package '?{_NAME}'? requires a different Python: (\S+) not in '([^']+)'",
    "{0} needs Python {2}; this image has {1}",
    "Choose another version of {0}, or a base with that Python",
    package=1,
)
_SYSTEM_PACKAGE = _Sign(
    r"E: (?:Unable to locate package|Version '[^']*' for '?) ?(\S+)",
    "There is no system package '{0}' for this base image",
    "Check its name, and that the line before it runs 'apt-get update'",
    package=1,
)
_COMMAND = _Sign(
    r"/bin/sh: (?:\d+|line \d+): ([\w./+-]+): (?:command )?not found",
    "The command '{0}' isn't in the image",
    "Install it in a line before, or choose a base that has {0}",
    package=1,
)
_PERMISSION = _Sign(
    r"Permission denied|are you root\?",
    "A command isn't allowed to do what it tries; the image may have switched to "
    "another user",
    "Move the line before USER, or write 'USER root' before it",
)
_MEMORY = _Sign(
    r"returned a non-zero code: 137|exit code: 137|\bKilled\b",
    "A command was killed, most likely because memory ran out",
    "Give the engine more memory, or build fewer things at once",
)

_LOOKS: Sequence[Callable[[str], _Found]] = (
    _SYNTAX,
    _DISK,
    _copied,
    _hashes,
    _unhashed,
    _certificate,
    _network,
    _OTHER_PYTHON,
    _NO_PYTHON,
    _REQUIRES_PYTHON,
    _compiler,
    _managed,
    _conflict,
    _not_found,
    _module,
    _source_only,
    _SYSTEM_PACKAGE,
    _COMMAND,
    _PERMISSION,
    _MEMORY,
)


def _being_built(log: str) -> str:
    """The package whose source pip was building when it failed."""
    for pattern in (
        r"Failed building wheel for " + _NAME,
        r"Failed to build (?:installable wheels for some pyproject\.toml based "
        r"projects \()?'?" + _NAME,
        r"Could not build wheels for " + _NAME,
        r"Collecting " + _NAME + r"(?:(?!\nCollecting)[\s\S])*?"
        r"(?:error: subprocess-exited-with-error|error: metadata-generation-failed)",
    ):
        if found := re.findall(pattern, log):
            return str(found[-1])
    return ""


def _unknown(log: str, line: int, instruction: str) -> BuildFault:
    what = f"Line {line} of the Dockerfile failed" if line else "The build failed"
    shown = f" ({instruction[:80]})" if instruction else ""
    return BuildFault(
        f"{what}{shown}: {_last(log)}", "The last lines of the log say more", "", line
    )


def _last(log: str) -> str:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    lines = [li for li in lines if not li.startswith(("Removing inter", "[notice]"))]
    errors = [li for li in lines if re.search(r"\b\w*(?:Error|error|ERROR)\b", li)]
    told = [li for li in errors if "returned a non-zero code" not in li]
    return (told or lines or ["it gave no reason"])[-1][:300]
