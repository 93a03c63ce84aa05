"""A registered model packaged by the service: as a folder, and for `docker run`."""

from __future__ import annotations

import importlib.metadata
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import joblib
import pytest
from docker_engine import TestEngine
from our_lock import our_indexes
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from studio.bootstrap import Studio
from studio.domain.container_engine import EngineContext
from studio.domain.environment import Declaration
from studio.domain.errors import InvalidError, RefusedError
from studio.domain.packaging import PackageWish
from studio.services.environments.images import ImageService
from studio.services.environments.local import LocalEnvironments
from studio.services.environments.packaging import PackagingService
from studio.services.environments.service import EnvironmentService
from studio.storage.artifacts import ArtifactStore
from studio.storage.environments import EnvironmentRepository
from tests.workspaces import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

BASE = "studio-test-base:1"
ROWS = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]]
OURS = ("scikit-learn", "numpy", "scipy", "joblib", "pandas")


@pytest.fixture
def environments(studio: Studio, tmp_path: Path) -> EnvironmentService:
    """With `iris-env`: the packages of this very interpreter."""
    made = EnvironmentService(
        EnvironmentRepository(studio.database),
        ArtifactStore(studio.workspace.artifacts),
        LocalEnvironments(tmp_path / "environments"),
        our_indexes(),
    )
    lines = [f"{name}=={importlib.metadata.version(name)}" for name in OURS]
    made.create("iris-env", Declaration("pip", "\n".join(lines), "3.11"))
    return made


@pytest.fixture
def packaging(studio: Studio, environments: EnvironmentService) -> PackagingService:
    artifacts = ArtifactStore(studio.workspace.artifacts)
    images = ImageService(environments, artifacts)
    return PackagingService(studio.models, environments, images, artifacts)


@pytest.fixture
def iris(studio: Studio, tmp_path: Path) -> LogisticRegression:
    """The model registered as iris:1."""
    rows, kinds = load_iris(return_X_y=True)
    model = LogisticRegression(max_iter=500).fit(rows, kinds)
    joblib.dump(model, tmp_path / "model.joblib")
    studio.models.register("iris", tmp_path / "model.joblib")
    return model


def score(port: int) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/score",
        data=json.dumps({"data": ROWS}).encode(),
        headers={"Authorization": "Bearer chosen"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=2).close()
    except OSError:
        return False
    return True


def test_that_a_model_in_a_folder_is_served_wherever_the_folder_is(
    packaging: PackagingService,
    environments: EnvironmentService,
    iris: LogisticRegression,
    tmp_path: Path,
) -> None:
    made = packaging.to_folder(PackageWish("iris", "iris-env"), tmp_path / "made")
    moved = tmp_path / "elsewhere"
    Path(made.place).rename(moved)
    bill = json.loads((moved / "server" / "sbom.cdx.json").read_text())
    assert {"scikit-learn", "numpy"} <= {c["name"] for c in bill["components"]}
    assert "scikit-learn==" in (moved / "requirements.lock").read_text()
    python = environments.build("iris-env").local.python
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [moved / "serve.sh"],
        env={
            **os.environ,
            "PYTHON": str(python),
            "STUDIO_PORT": str(port),
            "STUDIO_KEY": "chosen",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        eventually(lambda: answers(port), "an answer", 60)
        assert score(port) == {"predictions": iris.predict(ROWS).tolist()}
    finally:
        server.kill()
        server.communicate()
    with pytest.raises(RefusedError, match="isn't empty"):
        packaging.to_folder(PackageWish("iris", "iris-env"), moved)


@pytest.mark.docker
def test_that_a_registered_model_becomes_an_image_that_docker_run_serves(
    packaging: PackagingService,
    studio: Studio,
    docker_engine: TestEngine,
    iris: LogisticRegression,
) -> None:
    context = EngineContext("tests", docker_engine.host)
    wish = PackageWish("iris@latest", "iris-env")
    made = packaging.to_image(wish, "studio-test/iris:7", base=BASE, context=context)
    assert made.place == "studio-test/iris:7"
    assert (made.model, made.environment) == ("iris:1", "iris-env:1")
    container = docker_engine.docker(
        *("run", "--detach", "--read-only", "--cap-drop", "ALL"),
        *("--publish", "127.0.0.1::8080", "--env", "STUDIO_KEY=chosen", made.place),
    ).strip()
    try:
        said = docker_engine.docker("port", container, "8080/tcp")
        port = int(said.splitlines()[0].rpartition(":")[2])
        eventually(lambda: answers(port), "an answer", 60)
        assert score(port) == {"predictions": iris.predict(ROWS).tolist()}
        bill = "/opt/studio/server/sbom.cdx.json"
        assert "CycloneDX" in docker_engine.docker("exec", container, "cat", bill)
    finally:
        docker_engine.docker("rm", "--force", container)
    began = time.monotonic()
    again = packaging.to_image(wish, "studio-test/iris:7", base=BASE, context=context)
    assert again.digest == made.digest
    print(f"packaged in {made.seconds:.1f} s, again in {time.monotonic() - began:.1f}")
    docker_engine.docker("rmi", "--force", made.place)


def test_that_a_script_alone_doesnt_say_what_it_needs(
    packaging: PackagingService, iris: LogisticRegression, tmp_path: Path
) -> None:
    (tmp_path / "score.py").write_text("def init(): ...\ndef run(raw): return raw\n")
    wish = PackageWish("iris", code=tmp_path, script="score.py")
    with pytest.raises(InvalidError, match="which packages it needs"):
        packaging.to_folder(wish, tmp_path / "made")


def test_that_the_command_line_packages_a_model(
    studio: Studio, iris: LogisticRegression, tmp_path: Path
) -> None:
    answer = subprocess.run(
        [
            *(sys.executable, "-m", "studio", "--workspace", studio.workspace.root),
            *("models", "package", "iris:2", "--folder", tmp_path / "made", "--json"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert json.loads(answer.stdout)["error"]["code"] == "not_found"
