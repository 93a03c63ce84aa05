"""conda's match specs, in one canonical form."""

from __future__ import annotations

import pytest
from rattler import BuildString, PackageRecord
from rattler import MatchSpec as RattlerSpec

from studio.domain.errors import InvalidError
from studio.domain.match_spec import parse_match_spec

SAME = [
    ("numpy", "Numpy ", "numpy *"),
    ("numpy=1.2", "numpy 1.2.*", "numpy =1.2", "numpy = 1.2", "numpy==1.2.*"),
    ("numpy==1.2", "numpy 1.2", "numpy == 1.2"),
    ("numpy=1.2=py311_0", "numpy 1.2 py311_0", "numpy ==1.2 py311_0"),
    ("numpy >=1.2,<2", "numpy <2 , >= 1.2", "numpy[version='>=1.2,<2']"),
    ("numpy <1|>=2", "numpy >=2 | <1"),
    ("conda-forge::numpy 2.*", "numpy 2.*[channel=conda-forge]"),
    ("numpy * py311*", "numpy[build=py311*]"),
]
RECORDS = [
    PackageRecord("numpy", version, BuildString(build), 0, "linux-64")
    for version in ("0.9", "1.1", "1.2", "1.2.3", "1.26", "2.0", "3.0")
    for build in ("py311_0", "py_0")
]
WRONG = [
    ("", "begins with no package name"),
    ("=3", "begins with no package name"),
    ("numpy >=", "no version"),
    ("numpy ===", "no version"),
    ("numpy >=1,,<2", "a version is missing"),
    ("numpy*", "can't follow the name"),
    ("numpy 1.*.3", "only at the end"),
    ("numpy 1.2 py_0 more", "'more' is left over"),
    ("numpy[nonsense=3]", "'nonsense' isn't known"),
    ("numpy[version]", "has extras"),
    ("numpy; python_version < '3'", "has a marker"),
    ("git+https://host/numpy", "no conda package"),
    ("-e .", "no conda package"),
]


@pytest.mark.parametrize("spellings", SAME)
def test_that_spellings_of_one_meaning_are_one(spellings: tuple[str, ...]) -> None:
    assert len({str(parse_match_spec(each)) for each in spellings}) == 1


@pytest.mark.parametrize("text", [each for group in SAME for each in group])
def test_that_the_canonical_form_means_the_same_to_the_solver(text: str) -> None:
    ours, theirs = RattlerSpec(str(parse_match_spec(text))), RattlerSpec(text)
    matched = [record for record in RECORDS if ours.matches(record)]
    assert matched == [record for record in RECORDS if theirs.matches(record)]
    assert len(matched) > 0


@pytest.mark.parametrize(("text", "why"), WRONG)
def test_that_a_bad_spec_is_told_with_a_way_out(text: str, why: str) -> None:
    with pytest.raises(InvalidError, match=why) as caught:
        parse_match_spec(text)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("python=3.11", "3.11"),
        ("python 3.11.*", "3.11"),
        ("python==3.11.7", "3.11"),
        ("python >=3.11", ""),
        ("python ~=3.11", ""),
        ("python=3", ""),
        ("python", ""),
    ],
)
def test_that_a_pinned_python_is_known(text: str, minor: str) -> None:
    assert parse_match_spec(text).minor == minor
