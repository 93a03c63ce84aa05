"""Names of pipelines that every system can keep as a folder."""

from __future__ import annotations

import pytest

from studio.domain.errors import InvalidError
from studio.domain.pipeline import MOST_LETTERS, check_new_name


@pytest.mark.parametrize("name", ["CON", "con", "nul.txt", "Com1", "LPT9", "aux"])
def test_that_names_of_devices_are_refused(name: str) -> None:
    with pytest.raises(InvalidError, match="Windows keeps it"):
        check_new_name(name)


@pytest.mark.parametrize("name", ["console", "com", "com10", "a" * MOST_LETTERS])
def test_that_others_are_taken(name: str) -> None:
    check_new_name(name)
