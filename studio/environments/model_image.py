"""The image of a served model: its environment, the same server as an endpoint's, the
model, and the scoring code last, since that changes most."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from studio.domain.environment import Lock
from studio.domain.errors import InvalidError
from studio.environments.image_recipe import HOME, CopiedContent, ModelRecipe

WORKER = Path(__file__).resolve().parent.parent / "worker"
ROOT = "/opt/studio"
PORT = 8080
_PROGRAMS = ("container.py", "serve.py", "kernel.py")
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "": ("httptools>=0.6",),
    "sklearn": ("pandas>=1.5",),
    "mlflow": ("pyyaml>=6",),
}


@dataclass(frozen=True)
class ServedModel:
    """What is served. `kind` is "sklearn", "onnx", "mlflow" or "script"; `script` is
    relative to `code`. `library` has what the server needs beside the environment;
    `assets` are other files and folders, found below /opt/studio/assets; `bill` is
    the text of its bill of materials, kept as sbom.cdx.json beside the server."""

    kind: str
    model: Path | None = None
    code: Path | None = None
    script: str = ""
    library: Path | None = None
    assets: Mapping[str, Path] = field(default_factory=dict)
    deployment: str = ""
    bill: str = ""
    request_timeout_seconds: float = 60.0


def server_requirements(lock: Lock | None, kind: str) -> Sequence[str]:
    """What the server needs and the lock lacks, as requirements."""
    have = {package.name.lower() for package in lock.packages} if lock else set()
    wanted = [*_NEEDED[""], *_NEEDED.get(kind, ())]
    return [each for each in wanted if each.split(">")[0] not in have]


def model_recipe(
    served: ServedModel,
    environment: str,
    staging: Path,
    *,
    labels: Mapping[str, str] | None = None,
    python: str = f"{HOME}/bin/python",
) -> ModelRecipe:
    """What is copied where, and what is run. `staging` is an empty folder, used until
    the image is built."""
    server = f"{ROOT}/server"
    program = f"{server}/container.py"
    contents = [CopiedContent(_server(staging / "server", served.bill), server)]
    if served.library:
        contents.append(CopiedContent(served.library, f"{server}/lib"))
    for name, source in sorted(served.assets.items()):
        contents.append(CopiedContent(source, f"{ROOT}/assets/{_asset(name)}"))
    if served.model:
        contents.append(CopiedContent(served.model, f"{ROOT}/{_place(served.model)}"))
    config = staging / "container.json"
    config.write_text(json.dumps(_config(served), indent=1), encoding="utf-8")
    contents.append(CopiedContent(config, f"{server}/container.json"))
    if served.code:
        contents.append(CopiedContent(served.code, f"{ROOT}/code"))
    return ModelRecipe(
        environment,
        tuple(contents),
        command=(python, "-u", program),
        health=(python, "-S", program, "--healthy"),
        port=PORT,
        labels=labels or {},
    )


def _config(served: ServedModel) -> dict[str, object]:
    if served.kind == "script" and not (served.code and served.script):
        raise InvalidError(
            "A model that is served by a script needs the script",
            hint="Name its folder and its file",
        )
    if served.code and served.script and not (served.code / served.script).is_file():
        raise InvalidError(
            f"The scoring script {served.script} isn't in {served.code}",
            hint="Give its path relative to the code folder",
        )
    return {
        "kind": served.kind,
        "model_path": _place(served.model) if served.model else "",
        "script": f"code/{served.script}" if served.script else None,
        "deployment": served.deployment,
        "request_timeout_s": served.request_timeout_seconds,
    }


def _place(model: Path) -> str:
    """Relative to where all of it stands, which may be another folder than ROOT."""
    return "model" if model.is_dir() else f"model/{model.name}"


def _asset(name: str) -> str:
    if not name or name.startswith("/") or ".." in Path(name).parts:
        raise InvalidError(
            f"'{name}' can't be the name of an asset in an image",
            hint="Use a relative path without '..'",
        )
    return name


def _server(folder: Path, bill: str) -> Path:
    folder.mkdir(parents=True)
    for name in _PROGRAMS:
        shutil.copy2(WORKER / name, folder / name)
    leave = shutil.ignore_patterns("__pycache__")
    shutil.copytree(WORKER / "serving", folder / "serving", ignore=leave)
    if bill:
        (folder / "sbom.cdx.json").write_text(bill, encoding="utf-8")
    return folder
