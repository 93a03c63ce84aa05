"""Kinds of models and how each is loaded and asked.

A served model has `predict(body) -> bytes`, `signature() -> dict` and
`warm_up()`. Libraries are imported when a model needs them.
"""

from __future__ import annotations

import json
import os
import pickle
import re
import sys
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

from .body import dumps, loads, parse
from .columns import Column, frame, rows_in_order
from .problems import BadRequest, CannotLoad

_NOT_A_NUMBER = re.compile(
    r"could not convert|must be a real number|a string or a real"
)
Timed = Callable[[str], Any]
"""`with timed("load"):` reports one phase of the start."""


class Model:
    """A model that answers tables with predictions."""

    columns: Optional[List[Column]] = None
    example: Any = None

    def answer(self, table: Any) -> Dict[str, Any]:
        raise NotImplementedError  # pragma: no cover

    def predict(self, body: bytes) -> bytes:
        return dumps(self.answer(parse(body)))

    def signature(self) -> Dict[str, Any]:
        listed = [
            {"name": c.name, "type": c.kind, "required": c.required}
            for c in self.columns or []
        ]
        return {"inputs": listed, "example": self.example}

    def warm_up(self) -> None:
        """Answer the model's own example once, so that the first caller waits less."""
        if isinstance(self.example, dict):
            try:
                self.predict(dumps({"input_data": self.example}))
            except Exception as error:  # an odd example is no reason not to serve
                print("The model's own example isn't answered: %s" % error)


class SklearnModel(Model):
    """`method` is what answers for predictions: "predict" if nothing else is said."""

    def __init__(
        self, estimator: Any, columns: Optional[List[Column]], method: str = "predict"
    ) -> None:
        self._estimator = estimator
        self._predict = getattr(estimator, method)
        names = getattr(estimator, "feature_names_in_", None)
        if columns is None and names is not None:
            columns = [Column(str(name), "") for name in names]
        self.columns = columns

    def answer(self, table: Any) -> Dict[str, Any]:
        rows = self._rows(table)
        wanted = bool(table.params.get("probabilities"))
        if wanted and not hasattr(self._estimator, "predict_proba"):
            raise _no_probabilities()
        answer = {"predictions": _listed(self._asked(self._predict, rows))}
        if wanted:
            shares = self._estimator.predict_proba(rows).tolist()
            answer["probabilities"] = _by_label(self._estimator.classes_, shares)
        return answer

    def _rows(self, table: Any) -> Any:
        if self.columns is not None:
            return frame(table, self.columns)
        width = getattr(self._estimator, "n_features_in_", None)
        if width is not None and len(table.rows[0]) != width:
            raise BadRequest(
                "Each row has %d values; the model takes %d"
                % (len(table.rows[0]), width),
                "Give every row %d values" % width,
            )
        return frame(table, None).to_numpy()

    def _asked(self, method: Callable[[Any], Any], rows: Any) -> Any:
        """Without a signature, only the model itself can tell text from numbers."""
        try:
            return method(rows)
        except (ValueError, TypeError) as error:
            if _NOT_A_NUMBER.search(str(error)):
                told = "A value can't be used: %s" % error
                raise BadRequest(told, "Send numbers where it expects them") from error
            raise


class PyfuncModel(Model):
    """Any other MLflow flavour, through MLflow itself."""

    def __init__(self, loaded: Any, columns: Optional[List[Column]]) -> None:
        self._loaded = loaded
        self.columns = columns

    def answer(self, table: Any) -> Dict[str, Any]:
        result = self._loaded.predict(frame(table, self.columns))
        if hasattr(result, "columns"):
            return {"predictions": result.to_dict(orient="records")}
        return {"predictions": _listed(result)}


class OnnxModel(Model):
    """`columns` names the places of a single matrix, where they are known."""

    def __init__(self, session: Any, columns: Optional[List[Column]] = None) -> None:
        self._session = session
        self._inputs = session.get_inputs()
        self._outputs = [output.name for output in session.get_outputs()]
        self.columns = columns
        if len(self._inputs) > 1:
            kinds = [_onnx_kind(each.type) for each in self._inputs]
            names = [each.name for each in self._inputs]
            self.columns = [Column(n, k) for n, k in zip(names, kinds)]

    def answer(self, table: Any) -> Dict[str, Any]:
        results = self._session.run(None, self._feeds(table))
        answer = {"predictions": _flat(_listed(results[0]))}
        if table.params.get("probabilities"):
            if len(results) < 2:
                raise _no_probabilities()
            answer["probabilities"] = _shares(_listed(results[1]))
        return answer

    def _feeds(self, table: Any) -> Dict[str, Any]:
        import numpy

        if len(self._inputs) > 1:
            rows = frame(table, self.columns)
            return {
                each.name: _shaped(rows[each.name].to_numpy(), each)
                for each in self._inputs
            }
        only = self._inputs[0]
        named = self.columns and rows_in_order(table, self.columns)
        try:
            values = numpy.asarray(named or table.rows, dtype=_onnx_dtype(only.type))
        except (TypeError, ValueError) as error:
            raise BadRequest(
                "The rows aren't %s throughout: %s" % (only.type, error),
                "Send numbers only",
            ) from error
        width = only.shape[1] if len(only.shape) == 2 else None
        if isinstance(width, int) and values.shape[1:] != (width,):
            raise BadRequest(
                "Each row has %s values; the model takes %d"
                % (values.shape[1] if values.ndim > 1 else 1, width),
                "Give every row %d numbers" % width,
            )
        return {only.name: values}


class ScriptModel(Model):
    """Azure ML's scoring script: `init()` once, `run(raw_data)` for each request."""

    def __init__(self, run: Callable[[str], Any]) -> None:
        self._run = run

    def predict(self, body: bytes) -> bytes:
        result = self._run(body.decode("utf-8", "replace"))
        if not isinstance(result, (str, bytes)):
            return dumps(result)
        text = result.encode() if isinstance(result, str) else result
        try:
            loads(text)
        except BadRequest:  # plain words, which become a string of JSON
            return dumps(text.decode("utf-8", "replace"))
        return text


def load(config: Dict[str, Any], timed: Timed) -> Model:
    """The model that a configuration describes. CannotLoad, or whatever it raises."""
    kind = config.get("kind")
    if kind == "script":
        return _load_script(config, timed)
    path = Path(config["model_path"])
    if kind == "mlflow":
        return _load_mlflow(path, timed, config.get("mlmodel"))
    if kind == "sklearn":
        return SklearnModel(_load_pickle(_only(path, _PICKLES), timed), None)
    if kind == "onnx":
        return _load_onnx(_only(path, (".onnx",)), timed)
    raise CannotLoad("Models of kind '%s' can't be served" % kind, "Use a script")


_PICKLES = (".pkl", ".pickle", ".joblib")


def _only(path: Path, endings: Any) -> Path:
    """The one file of a kind in a folder (or the file itself, whatever its name)."""
    if path.is_file():
        return path
    found = [f for f in sorted(path.rglob("*")) if f.suffix.lower() in endings]
    if len(found) == 1:
        return found[0]
    raise CannotLoad(
        "%s holds %d files that could be the model" % (path, len(found)),
        "Register the one file, or deploy with a scoring script",
    )


def _load_pickle(file: Path, timed: Timed) -> Any:
    with timed("import"):
        import pandas  # noqa: F401
        import sklearn  # noqa: F401
    with timed("load"):
        try:
            return _unpickled(file)
        except (KeyError, IndexError, EOFError, pickle.UnpicklingError) as error:
            raise CannotLoad(
                "%s isn't a file that pickle or joblib wrote (%s: %s)"
                % (file.name, type(error).__name__, error),
                "Save the model with joblib.dump or pickle.dump and register that",
            ) from error


def _unpickled(file: Path) -> Any:
    if file.suffix != ".joblib":
        try:
            with file.open("rb") as stream:
                return pickle.load(stream)
        except (pickle.UnpicklingError, EOFError, KeyError):
            pass  # joblib's own files look like pickles at first
    import joblib

    return joblib.load(file)


def _load_onnx(
    file: Path, timed: Timed, columns: Optional[List[Column]] = None
) -> Model:
    with timed("import"):
        import onnxruntime

        if hasattr(onnxruntime, "disable_telemetry_events"):
            onnxruntime.disable_telemetry_events()
    with timed("load"):
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        return OnnxModel(onnxruntime.InferenceSession(str(file), options), columns)


def _load_mlflow(folder: Path, timed: Timed, about: Any = None) -> Model:
    """`about` is what its MLmodel says, where the environment may not read YAML."""
    if about is None:
        import yaml

        about = yaml.safe_load((folder / "MLmodel").read_text())
    flavors = about.get("flavors") or {}
    columns = _signature_columns(about)
    general = flavors.get("python_function") or {}
    if general.get("code"):
        sys.path.insert(0, str(_inside(folder, general["code"])))
    if "sklearn" in flavors and _is_pickle(flavors["sklearn"]):
        file = _inside(folder, flavors["sklearn"].get("pickled_model", "model.pkl"))
        method = general.get("predict_fn") or "predict"
        model: Model = SklearnModel(_load_pickle(file, timed), columns, method)
    elif "onnx" in flavors:
        file = _inside(folder, flavors["onnx"].get("data", "model.onnx"))
        model = _load_onnx(file, timed, columns)
    else:
        with timed("import"):
            import mlflow.pyfunc
        with timed("load"):
            model = PyfuncModel(mlflow.pyfunc.load_model(str(folder)), columns)
    model.example = _example(about, folder)
    return model


def _inside(folder: Path, name: Any) -> Path:
    """A file of the model. What lies outside was never registered or checked."""
    path = (folder / str(name)).resolve()
    if folder.resolve() not in path.parents:
        raise CannotLoad(
            "MLmodel names '%s', which isn't in the model's folder" % name,
            "Register the model again with all its files inside",
        )
    return path


def _is_pickle(flavor: Dict[str, Any]) -> bool:
    return flavor.get("serialization_format") in (None, "pickle", "cloudpickle")


def _load_script(config: Dict[str, Any], timed: Timed) -> Model:
    import importlib.util

    script = Path(config["script"])
    os.environ["AZUREML_MODEL_DIR"] = str(config.get("model_path") or "")
    sys.path.insert(0, str(script.parent))
    os.chdir(script.parent)
    with timed("import"):
        spec = importlib.util.spec_from_file_location("scoring_script", str(script))
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["scoring_script"] = module
        spec.loader.exec_module(module)
    for name in ("init", "run"):
        if not callable(getattr(module, name, None)):
            raise CannotLoad(
                "%s defines no function %s()" % (script.name, name),
                "Write init() and run(raw_data)",
            )
    with timed("load"):
        module.init()
    return ScriptModel(module.run)


def _signature_columns(about: Dict[str, Any]) -> Optional[List[Column]]:
    text = (about.get("signature") or {}).get("inputs")
    try:
        listed = json.loads(text) if text else []
    except ValueError:
        return None
    columns = [
        Column(c["name"], str(c.get("type", "")), bool(c.get("required", True)))
        for c in listed
        if isinstance(c, dict) and "name" in c
    ]
    return columns or None


def _example(about: Dict[str, Any], folder: Path) -> Any:
    name = (about.get("saved_input_example_info") or {}).get("artifact_path")
    try:
        example = json.loads(_inside(folder, name).read_text()) if name else None
    except (OSError, ValueError, CannotLoad):
        return None
    if isinstance(example, dict) and {"columns", "data"} <= set(example):
        return {"columns": example["columns"], "data": example["data"][:2]}
    return None


_DTYPES = {
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(int64)": "int64",
    "tensor(int32)": "int32",
    "tensor(bool)": "bool",
    "tensor(string)": "object",
    "tensor(float16)": "float16",
}


def _onnx_dtype(kind: str) -> str:
    return _DTYPES.get(kind, "float32")


def _onnx_kind(kind: str) -> str:
    if kind == "tensor(string)":
        return "string"
    return "boolean" if kind == "tensor(bool)" else "double"


def _shaped(values: Any, declared: Any) -> Any:
    values = values.astype(_onnx_dtype(declared.type))
    return values.reshape(-1, 1) if len(declared.shape) == 2 else values


def _listed(result: Any) -> Any:
    return result.tolist() if hasattr(result, "tolist") else result


def _no_probabilities() -> BadRequest:
    told = "This model gives no probabilities"
    return BadRequest(told, "Leave 'probabilities' out")


def _flat(predictions: Any) -> Any:
    """[[1.5], [2.5]], as regressions answer, is [1.5, 2.5]."""
    if all(isinstance(row, list) and len(row) == 1 for row in predictions):
        return [row[0] for row in predictions]
    return predictions


def _shares(result: Any) -> List[Dict[str, Any]]:
    """Probabilities by label; a matrix has no labels but its columns' numbers."""
    if result and isinstance(result[0], dict):
        return [{str(k): share for k, share in row.items()} for row in result]
    return _by_label(range(len(result[0])), result) if result else []


def _by_label(labels: Any, rows: List[List[float]]) -> List[Dict[str, Any]]:
    names = [str(label) for label in labels]
    return [dict(zip(names, row)) for row in rows]
