"""A workspace with simple components."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from workspaces import SharedTarget, run_here, write_copy_components

from studio.bootstrap import Studio
from studio.domain.run import Run


@pytest.fixture
def workspace(studio: Studio) -> Studio:
    write_copy_components(studio.workspace.root)
    return studio


@pytest.fixture
def run(workspace: Studio, target: SharedTarget) -> Callable[..., Run]:
    """Run a pipeline to its end: run(pipeline, **options)."""
    return partial(run_here, workspace, target)
