"""The same scikit-learn model as an image of ours, of MLflow and of BentoML.

python -m tests.bench peers     # as root; ten minutes, needs a network

MLflow and BentoML write their Dockerfiles themselves; nothing in them is changed. They
start from `python:3.11-slim`: no image can be pulled where this runs, so the base image
of the tests takes its name.
"""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from studio.domain.container_engine import EngineContext
from studio.environments.image_making import (
    ImageSource,
    environment_image,
    model_image,
    platform_of,
)
from studio.environments.images import clean_up
from studio.environments.model_image import ServedModel
from studio.environments.uv import find_uv
from studio.targets.docker_engine import DockerEngine, connect
from tests.bench.tables import Table
from tests.docker_engine import BASE_IMAGE, NoEngine, TestEngine, start
from tests.our_lock import SKLEARN, our_indexes, our_lock

TITLE = "Images beside MLflow and BentoML"
BENTOML = "bentoml==1.4.40"
_NOTE = (
    "Measured {day}. One logistic regression, packaged three times on one base image; "
    "the Dockerfiles are as `mlflow models generate-dockerfile --env-manager local` "
    "and `bentoml build` write them, built by the same engine. Theirs fetch packages "
    "while they build; ours takes wheels from uv's cache and builds without a network: "
    "the first column is a cold build of theirs and a warm one of ours. The second is "
    "the rebuild after the model was trained again."
)
_TRAIN = """
import sys
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
rows, kinds = load_iris(return_X_y=True)
model = LogisticRegression(max_iter=500, C=float(sys.argv[1])).fit(rows, kinds)
"""
_SAVE_OURS = _TRAIN + "import joblib; joblib.dump(model, sys.argv[2])"
_SAVE_MLFLOW = _TRAIN + (
    "import shutil, mlflow; shutil.rmtree(sys.argv[2], ignore_errors=True)\n"
    "mlflow.sklearn.save_model(model, sys.argv[2], input_example=rows[:2])"
)
_SAVE_BENTO = _TRAIN + "import bentoml; bentoml.sklearn.save_model('iris', model)"
_SERVICE = """
import bentoml
import numpy as np


@bentoml.service
class Iris:
    def __init__(self) -> None:
        self.model = bentoml.sklearn.load_model("iris:latest")

    @bentoml.api
    def predict(self, rows: np.ndarray) -> np.ndarray:
        return self.model.predict(rows)
"""
_BENTOFILE = """
service: "service:Iris"
include: ["service.py"]
models: ["iris:latest"]
python:
  packages: ["scikit-learn"]
  lock_packages: false
docker:
  base_image: "{base}"
"""


@dataclass(frozen=True)
class Packaging:
    """Seconds of the first build and of one after the model changed, bytes in all."""

    first: float
    again: float
    size: int


def tables() -> list[Table]:
    table = Table(
        TITLE,
        ("what", "first build", "another model", "on top of the base"),
        notes=_NOTE.format(day=f"{datetime.now(UTC):%Y-%m-%d}"),
    )
    try:
        own = start(os.getpid())
    except NoEngine as error:
        table.add("not measured", str(error), "", "")
        return [table]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = _base(own, folder / "base")
        _add(table, own, "ours", lambda: _ours(own, folder))
        _add(table, own, "MLflow", lambda: _mlflow(own, folder / "mlflow", base))
        _add(table, own, "BentoML", lambda: _bentoml(own, folder / "bento", base))
    return [table]


def _add(
    table: Table, own: TestEngine, what: str, measure: Callable[[], Packaging]
) -> None:
    try:
        found = measure()
    except subprocess.CalledProcessError as error:
        table.add(what, "not measured", str(error)[:80], "")
        return
    added = (found.size - _size(own, BASE_IMAGE)) / 1e6
    table.add(what, f"{found.first:.1f} s", f"{found.again:.1f} s", f"{added:.0f} MB")


def _ours(own: TestEngine, folder: Path) -> Packaging:
    with connect(EngineContext("bench", own.host)) as engine:
        took = [_package(engine, folder / "model.joblib", c) for c in ("1", "0.5")]
        size = _size(own, "ours/iris:1")
        clean_up(engine)
    return Packaging(took[0], took[1], size)


def _package(engine: DockerEngine, model: Path, strength: str) -> float:
    _python(_SAVE_OURS, strength, str(model))
    began = time.perf_counter()
    lock = our_lock(platform_of(engine), *SKLEARN, "httptools")
    source = ImageSource("ours/sklearn:1", lock, BASE_IMAGE)
    environment = environment_image(engine, source, indexes=our_indexes())
    served = ServedModel("sklearn", model=model)
    model_image(engine, served, environment.tag, "ours/iris:1")
    return time.perf_counter() - began


def _mlflow(own: TestEngine, folder: Path, base: str) -> Packaging:
    folder.mkdir()
    took = []
    for strength in ("1", "0.5"):
        _python(_SAVE_MLFLOW, strength, str(folder / "model"))
        words = ["generate-dockerfile", "-m", folder / "model", "-d", folder / "made"]
        began = time.perf_counter()
        _run("mlflow", "models", *map(str, words), "--env-manager", "local")
        own.docker("tag", base, _base_of(folder / "made" / "Dockerfile"))
        _build(own, folder / "made", "Dockerfile", "peer/mlflow")
        took.append(time.perf_counter() - began)
    return Packaging(took[0], took[1], _size(own, "peer/mlflow"))


def _bentoml(own: TestEngine, folder: Path, base: str) -> Packaging:
    folder.mkdir()
    home = folder.parent / "bento-home"  # a build copies what lies in its folder
    python = folder.parent / "bento-venv" / "bin" / "python"
    uv = find_uv()
    _run(uv, "venv", "-q", str(python.parents[1]))
    packages = (BENTOML, "scikit-learn", "pip", "uv")
    _run(uv, "pip", "install", "-q", "-p", str(python), *packages)
    (folder / "service.py").write_text(_SERVICE)
    (folder / "bentofile.yaml").write_text(_BENTOFILE.format(base=base))
    os.environ["BENTOML_HOME"] = str(home)
    os.environ["BENTOML_DO_NOT_TRACK"] = "True"
    took = []
    for strength in ("1", "0.5"):
        _run(str(python), "-c", _SAVE_BENTO, strength, at=folder)
        began = time.perf_counter()
        _run(str(python.with_name("bentoml")), "build", "-q", at=folder)
        made = [each.parent for each in (home / "bentos/iris").glob("*/bento.yaml")]
        newest = max(made, key=lambda each: each.stat().st_mtime)
        _build(own, newest, "env/docker/Dockerfile", "peer/bentoml")
        took.append(time.perf_counter() - began)
    return Packaging(took[0], took[1], _size(own, "peer/bentoml"))


def _base(own: TestEngine, folder: Path) -> str:
    """Debian's pip installs into the system when told, as the official image's does;
    and the network of a company may sign with a certificate of its own."""
    folder.mkdir()
    trusted = ssl.get_default_verify_paths()
    known = os.environ.get("SSL_CERT_FILE") or trusted.cafile or ""
    (folder / "ca.crt").write_bytes(Path(known).read_bytes() if known else b"")
    environment = ("PIP_CERT", "SSL_CERT_FILE") if known else ()
    lines = [f"FROM {BASE_IMAGE}", "COPY ca.crt /etc/ca.crt"]
    lines += ["ENV PIP_BREAK_SYSTEM_PACKAGES=1"]
    lines += [f"ENV {name}=/etc/ca.crt" for name in environment]
    (folder / "Dockerfile").write_text("\n".join(lines) + "\n")
    name = "python:3.11-slim"
    _build(own, folder, "Dockerfile", name)
    return name


def _base_of(dockerfile: Path) -> str:
    lines = dockerfile.read_text().splitlines()
    return next(each.split()[1] for each in lines if each.startswith("FROM "))


def _build(own: TestEngine, folder: Path, dockerfile: str, tag: str) -> None:
    words = ["build", "-q", "--network", "host", "-t", tag]
    own.docker(*words, "-f", str(folder / dockerfile), str(folder))


def _size(own: TestEngine, image: str) -> int:
    return int(own.docker("inspect", "--format", "{{.Size}}", image))


def _python(code: str, *words: str) -> None:
    _run(sys.executable, "-c", code, *words)


def _run(program: str, *words: str, at: Path | None = None) -> None:
    beside = Path(sys.executable).parent / program
    found = str(beside) if beside.exists() else program
    subprocess.run([found, *words], check=True, capture_output=True, cwd=at)


if __name__ == "__main__":
    for each in tables():
        each.show()
