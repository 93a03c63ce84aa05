"""How a registered model is served: which kind of server, started with what."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio.domain.endpoint import DeploymentSpec
from studio.domain.errors import InvalidError

_PICKLES = (".pkl", ".pickle", ".joblib")


def server_command(spec: DeploymentSpec, model: Path | None) -> dict[str, Any]:
    """What the supervisor is told about one deployment.

    InvalidError if the model is of no kind that can be served without a script.
    """
    kind, path = ("script", model) if spec.scoring_script else _kind(spec, model)
    return {
        "kind": kind,
        "model_path": str(path) if path else "",
        "script": str(_script(spec)) if spec.scoring_script else None,
        "python": sys.executable,
        "env": dict(spec.environment_variables),
        "instances": spec.instances,
        "stopped": False,
        "probe": {"period_s": 1, "timeout_s": 2, "failure_threshold": 30},
    }


def with_absolute_code(spec: DeploymentSpec) -> DeploymentSpec:
    """The code folder as seen from anywhere, not only from where it was typed."""
    if not spec.code:
        return spec
    return replace(spec, code=str(Path(spec.code).expanduser().absolute()))


def _script(spec: DeploymentSpec) -> Path:
    script = Path(spec.scoring_script).expanduser()
    path = script if script.is_absolute() else Path(spec.code or ".") / script
    if not path.is_file():
        raise InvalidError(
            f"The scoring script {path} doesn't exist",
            hint="Give its path relative to --code",
        )
    return path.absolute()


def _kind(spec: DeploymentSpec, model: Path | None) -> tuple[str, Path]:
    assert model is not None
    if (model / "MLmodel").is_file():
        return "mlflow", model
    files = sorted(model.rglob("*")) if model.is_dir() else [model]
    for kind, endings in (("onnx", (".onnx",)), ("sklearn", _PICKLES)):
        found = [file for file in files if file.suffix.lower() in endings]
        if len(found) == 1:
            return kind, found[0]
    return _by_content(spec, model)


def _by_content(spec: DeploymentSpec, model: Path) -> tuple[str, Path]:
    """A single stored file has no name any more: its first bytes tell."""
    if model.is_file():
        with model.open("rb") as file:
            head = file.read(2)
        if head[:1] == b"\x80" or head == b"\x78\x9c":
            return "sklearn", model
        if head[:1] == b"\x08":
            return "onnx", model
    raise InvalidError(
        f"{spec.model} is neither an MLflow model, nor holds one .onnx, .pkl or "
        ".joblib file",
        hint="Deploy it with a scoring script: --code FOLDER --scoring-script FILE",
    )
