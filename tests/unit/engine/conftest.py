"""A workspace with simple components, and one warm target for all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from workspaces import SharedTarget, run_here, write_copy_components

from studio.bootstrap import Studio
from studio.domain.run import Run


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedTarget]:
    shared = SharedTarget(tmp_path_factory.mktemp("target") / "warm.log", slots=2)
    shared.warm_up()
    yield shared
    shared.end()


@pytest.fixture
def workspace(studio: Studio) -> Studio:
    write_copy_components(studio.workspace.root)
    return studio


@pytest.fixture
def run(workspace: Studio, target: SharedTarget) -> Callable[..., Run]:
    """Run a pipeline to its end: run(pipeline, **options)."""
    return partial(run_here, workspace, target)
