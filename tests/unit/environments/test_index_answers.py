"""While a text is written, an index's earlier answers are used and nobody is asked."""

from __future__ import annotations

import pytest

from studio.environments.index_answers import answered_problems
from studio.environments.package_indexes import PackageIndexes
from studio.environments.pip_lock import lock_pip
from studio.environments.uv_errors import UnsolvableError
from tests.local_index import LocalIndex

TEXT = """\
# what is written
alpha==1.0
beta==9.9
gama
delta==1.0
gamma>=1
"""


def test_that_what_an_index_has_said_marks_lines_and_nobody_is_asked(
    index: LocalIndex, indexes: PackageIndexes
) -> None:
    index.wheel("alpha", "1.5", yanked="wrong sums")
    lock_pip("alpha==1.5\nbeta", indexes=indexes)
    with pytest.raises(UnsolvableError):
        lock_pip("gama", indexes=indexes)
    index.asked.clear()
    text = TEXT.replace("alpha==1.0", "alpha==1.5")
    found = {each.line: each for each in answered_problems(text, indexes, "3.11")}
    assert index.asked == []
    assert sorted(found) == [2, 3, 4]  # of delta nobody has asked, gamma is no pin
    assert found[2].message == "alpha 1.5 was withdrawn: wrong sums"
    assert found[3].message.startswith("The index had no beta 9.9")
    assert found[4].message == "The index has no package 'gama'"
    assert {each.severity for each in found.values()} == {"warning"}
    index.wheel("gama", "1.0")
    index.wheel("beta", "9.9")
    lock_pip("gama\nbeta==9.9", indexes=indexes)
    later = answered_problems(text, indexes, "3.11")
    assert [each.line for each in later] == [2]
