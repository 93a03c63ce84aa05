"""What a model's files say it was saved with, read without loading it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement

from studio.domain.errors import StudioError
from studio.domain.requirement_lines import normal_name, requirement_lines
from studio.domain.twin import ModelNeeds
from studio.interchange import located
from studio.interchange.imported_environments import import_mlflow_model

_FLAVORS: Mapping[str, str] = {
    "sklearn": "scikit-learn",
    "xgboost": "xgboost",
    "lightgbm": "lightgbm",
    "catboost": "catboost",
    "pytorch": "torch",
    "tensorflow": "tensorflow",
    "onnx": "onnx",
}
_VERSION_KEYS: Mapping[str, str] = {
    "sklearn": "sklearn_version",
    "xgboost": "xgb_version",
    "lightgbm": "lgb_version",
    "catboost": "catboost_version",
    "pytorch": "pytorch_version",
    "tensorflow": "tensorflow_version",
    "onnx": "onnx_version",
}
_PICKLES = (".pkl", ".pickle", ".joblib")
_MOST_PICKLE_BYTES = 256 * 1024 * 1024
_SKLEARN_VERSION = re.compile(
    rb"_sklearn_version.{0,8}?(\d+\.\d+(?:\.\w+)*)", re.DOTALL
)


def read_model_needs(path: Path) -> ModelNeeds:
    """From MLmodel, requirements.txt, conda.yaml and python_env.yaml where they are,
    and from the version that scikit-learn writes into its pickles."""
    packages, writers = dict[str, str](), dict[str, str]()
    python = ""
    if path.is_dir() and (path / "MLmodel").is_file():
        python, text = _environment(path)
        packages.update(_constraints(text))
        about = read_mlmodel(path)
        writers.update(_of_flavors(about))
        python = _python(about) or python
    if version := _pickled_sklearn(path):
        writers["scikit-learn"] = f"=={version}"
    return ModelNeeds(python, {**packages, **writers}, frozenset(writers))


def read_mlmodel(folder: Path) -> dict[str, Any]:
    """MLmodel as plain values; {} where it can't be read."""
    try:
        return located.read(folder / "MLmodel").mapping()
    except StudioError:
        return {}


def _environment(folder: Path) -> tuple[str, str]:
    try:
        found = import_mlflow_model(folder)
    except StudioError:
        return "", ""
    return found.python, found.text


def _constraints(text: str) -> Iterator[tuple[str, str]]:
    for line in requirement_lines(text):
        try:
            asked = Requirement(line.text)
        except InvalidRequirement:
            continue
        if asked.marker is None or asked.marker.evaluate():
            yield normal_name(asked.name), str(asked.specifier)


def _of_flavors(about: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for flavor, said in _flavors(about).items():
        version = said.get(_VERSION_KEYS.get(flavor, ""))
        if version and flavor != "onnx":  # running one takes onnxruntime alone
            found[_FLAVORS[flavor]] = f"=={version}"
    return found


def _python(about: Mapping[str, Any]) -> str:
    return str(_flavors(about).get("python_function", {}).get("python_version") or "")


def _flavors(about: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    flavors = about.get("flavors")
    listed = flavors.items() if isinstance(flavors, dict) else ()
    return {str(k): v for k, v in listed if isinstance(v, dict)}


def _pickled_sklearn(path: Path) -> str:
    """The first version in a pickle; none where the file is compressed."""
    files = [path] if path.is_file() else sorted(path.rglob("*"))
    for file in files:
        if file.suffix.lower() not in _PICKLES or not file.is_file():
            continue
        if file.stat().st_size <= _MOST_PICKLE_BYTES:
            found = _SKLEARN_VERSION.search(file.read_bytes())
            if found:
                return found[1].decode()
    return ""
