"""Steps to run, and real data as tables."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from component_steps import PENGUINS, Steps

# The server of models, as the tests of the worker start it.
sys.path.append(str(Path(__file__).parents[1] / "worker"))


@pytest.fixture
def steps(tmp_path: Path) -> Steps:
    return Steps(tmp_path)


@pytest.fixture(scope="session")
def penguins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's data, imported by the real step."""
    made = Steps(tmp_path_factory.mktemp("penguins"))
    return made.ok("import_data", file=PENGUINS).output("table")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """One of scikit-learn's data sets, loaded by the real step, once."""
    made = Steps(tmp_path_factory.mktemp("samples"))
    known: dict[str, Path] = {}

    def load(name: str) -> Path:
        if name not in known:
            known[name] = made.ok("load_sample", dataset=name).output("table")
        return known[name]

    return load


@pytest.fixture(scope="session")
def iris(sample: Callable[[str], Path]) -> Path:
    return sample("iris")


@pytest.fixture(scope="session")
def wine(sample: Callable[[str], Path]) -> Path:
    return sample("wine")


@pytest.fixture(scope="session")
def breast_cancer(sample: Callable[[str], Path]) -> Path:
    return sample("breast_cancer")


@pytest.fixture(scope="session")
def diabetes(sample: Callable[[str], Path]) -> Path:
    return sample("diabetes")


@pytest.fixture(scope="session")
def digits(sample: Callable[[str], Path]) -> Path:
    return sample("digits")
