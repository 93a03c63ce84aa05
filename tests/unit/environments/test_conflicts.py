from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from studio.environments.conflict_lines import after_changes
from studio.environments.conflicts import Conflict, explain_conflict
from studio.environments.package_indexes import PackageIndexes
from studio.environments.pip_lock import lock_pip
from studio.environments.tool import Progress, WorkCancelled
from studio.environments.uv_errors import UnsolvableError
from tests.local_index import LocalIndex


def conflict(text: str, indexes: PackageIndexes, python: str = "3.11") -> Conflict:
    """What is told of a text that can't be solved; each change offered can be."""
    with pytest.raises(UnsolvableError) as caught:
        lock_pip(text, python=python, indexes=indexes)
    found = explain_conflict(
        caught.value,
        text,
        python=python,
        platform="linux-64",
        indexes=indexes,
        known=["scikit-learn"],
    )
    for mend in found.mends:
        lock_pip(
            after_changes(text, mend.changes),
            python=mend.python or python,
            indexes=indexes,
        )
    return found


def test_that_who_needs_what_is_told_with_the_nearest_bounds_that_fit(
    indexes: PackageIndexes,
) -> None:
    text = "# ours\nalpha==2.0  # new\nbeta==2.0\n"
    found = conflict(text, indexes)
    assert found.kind == "versions"
    assert found.message == (
        "alpha 2.0 needs beta>=3, and you ask for alpha==2.0 (line 2) "
        "and beta==2.0 (line 3)"
    )
    assert [each.words for each in found.mends] == [
        "alpha<=1.0 instead of alpha==2.0 (gives 1.0)",
        "beta>=3 instead of beta==2.0 (gives 3.0)",
    ]
    assert found.hint.startswith("Either: alpha<=1.0 instead of alpha==2.0")
    assert (
        after_changes(text, found.mends[0].changes)
        == "# ours\nalpha<=1.0  # new\nbeta==2.0\n"
    )
    assert found.as_error().message.startswith("Line 2: alpha 2.0 needs")


def test_that_two_lines_that_contradict_are_told(indexes: PackageIndexes) -> None:
    found = conflict("beta==1.0\nbeta>=2\n", indexes)
    assert "beta==1.0 (line 1) and beta>=2 (line 2)" in found.message
    assert found.lines == (1, 2)
    assert "beta<=1.0 instead of beta>=2 (gives 1.0)" in found.hint


def test_that_two_changes_are_offered_where_one_is_not_enough(
    index: LocalIndex, indexes: PackageIndexes
) -> None:
    index.wheel("top", "1.0", ["left==1", "right==1"])
    for name in ("left", "right"):
        index.wheel(name, "1")
        index.wheel(name, "2")
    found = conflict("top\nleft==2\nright==2", indexes)
    assert [each.words for each in found.mends] == ["leave out top"]
    index.wheel("more", "1", ["left==1", "right==1"])
    found = conflict("top\nmore\nleft==2\nright==2", indexes)
    [mend] = found.mends
    assert len(mend.changes) == 2


def test_that_a_package_that_does_not_exist_names_one_that_does(
    index: LocalIndex, indexes: PackageIndexes
) -> None:
    index.wheel("scikit-learn", "1.6")
    found = conflict("beta\nscikit-lern==1.6\n", indexes)
    assert found.kind == "package"
    assert found.message == "There is no package 'scikit-lern' in the package indexes"
    assert found.mends[0].words == "scikit-learn==1.6 instead of scikit-lern==1.6"
    assert found.lines == (2,)


def test_that_a_package_only_another_needs_is_told_with_that_one(
    index: LocalIndex, indexes: PackageIndexes
) -> None:
    index.wheel("top", "1.0", ["inner-thing>=1"])
    found = conflict("top\nbeta", indexes)
    assert found.message == "top needs inner-thing, which no package index here has"
    assert [each.words for each in found.mends] == ["leave out top"]


def test_that_a_version_that_does_not_exist_names_one_that_does(
    indexes: PackageIndexes,
) -> None:
    found = conflict("beta==99", indexes)
    assert found.kind == "version"
    assert found.message.startswith("There is no beta==99")
    assert found.hint == "Either: beta<=3.0 instead of beta==99 (gives 3.0)"


def test_that_a_withdrawn_version_is_told_with_its_reason(
    index: LocalIndex, indexes: PackageIndexes
) -> None:
    index.wheel("beta", "4.0", yanked="loses rows")
    found = conflict("beta>=4", indexes)
    assert found.kind == "yanked"
    assert found.message == "beta 4.0 was withdrawn by its authors: loses rows"
    assert "beta<=3.0" in found.hint


def test_that_another_python_is_offered_where_a_package_wants_it(
    index: LocalIndex, indexes: PackageIndexes
) -> None:
    index.wheel("modern", "1.0", requires_python=">=3.12")
    found = conflict("modern", indexes)
    assert found.kind == "python"
    assert "needs Python>=3.12; this environment has Python 3.11" in found.message
    assert [(each.words, each.python) for each in found.mends[:1]] == [
        ("Python 3.12 instead of 3.11", "3.12")
    ]


def test_that_a_package_of_another_platform_is_told_with_those_it_has(
    index: LocalIndex, indexes: PackageIndexes
) -> None:
    index.wheel("winonly", "2.0", tag="cp311-cp311-win_amd64")
    index.wheel("winonly", "1.0")
    found = conflict("winonly==2.0", indexes)
    assert found.kind == "platform"
    assert "no wheel for linux-64; there are some for win_amd64" in found.message
    assert found.hint == "Either: winonly<=1.0 instead of winonly==2.0 (gives 1.0)"


def test_that_the_work_is_bounded_and_can_be_cancelled(indexes: PackageIndexes) -> None:
    text = "alpha==2.0\nbeta<3"
    with pytest.raises(UnsolvableError) as caught:
        lock_pip(text, indexes=indexes)
    late = explain_conflict(
        caught.value,
        text,
        python="3.11",
        platform="linux-64",
        indexes=indexes,
        seconds=0,
    )
    assert late.mends == ()
    assert "alpha 2.0 needs beta>=3" in late.message.replace("alpha>=2.0", "alpha 2.0")
    cancel = threading.Event()
    told: list[Progress] = []

    def heard(progress: Progress) -> None:
        told.append(progress)
        cancel.set()

    with pytest.raises(WorkCancelled):
        explain_conflict(
            caught.value,
            text,
            python="3.11",
            platform="linux-64",
            indexes=indexes,
            progress=heard,
            cancel=cancel,
        )
    assert len(told) == 1


def test_that_a_version_only_a_later_index_has_is_told_with_the_way_to_it(
    index: LocalIndex, indexes: PackageIndexes
) -> None:
    other = LocalIndex()
    other.wheel("beta", "0.5")
    with other.served() as url:
        first = replace(indexes, extra=(url,))
        found = conflict("beta==3.0", first)
        assert found.message.startswith(f"There is no beta==3.0 on {url}")
        assert "UV_INDEX_STRATEGY=unsafe-best-match" in found.hint
        all_of_them = replace(first, compare_all=True)
        assert lock_pip("beta", indexes=all_of_them).version_of("beta") == "3.0"
