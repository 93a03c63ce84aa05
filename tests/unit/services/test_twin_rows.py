"""What is concluded from declared, locked and imported versions."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from studio.domain.environment import Declaration, Lock, LockedPackage
from studio.domain.twin import Failure, ModelNeeds, Rehearsal, TwinRow
from studio.services.environments.twin_rows import declared_constraints, twin_rows


def rows_of(
    locked: Mapping[str, str],
    told: Rehearsal,
    needs: ModelNeeds | None = None,
    declared: str = "",
    manager: str = "pip",
) -> dict[str, TwinRow]:
    packages = tuple(LockedPackage(n, v, manager) for n, v in locked.items())  # type: ignore[arg-type]
    lock = Lock("3.11", "linux-64", packages, "test", "")
    found = twin_rows(Declaration("pip", declared), lock, needs or ModelNeeds(), told)
    return {row.name: row for row in found}


@pytest.mark.parametrize(
    ("saved", "here", "wrote", "verdict", "serious"),
    [
        ("==1.9.1", "1.9.1", True, "same", False),
        ("==1.9.1", "1.9.2", True, "differs", False),
        ("==1.9.1", "1.5.2", True, "differs", True),
        ("==1.9.1", "1.5.2", False, "differs", False),
        ("==1.9.1", "2.0", False, "differs", True),
        (">=2", "1.9.1", False, "differs", True),
        ("<2", "1.9.1", False, "same", False),
        ("", "1.9.1", True, "same", False),
    ],
)
def test_that_a_version_other_than_the_models_is_told(
    saved: str, here: str, wrote: bool, verdict: str, serious: bool
) -> None:
    needs = ModelNeeds("", {"alpha": saved}, frozenset(["alpha"] if wrote else []))
    told = Rehearsal(imported={"alpha": here})
    row = rows_of({"alpha": here}, told, needs)["alpha"]
    assert (row.verdict, row.serious) == (verdict, serious)
    assert (here in row.words) == (verdict == "differs")


def test_that_what_was_not_imported_is_unused_whatever_the_model_pins() -> None:
    needs = ModelNeeds("", {"mlflow": "==3.5.0", "beta": "==9"})
    rows = rows_of({"alpha": "1", "beta": "1"}, Rehearsal(), needs, "alpha")
    assert {name: row.verdict for name, row in rows.items()} == {
        "alpha": "unused",
        "beta": "differs",
        "mlflow": "unused",
    }
    assert not any(row.serious for row in rows.values())


def test_that_what_the_lock_does_not_have_is_missing() -> None:
    failed = Failure("import", "no gamma", module="gamma.core", package="gamma")
    told = Rehearsal(imported={"alpha": "1", "stray": "4"}, failures=(failed,))
    rows = rows_of({"alpha": "1"}, told, declared="alpha>=1")
    assert rows["alpha"].declared == ">=1"
    assert rows["stray"].verdict == rows["gamma"].verdict == "missing"
    assert rows["stray"].serious
    assert "stray 4" in rows["stray"].words
    assert list(rows) == ["gamma", "stray", "alpha"]


def test_that_another_version_than_the_locked_one_is_told() -> None:
    row = rows_of({"alpha": "1.0"}, Rehearsal(imported={"alpha": "2.0"}))["alpha"]
    assert (row.verdict, row.serious) == ("differs", True)
    same = rows_of({"alpha": "1.0"}, Rehearsal(imported={"alpha": "1.0+cpu"}))
    assert same["alpha"].verdict == "same"


def test_that_libraries_of_conda_that_python_does_not_import_are_left_out() -> None:
    told = Rehearsal(installed=frozenset(["alpha"]))
    rows = rows_of({"alpha": "1", "openssl": "3"}, told, manager="conda")
    assert list(rows) == ["alpha"]


def test_that_constraints_are_read_of_pip_and_conda_files() -> None:
    text = "dependencies:\n- python=3.11\n- pip\n- alpha >=1\n- pip:\n  - beta==2\n"
    found = declared_constraints(Declaration("conda", text))
    assert (found["alpha"], found["beta"]) == (">=1", "==2")
    pip = Declaration("pip", "--pre\nAlpha_One[x]>=1 # why\nbeta\n")
    assert declared_constraints(pip) == {"alpha-one": ">=1", "beta": "any"}
