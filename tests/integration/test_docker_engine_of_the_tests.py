"""The engine that the tests of images stand on."""

from __future__ import annotations

import pytest
from docker_engine import TestEngine

pytestmark = pytest.mark.docker


def test_that_a_container_of_the_base_image_runs_python(
    docker_engine: TestEngine,
) -> None:
    words = ("run", "--rm", "--network", "none", docker_engine.base)
    told = docker_engine.docker(*words, "python3", "-c", "import ssl, venv; print(42)")
    assert told == "42\n"
