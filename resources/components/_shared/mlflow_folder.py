"""MLflow model folders, written and read without importing mlflow."""

from __future__ import annotations

import hashlib
import json
import pickle
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import step
from step import ComponentError

if TYPE_CHECKING:
    import pandas as pd

MLMODEL = "MLmodel"
_PICKLE = "model.pkl"
_MLFLOW_VERSION = "3.5.0"
_DTYPES = {"double": "float64", "string": object, "boolean": object}
_TYPES = {"number": "double", "text": "string", "boolean": "boolean"}


def save(
    model: Any,
    folder: Path,
    inputs: Mapping[str, str],
    output: str,
    example: dict[str, Any],
    metadata: Mapping[str, Any],
    packages: Sequence[str] = (),
) -> None:
    """Write a fitted scikit-learn model as an MLflow model.

    `inputs` maps each column to number, text or boolean; `output` is the MLflow
    type of a prediction; `example` is {"columns": [...], "data": [[...]]};
    `packages` are those it needs beside scikit-learn.
    """
    import yaml

    folder.mkdir(parents=True, exist_ok=True)
    pickled = pickle.dumps(model, protocol=5)
    (folder / _PICKLE).write_bytes(pickled)
    described = _description(inputs, output, metadata)
    # From the content and without a time: the same model is the same folder.
    described["model_uuid"] = hashlib.sha256(pickled).hexdigest()[:32]
    described["model_size_bytes"] = len(pickled)
    environment = _environment(packages)
    texts = {
        MLMODEL: yaml.safe_dump(described, sort_keys=True),
        "conda.yaml": yaml.safe_dump(environment["conda"], sort_keys=False),
        "python_env.yaml": yaml.safe_dump(environment["python"], sort_keys=False),
        "requirements.txt": "".join(f"{line}\n" for line in environment["pip"]),
        "input_example.json": json.dumps(example),
        "serving_input_example.json": json.dumps({"dataframe_split": example}),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def _description(
    inputs: Mapping[str, str], output: str, metadata: Mapping[str, Any]
) -> dict[str, Any]:
    columns = [
        {"type": _TYPES[kind], "name": name, "required": True}
        for name, kind in inputs.items()
    ]
    return {
        "flavors": {
            "python_function": {
                "env": {"conda": "conda.yaml", "virtualenv": "python_env.yaml"},
                "loader_module": "mlflow.sklearn",
                "model_path": _PICKLE,
                "predict_fn": "predict",
                "python_version": platform.python_version(),
            },
            "sklearn": {
                "code": None,
                "pickled_model": _PICKLE,
                "serialization_format": "pickle",
                "sklearn_version": version("scikit-learn"),
            },
        },
        "metadata": dict(metadata),
        "mlflow_version": _mlflow_version(),
        "saved_input_example_info": {
            "artifact_path": "input_example.json",
            "pandas_orient": "split",
            "serving_input_path": "serving_input_example.json",
            "type": "dataframe",
        },
        "signature": {
            "inputs": json.dumps(columns),
            "outputs": json.dumps([{"type": output, "required": True}]),
            "params": None,
        },
    }


def _mlflow_version() -> str:
    for package in ("mlflow", "mlflow-skinny"):
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return _MLFLOW_VERSION


def _environment(packages: Sequence[str]) -> dict[str, Any]:
    pip = [f"mlflow=={_mlflow_version()}"]
    for package in ("numpy", "pandas", "scikit-learn", "scipy", *packages):
        pip.append(f"{package}=={version(package)}")
    python = platform.python_version()
    return {
        "pip": pip,
        "conda": {
            "channels": ["conda-forge"],
            "dependencies": [f"python={python}", "pip", {"pip": pip}],
            "name": "mlflow-env",
        },
        "python": {
            "python": python,
            "build_dependencies": ["pip", "setuptools", "wheel"],
            "dependencies": ["-r requirements.txt"],
        },
    }


# -- reading ------------------------------------------------------------------


def is_model(folder: Path) -> bool:
    return (folder / MLMODEL).is_file()


def describe(folder: Path) -> dict[str, Any]:
    """What the MLmodel file says; a folder without one is an error."""
    import yaml

    if not is_model(folder):
        raise ComponentError(
            f"{folder.name} is not an MLflow model: it holds no MLmodel file",
            "Connect the 'model' output of a Train model step",
        )
    try:
        described = yaml.safe_load((folder / MLMODEL).read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ComponentError(
            f"The MLmodel file of {folder.name} can't be read: {error}",
            "Train or export the model again",
        ) from error
    return described if isinstance(described, dict) else {}


def input_columns(described: Mapping[str, Any]) -> list[str]:
    """Names of the columns the model takes; empty if it has no signature."""
    signature = described.get("signature") or {}
    columns = json.loads(signature.get("inputs") or "[]")
    return [column["name"] for column in columns if "name" in column]


def load(folder: Path, described: Mapping[str, Any]) -> Any:
    """The model: the scikit-learn object itself, or whatever mlflow loads."""
    flavor = (described.get("flavors") or {}).get("sklearn") or {}
    saved = flavor.get("serialization_format", "pickle")
    if "pickled_model" not in flavor or saved not in ("pickle", "cloudpickle"):
        from mlflow import pyfunc

        return pyfunc.load_model(str(folder))
    _warn_of_another_version(flavor.get("sklearn_version", ""))
    with (folder / flavor["pickled_model"]).open("rb") as file:
        return pickle.load(file)


def _warn_of_another_version(trained_with: str) -> None:
    here = version("scikit-learn")
    if trained_with and trained_with != here:
        print(f"Trained with scikit-learn {trained_with}, scored with {here}")


def require_columns(columns: list[str], wanted: list[str]) -> None:
    """The columns a model takes must all be in the table."""
    missing = [name for name in wanted if name not in columns]
    if missing:
        raise ComponentError(
            f"The model needs {step.listing(missing)}, which the table hasn't",
            f"{step.closest(missing[0], columns)}"
            f"Columns are: {step.listing(columns)}. "
            "Prepare the table in the same way as the training table.",
        )


def typed(frame: pd.DataFrame, described: Mapping[str, Any]) -> pd.DataFrame:
    """The columns in the types of the model's signature."""
    signature = described.get("signature") or {}
    result = frame.copy()
    for column in json.loads(signature.get("inputs") or "[]"):
        name, kind = column.get("name"), _DTYPES.get(column["type"])
        if name is None or kind is None:
            continue
        try:
            result[name] = result[name].astype(kind)
        except (ValueError, TypeError) as error:
            raise ComponentError(
                f"Column '{name}' must hold numbers for this model: {error}",
                "Prepare the table in the same way as the training table",
            ) from error
    return result
