"""What uv is known to tell, in the words a person reads."""

from __future__ import annotations

import pytest

from studio.environments.uv_errors import NotBuiltError, failure

BUILD = (
    "error: Failed to build `cshape==1.0`\n"
    "  cause: The build backend returned an error\n"
    "  cause: Call to `setuptools.build_meta.build_wheel` failed (exit status: 1)\n\n"
    "         [stderr]\n"
)


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("error: command 'gcc' failed: No such file or directory\n", "(gcc)"),
        ("error: command '/usr/bin/x86_64-linux-gnu-gcc' failed", "gcc)"),
        ("sh: 1: cargo: not found", "(cargo)"),
        ("error: can't find Rust compiler", "(Rust compiler)"),
        (
            "error: Microsoft Visual C++ 14.0 or greater is required.",
            "(Microsoft Visual C++ 14.0 or greater is required)",
        ),
    ],
)
def test_that_a_missing_compiler_is_named(log: str, said: str) -> None:
    error = failure(BUILD + log, 1)
    assert isinstance(error, NotBuiltError)
    assert error.message.startswith("cshape 1.0 comes as source code, and the compiler")
    assert said in error.message
    assert error.package == "cshape"


def test_that_what_a_build_lacks_is_named() -> None:
    error = failure(BUILD + "ModuleNotFoundError: No module named 'numpy'\n", 1)
    assert error.message.endswith("could not be built: its set-up needs numpy")


@pytest.mark.parametrize(
    ("told", "message", "hint"),
    [
        (
            "error: Failed to copy\n  cause: No space left on device (os error 28)",
            "The disk is full; nothing",
            "Free some space",
        ),
        (
            "error: Request failed after 2 retries in 3s\n  cause: Failed to fetch: "
            "`https://index.example/simple/a/`\n"
            "  cause: error sending request for url\n  cause: client error (Connect)\n"
            "  cause: invalid peer certificate: UnknownIssuer",
            "The package index index.example shows a certificate that isn't trusted",
            "--ca-bundle FILE",
        ),
        (
            "error: Request failed after 2 retries in 3s\n  cause: error sending "
            "request for url (https://index.example/simple/a/)\n  cause: dns error",
            "The package index index.example can't be found",
            "VPN",
        ),
        (
            "error: Couldn't parse requirement in `requirements.in` at position 0\n"
            "  cause: no such comparison operator",
            "A requirement can't be read: no such comparison operator",
            "NAME==1.2",
        ),
        ("error: something new\n  cause: of its own", "uv failed: something new", ""),
        ("", "uv failed: it ended with status 7", ""),
    ],
)
def test_that_a_failure_says_what_happened_and_what_to_do(
    told: str, message: str, hint: str
) -> None:
    error = failure(told, 7)
    assert error.message.startswith(message)
    assert hint in error.hint
