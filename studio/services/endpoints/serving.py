"""How a registered model is served: which kind of server, started with what."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio.domain.component import Component
from studio.domain.endpoint import DeploymentSpec
from studio.domain.errors import InvalidError
from studio.engine.code import code_files
from studio.interchange.model_needs import read_mlmodel
from studio.storage.artifacts import ArtifactStore

_PICKLES = (".pkl", ".pickle", ".joblib")
_STORED = "stored:"


def with_stored_code(spec: DeploymentSpec, artifacts: ArtifactStore) -> DeploymentSpec:
    """The scoring code kept as content: what is served doesn't change, or go away,
    with the folder it came from."""
    if not spec.scoring_script or spec.code.startswith(_STORED):
        return spec
    script = _script(spec)
    files = {script.name: script}
    name = script.name
    if spec.code:
        folder = Path(spec.code).expanduser().absolute()
        files = code_files(Component("scoring", "score", code=folder))
        name = script.relative_to(folder).as_posix()
    stored = artifacts.add_files(files, durable=True)
    return replace(spec, code=_STORED + stored.digest, scoring_script=name)


def stored_code(spec: DeploymentSpec) -> str:
    """The digest of its scoring code, once it is kept; "" for none."""
    return spec.code.removeprefix(_STORED) if spec.code.startswith(_STORED) else ""


def server_command(
    spec: DeploymentSpec, digest: str, artifacts: ArtifactStore, python: str = ""
) -> dict[str, Any]:
    """What the supervisor is told about one deployment; `digest` is the model's,
    `python` the interpreter of its environment, if it has one.

    InvalidError if the model is of no kind that can be served without a script.
    """
    model = artifacts.folder(digest) if digest else None
    kind, path = served_kind(spec, model)
    return {
        "kind": kind,
        "model_path": str(path) if path else "",
        "script": _stored_script(spec, artifacts),
        "python": python or sys.executable,
        **(_without_yaml(kind, model) if spec.environment else {}),
        "env": dict(spec.environment_variables),
        "instances": spec.instances,
        "stopped": False,
        "probe": {"period_s": 1, "timeout_s": 2, "failure_threshold": 30},
    }


def _without_yaml(kind: str, model: Path | None) -> dict[str, Any]:
    """For an interpreter of its own, which may read no YAML and sees no packages but
    its environment's."""
    own = {"own_packages": True}
    if kind != "mlflow" or model is None:
        return own
    about = read_mlmodel(model)
    return {**own, "mlmodel": json.loads(json.dumps(about, default=str))}


def _stored_script(spec: DeploymentSpec, artifacts: ArtifactStore) -> str | None:
    if not spec.scoring_script:
        return None
    if not spec.code.startswith(_STORED):  # deployed before code was kept
        return str(_script(spec))
    folder = artifacts.path(spec.code.removeprefix(_STORED))
    return str(folder / spec.scoring_script)


def _script(spec: DeploymentSpec) -> Path:
    script = Path(spec.scoring_script).expanduser()
    folder = Path(spec.code).expanduser()
    path = (script if script.is_absolute() else folder / script).absolute()
    if not path.is_file():
        raise InvalidError(
            f"The scoring script {path} doesn't exist",
            hint="Give its path relative to --code",
        )
    if spec.code and not path.is_relative_to(folder.absolute()):
        raise InvalidError(
            f"The scoring script {path} isn't in the code folder {folder}",
            hint="Put it there, or leave --code out",
        )
    return path


def served_kind(spec: DeploymentSpec, model: Path | None) -> tuple[str, Path | None]:
    """The kind of server for a model's folder, and what of it is loaded."""
    if spec.scoring_script:
        return "script", model
    assert model is not None
    if (model / "MLmodel").is_file():
        return "mlflow", model
    files = sorted(model.rglob("*"))
    for kind, endings in (("onnx", (".onnx",)), ("sklearn", _PICKLES)):
        found = [file for file in files if file.suffix.lower() in endings]
        if len(found) == 1:
            return kind, found[0]
    raise InvalidError(
        f"{spec.model} is neither an MLflow model, nor holds one .onnx, .pkl or "
        ".joblib file",
        hint="Deploy it with a scoring script: --code FOLDER --scoring-script FILE",
    )
