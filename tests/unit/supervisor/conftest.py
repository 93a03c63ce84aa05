"""Endpoints for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from endpoint_process import EndpointProcess


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[EndpointProcess]:
    """Not started yet: `start` it with the wishes of the test."""
    made = EndpointProcess(tmp_path / "churn")
    yield made
    made.close()


@pytest.fixture
def running(endpoint: EndpointProcess) -> EndpointProcess:
    endpoint.start().wait_for("RUNNING")
    return endpoint
