"""Runs one function of the user's as a step.

    python function.py FILE FUNCTION --data PATH --factor 2 --out:table PATH

What its type hints call a table, a model or a file is read before and written after;
everything else is a value. The file is the user's own: it is run, not trusted.
"""

from __future__ import annotations

import importlib.util
import inspect
import json
import re
import sys
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

import features
import mlflow_folder
import step
import tables

TABLES = ("DataFrame", "Table", "Series")
MODELS = ("Model", "BaseEstimator", "Pipeline")
OUT = "--out:"


def main(argv: list[str]) -> None:
    file, name, *options = argv
    given = dict(zip(options[::2], options[1::2], strict=True))
    function = _function(Path(file), name)
    arguments = {
        key: _value(parameter, given[f"--{key}"])
        for key, parameter in inspect.signature(function).parameters.items()
        if f"--{key}" in given
    }
    result = function(**arguments)
    frames = [each for each in arguments.values() if hasattr(each, "columns")]
    outputs = {k.removeprefix(OUT): Path(v) for k, v in given.items() if OUT in k}
    _write(name, result, outputs, frames)


def _function(file: Path, name: str) -> Callable[..., Any]:
    _stand_in()
    spec = importlib.util.spec_from_file_location(file.stem, file.absolute())
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return getattr(module, name)  # type: ignore[no-any-return]


def _stand_in() -> None:
    """The decorator's module, in an environment that doesn't hold the studio."""
    try:
        import studio.step  # noqa: F401
    except ImportError:
        made = types.ModuleType("studio.step")

        def mark(function: Any = None, **_: Any) -> Any:
            return function if function is not None else lambda real: real

        made.step = mark  # type: ignore[attr-defined]
        made.Model, made.Folder = Any, Path  # type: ignore[attr-defined]
        sys.modules.setdefault("studio", types.ModuleType("studio"))
        sys.modules["studio.step"] = made


def _value(parameter: inspect.Parameter, text: str) -> Any:
    hint = str(parameter.annotation)
    path = Path(text)
    if any(word in hint for word in TABLES):
        frame = tables.frame(path)
        return frame.iloc[:, 0] if "Series" in hint else frame
    if any(word in hint for word in MODELS) or parameter.annotation is Any:
        return mlflow_folder.load(path, mlflow_folder.describe(path))
    return _scalar(parameter, text)


def _scalar(parameter: inspect.Parameter, text: str) -> Any:
    kinds = _kinds(parameter.annotation)
    for kind in kinds:
        if kind is bool:
            return step.boolean(text)
        if kind in (int, float):
            return kind(text)
    return Path(text) if Path in kinds else text


def _kinds(annotation: Any) -> list[Any]:
    """The types of a hint: of `float | None`, `Literal[1, 2]`, or written as text."""
    named = {"int": int, "float": float, "bool": bool, "str": str, "Path": Path}
    named |= {"Folder": Path, "File": Path}
    if isinstance(annotation, str):
        words = re.findall(r"[A-Za-z_]+", annotation)
        return [named[word] for word in words if word in named]
    inner = get_args(annotation)
    if get_origin(annotation) is None:
        return [annotation]
    return [each if isinstance(each, type) else type(each) for each in inner]


def _write(
    name: str, result: Any, outputs: Mapping[str, Path], frames: list[Any]
) -> None:
    values = result if isinstance(result, tuple) and len(outputs) > 1 else (result,)
    if not outputs:
        return
    if len(values) != len(outputs):
        raise step.ComponentError(
            f"{name} returned {step.count(len(values), 'value')}, "
            f"but has {step.count(len(outputs), 'output')}",
            "Return as many values as the return hint says",
        )
    for value, (port, path) in zip(values, outputs.items(), strict=True):
        if hasattr(value, "predict"):
            _save_model(value, frames, path)
        else:
            _write_one(name, port, value, path)


def _save_model(model: Any, frames: list[Any], path: Path) -> None:
    """With a signature, if one of the tables holds the columns it was fitted on."""
    names = [str(name) for name in getattr(model, "feature_names_in_", ())]
    known = [f for f in frames if names and set(names) <= set(map(str, f.columns))]
    if not known:
        import mlflow.sklearn

        mlflow.sklearn.save_model(model, str(path / "model"))
        for entry in list((path / "model").iterdir()):
            entry.rename(path / entry.name)
        (path / "model").rmdir()
        return
    head = known[0][names].head(5)
    labels = model.predict(head)
    mlflow_folder.save(
        model,
        path,
        {name: _kind(head[name]) for name in names},
        features.output_type(labels),
        features.example(head),
        {"estimator": type(model).__name__},
    )


def _kind(column: Any) -> str:
    if column.dtype == bool:
        return "boolean"
    return "number" if column.dtype.kind in "iuf" else "text"


def _write_one(name: str, port: str, value: Any, path: Path) -> None:
    kind = type(value).__name__
    if kind in ("DataFrame", "Series"):
        frame = value.to_frame() if kind == "Series" else value
        tables.write_frame(frame, path)
        step.metrics({f"{port}_rows" if port != "out" else "rows": len(frame)})
    elif isinstance(value, Mapping):
        path.mkdir(parents=True, exist_ok=True)
        numbers = {str(k): float(v) for k, v in value.items() if _is_number(v)}
        step.metrics(numbers)
        (path / "metrics.json").write_text(json.dumps(dict(value), default=str))
    elif isinstance(value, Path):
        _take_file(value, path)
    else:
        raise step.ComponentError(
            f"{name} returned {kind} for '{port}', which can't be kept",
            "Return a DataFrame, a model, a dict of numbers, or the Path of a file",
        )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _take_file(source: Path, path: Path) -> None:
    import shutil

    if source.is_dir():
        shutil.copytree(source, path, dirs_exist_ok=True)
    elif path.is_dir():
        shutil.copy2(source, path / source.name)
    else:
        shutil.copy2(source, path)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except step.ComponentError as error:
        step.report_error(error, type(error).__name__)
        sys.exit(1)
