"""Pictures of environments and images, from the real window over real ones.

They take packages from an index and minutes of building: only for `make screenshots`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from docker_engine import TestEngine
from test_whole_path import command, sample_folder
from walk_screen import screen

from tests.engine_proxy import EngineProxy

STUDIO = [sys.executable, "-m", "studio"]
SHARED = ("PIP_", "UV_", "SSL_CERT_FILE")
BASE = "python:3.11-slim"
STATES = {
    *("difference", "twin", "dockerfile", "build_log", "images", "no_engine"),
}
DIALOGS = {"editor", "conflict", "choice", "deploy"}

pytestmark = [
    pytest.mark.window,
    pytest.mark.docker,
    pytest.mark.timeout(1200),
    pytest.mark.xdist_group("window"),
    pytest.mark.skipif(
        "STUDIO_SCREENSHOTS" not in os.environ, reason="pictures weren't asked for"
    ),
]


@pytest.fixture
def proxy(docker_engine: TestEngine, tmp_path: Path) -> Iterator[EngineProxy]:
    """The engine under an address that a picture may show, with the usual base."""
    docker_engine.docker("tag", docker_engine.base, BASE)
    place = Path(tempfile.mkdtemp(prefix="engine-"))
    with EngineProxy(docker_engine, place / "docker.sock") as made:
        yield made
    place.rmdir()


def test_that_environments_are_pictured_with_no_word_cut_off(
    tmp_path: Path, proxy: EngineProxy
) -> None:
    pictures = Path(os.environ["STUDIO_SCREENSHOTS"]).absolute()
    with screen(tmp_path) as environment:
        environment |= {k: v for k, v in os.environ.items() if k.startswith(SHARED)}
        environment["DOCKER_HOST"] = proxy.host
        prepare(environment, tmp_path)
        report = walk(environment, tmp_path, pictures, proxy)
    wanted = {
        f"environment_{state}_{sort}.png"
        for state in STATES
        for sort in ("light", "dark", "small")
    } | {
        f"environment_{state}_{sort}.png"
        for state in DIALOGS
        for sort in ("light", "dark")
    }
    assert wanted <= set(report["pictures"])
    assert report["facts"]["cut"] == []


def prepare(environment: Mapping[str, str], folder: Path) -> None:
    """A trained model, two versions of an environment, and two Dockerfiles."""
    workspace = sample_folder(dict(environment))

    def do(*words: str) -> None:
        subprocess.run(
            [*STUDIO, "--workspace", str(workspace), *words],
            env=dict(environment),
            check=True,
            timeout=600,
        )

    subprocess.run(
        [*STUDIO, "init", str(workspace), "--sample", "penguins"],
        env=dict(environment),
        check=True,
    )
    do("run", "penguins")
    for version, pins in enumerate(
        (
            "scikit-learn==1.5.2\npandas<3\nskops\n",
            "scikit-learn>=1.6\npandas\nskops\nlightgbm\n",
        ),
        1,
    ):
        file = folder / "requirements.txt"
        file.write_text(pins)
        do(
            "environments",
            "create",
            str(file),
            "--name",
            "serving",
            "--tag",
            "stage=prod",
            "-d",
            "For the models that are served",
        )
        do("environments", "lock", f"serving:{version}")
    do("environments", "build", "serving:1")
    for name, lines in {
        "scanner": [
            "# Reads labels from pictures",
            f"FROM {BASE}",
            "WORKDIR /app",
            "RUN python3 -m venv env",
            "RUN env/bin/pip install --no-index pytesserract",
            'CMD ["python3", "-m", "scanner"]',
        ],
        "reader": [
            f"FROM {BASE}",
            "WORKDIR /app",
            "RUN python3 -m venv /app/env",
            "RUN for i in $(seq 1 600); do echo compiling part $i of 600; "
            "sleep 0.5; done",
        ],
    }.items():
        place = folder / name
        place.mkdir()
        (place / "Dockerfile").write_text("\n".join(lines) + "\n")
        do("environments", "create", str(place), "--name", name)


def walk(
    environment: Mapping[str, str], folder: Path, pictures: Path, proxy: EngineProxy
) -> dict[str, dict[str, object]]:
    file = folder / "environments.json"
    told = {"stdout": subprocess.PIPE, "text": True}
    words = command("environments", file, pictures)
    with subprocess.Popen(words, env=dict(environment), **told) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            if "take the engine away" in line:
                proxy.stop()
    report: dict[str, dict[str, object]] = json.loads(file.read_text())
    assert not report["error"], report["error"]
    return report
