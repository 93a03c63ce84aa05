"""Images: an environment, a model on it, a changed script; beside pip in a Dockerfile.

python -m tests.bench.images        # as root, with what `make test` installs
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.domain.container_engine import EngineContext
from studio.environments.image_build import BuildOptions, BuiltImage, build_classic
from studio.environments.image_context import folder_context
from studio.environments.image_making import (
    ImageSource,
    environment_image,
    model_image,
    platform_of,
)
from studio.environments.images import clean_up
from studio.environments.model_image import ServedModel
from studio.targets.docker_engine import DockerEngine, connect
from tests.bench.tables import Table, verdict
from tests.docker_engine import BASE_IMAGE, NoEngine, start
from tests.our_lock import ONNX, SKLEARN, our_indexes, our_lock

_MEGABYTE = 1e6
_WAIT_SECONDS = 60
_FREE = float("inf")


def tables() -> list[Table]:
    table = Table(
        "Images",
        ("what", "seconds", "on top of the base", "limit", "verdict"),
        notes="A Docker engine of the tests, classic builder, builds without a "
        "network; packages in uv's cache. Pip in a Dockerfile is what the images of "
        "MLflow and BentoML are made with: the same wheels, copied and installed.",
    )
    try:
        own = start(os.getpid())
    except NoEngine as error:
        table.add("not measured", str(error), "", "", "")
        return [table]
    context = EngineContext("bench", own.host)
    with connect(context) as engine, tempfile.TemporaryDirectory() as name:
        base = int(engine.api.inspect_image(BASE_IMAGE)["Size"])
        _measure(engine, Path(name), base, table)
    return [table]


def _measure(engine: DockerEngine, folder: Path, base: int, table: Table) -> None:
    def add(
        what: str, seconds: float, size: int, limit: float = _FREE, most: float = _FREE
    ) -> None:
        added = (size - base) / _MEGABYTE
        met = "met" if added <= most else "missed"
        told = verdict(seconds, limit) if met == "met" else met
        limits = f"{limit:g} s, {most:g} MB" if most < 1e6 else f"{limit:g} s"
        shown = limits if limit < 1e6 else ""
        cells = (f"{seconds:.1f}", f"{added:.0f} MB", shown, told if shown else "")
        table.add(what, *cells)

    environment = _environment(engine, "onnx:1", *ONNX, "httptools", "orjson")
    served = _script(folder / "code", 1, _onnx(folder))
    model = model_image(engine, served, environment.tag, "bench/onnx:1")
    seconds = environment.seconds + model.seconds
    add("ONNX serving image, packages and model", seconds, model.size_bytes, 20, 200)
    again = model_image(
        engine, _script(folder / "code", 2, served.model), environment.tag, model.tag
    )
    add(
        "… after a change of its scoring script",
        again.seconds,
        again.size_bytes,
        3,
        _FREE,
    )
    with _running(engine, again.tag) as ready:
        add(
            "… from start to its first healthy answer",
            ready,
            again.size_bytes,
            _FREE,
            _FREE,
        )
    pip = _pip(engine, folder / "pip", *ONNX, "httptools", "orjson")
    add(
        "… the same packages by pip in a Dockerfile",
        pip.seconds,
        pip.size_bytes,
        _FREE,
        _FREE,
    )
    sklearn = _environment(engine, "sklearn:1", *SKLEARN, "httptools")
    add("scikit-learn environment", sklearn.seconds, sklearn.size_bytes)
    there = _environment(engine, "sklearn:1", *SKLEARN, "httptools")
    add("… when its image is there", there.seconds, there.size_bytes)
    clean_up(engine)


def _environment(engine: DockerEngine, name: str, *packages: str) -> BuiltImage:
    lock = our_lock(platform_of(engine), *packages)
    source = ImageSource(name, lock, BASE_IMAGE)
    return environment_image(engine, source, indexes=our_indexes())


def _onnx(folder: Path) -> Path:
    import numpy
    from onnx import TensorProto, helper, numpy_helper, save

    weights = numpy_helper.from_array(numpy.ones((64, 64), dtype=numpy.float32), "w")
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 64])
        for name in ("x", "y")
    ]
    node = helper.make_node("MatMul", ["x", "w"], ["y"])
    graph = helper.make_graph([node], "model", ends[:1], ends[1:], [weights])
    opset = [helper.make_opsetid("", 17)]
    save(helper.make_model(graph, opset_imports=opset, ir_version=9), folder / "m.onnx")
    return folder / "m.onnx"


def _script(code: Path, number: int, model: Path | None) -> ServedModel:
    code.mkdir(exist_ok=True)
    (code / "score.py").write_text(
        "import glob, os, onnxruntime\n"
        "def init():\n"
        "    global session\n"
        "    path = os.environ['AZUREML_MODEL_DIR']\n"
        "    session = onnxruntime.InferenceSession(path)\n"
        f"def run(raw):\n    return {number}\n"
    )
    return ServedModel("script", model=model, code=code, script="score.py")


@contextmanager
def _running(engine: DockerEngine, image: str) -> Iterator[float]:
    """The seconds until a container of the image has answered its own health check."""
    began = time.perf_counter()
    container = engine.api.create_container(image)["Id"]
    try:
        engine.api.start(container)
        while time.perf_counter() - began < _WAIT_SECONDS:
            state = engine.api.inspect_container(container)["State"]
            if state["Health"]["Status"] == "healthy":
                break
            if not state["Running"]:
                raise RuntimeError(engine.api.logs(container).decode())
            time.sleep(0.05)
        yield time.perf_counter() - began
    finally:
        engine.api.remove_container(container, force=True)


def _pip(engine: DockerEngine, folder: Path, *packages: str) -> BuiltImage:
    """The wheels copied, and installed by pip inside the build."""
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    lock = our_lock(platform_of(engine), *packages)
    (folder / "requirements.txt").write_text(lock.text)
    command = ["pip", "download", "--quiet", "--no-deps", "--dest", str(wheels)]
    wanted = ["--require-hashes", "-r", str(folder / "requirements.txt")]
    subprocess.run(["python3", "-m", *command, *wanted], check=True)
    (folder / "Dockerfile").write_text(
        f"FROM {BASE_IMAGE}\n"
        "COPY . /w\n"
        "RUN pip3 install --break-system-packages --no-cache-dir --no-index "
        "--find-links /w/wheels -r /w/requirements.txt\n"
    )
    options = BuildOptions("bench/pip:1")
    return build_classic(engine, folder_context(folder), options)


if __name__ == "__main__":
    for each in tables():
        each.show()
    sys.exit(0)
