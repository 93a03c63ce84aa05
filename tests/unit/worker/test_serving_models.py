"""Predictions of real models over HTTP equal those of the model in this process."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import onnx
import onnx.helper as oh
import pandas as pd
import pytest
import yaml
from model_server import Server
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

COLUMNS = ["length", "mass", "island"]
ROWS: list[list[Any]] = [
    [39.1, 3750, "Biscoe"],
    [46.5, 5200, "Dream"],
    [40.0, None, "Biscoe"],
    [50.2, 5500, "Dream"],
]
SPECIES = ["Adelie", "Gentoo", "Adelie", "Gentoo"]


def _penguins() -> pd.DataFrame:
    return pd.DataFrame(ROWS, columns=COLUMNS)


def _pipeline() -> Any:
    parts = make_column_transformer(
        (SimpleImputer(), ["length", "mass"]),
        (OneHotEncoder(handle_unknown="ignore"), ["island"]),
    )
    return make_pipeline(parts, LogisticRegression(max_iter=5000)).fit(
        _penguins(), SPECIES
    )


def _write_mlflow(folder: Path, model: Any, **flavors: Any) -> Path:
    """An MLmodel folder as MLflow writes it, with the signature of `COLUMNS`."""
    folder.mkdir()
    (folder / "model.pkl").write_bytes(pickle.dumps(model))
    kinds = {"length": "double", "mass": "long", "island": "string"}
    inputs = [{"type": k, "name": n, "required": True} for n, k in kinds.items()]
    example = {"columns": COLUMNS, "data": ROWS[:3]}
    (folder / "input_example.json").write_text(json.dumps(example))
    sklearn_flavor = {"pickled_model": "model.pkl", "serialization_format": "pickle"}
    general = {"loader_module": "mlflow.sklearn", "model_path": "model.pkl"}
    about = {
        "flavors": flavors or {"sklearn": sklearn_flavor, "python_function": general},
        "saved_input_example_info": {"artifact_path": "input_example.json"},
        "signature": {"inputs": json.dumps(inputs)},
    }
    (folder / "MLmodel").write_text(yaml.safe_dump(about))
    return folder


@pytest.fixture(scope="module")
def pipeline() -> Any:
    return _pipeline()


@pytest.fixture(scope="module")
def penguins(
    tmp_path_factory: pytest.TempPathFactory, pipeline: Any
) -> Iterator[Server]:
    """An MLflow folder with a signature, served."""
    root = tmp_path_factory.mktemp("mlflow")
    folder = _write_mlflow(root / "model", pipeline)
    server = Server(root / "log.txt", kind="mlflow", model_path=str(folder))
    yield server.ready()
    server.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(kind: str, path: Path, **more: Any) -> Server:
        log = tmp_path / "log.txt"
        servers.append(Server(log, kind=kind, model_path=str(path), **more))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def _records(rows: list[list[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


_SPLIT = {"columns": COLUMNS, "data": ROWS}
_SHUFFLED = {
    "columns": COLUMNS[::-1],
    "index": [7, 8, 9, 3],
    "data": [r[::-1] for r in ROWS],
}


@pytest.mark.parametrize(
    "body",
    [
        {"input_data": _SPLIT},
        {"input_data": _SHUFFLED},
        {"input_data": ROWS},
        {"input_data": _records(ROWS)},
        {"dataframe_split": _SPLIT},
        {"dataframe_records": _records(ROWS)},
        {"inputs": {name: [r[i] for r in ROWS] for i, name in enumerate(COLUMNS)}},
        {"instances": _records(ROWS)},
        {"instances": ROWS},
        {"data": ROWS},
        {"input_data": {**_SPLIT, "columns": [*COLUMNS, "id"],
                        "data": [[*r, 9] for r in ROWS]}},
    ],
)  # fmt: skip
def test_that_every_shape_of_request_gives_the_models_own_answer(
    penguins: Server, pipeline: Any, body: dict[str, Any]
) -> None:
    answer = penguins.score(body)
    assert answer.status == 200, answer.body
    assert answer.json == {"predictions": list(pipeline.predict(_penguins()))}


def test_that_probabilities_come_by_label(penguins: Server, pipeline: Any) -> None:
    answer = penguins.score({"data": ROWS, "params": {"probabilities": True}}).json
    shares = pipeline.predict_proba(_penguins())
    for told, row in zip(answer["probabilities"], shares, strict=True):
        assert list(told) == ["Adelie", "Gentoo"]
        assert list(told.values()) == pytest.approx(list(row))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "valid JSON"),
        (b"{", "valid JSON"),
        (b"\xff\xfe", "valid JSON"),
        (b"[" * 5000, "valid JSON"),
        (b"{}", "holds no input"),
        (b"7", "holds no rows"),
        (b'{"input_data": []}', "holds no rows"),
        (b'{"input_data": {}}', "holds no columns"),
        (b'{"data": [[1, 2]]}', "2 values; the model takes 3"),
        (b'{"data": [[1, 2, "a"], [1]]}', "Row 2 has 1 values, 3 are expected"),
        (b'{"inputs": {"length": [1, 2], "mass": [1]}}', "different lengths"),
        (b'{"data": [[1, 2, "a"]], "params": 3}', "'params'"),
        (b'{"dataframe_split": {"columns": ["length", "Mass"], "data": [[1, 2]]}}',
         "'mass', 'island' | It has 'Mass'"),
        (b'{"dataframe_records": [{"length": "long", "mass": 1, "island": "a"}]}',
         "Row 1: 'length' must be a number, not 'long'"),
        (b'{"dataframe_records": [{"length": [1], "mass": 1, "island": "a"}]}',
         "'length' must be a number"),
    ],
)  # fmt: skip
def test_that_a_request_that_does_not_fit_is_400_and_says_what(
    penguins: Server, body: bytes, told: str
) -> None:
    answer = penguins.score(body)
    assert answer.status == 400 and told in answer.error, answer.body


def test_that_the_signature_comes_with_an_example_that_is_answered(
    penguins: Server,
) -> None:
    signature = penguins.request("GET", "/signature").json
    assert signature["inputs"][1] == {"name": "mass", "type": "long", "required": True}
    assert signature["example"] == {"columns": COLUMNS, "data": ROWS[:2]}
    assert penguins.score({"input_data": signature["example"]}).status == 200


def test_that_the_phases_of_the_start_are_told(penguins: Server) -> None:
    names = [e["name"] for e in penguins.events if e["event"] == "phase"]
    assert names == ["import", "load", "warm_up"]
    assert penguins.events[-1] == {"event": "ready", "pid": penguins.process.pid}


@pytest.mark.parametrize("suffix", [".joblib", ".pkl"])
def test_that_a_file_of_scikit_learn_is_served(
    serve: Callable[..., Server], tmp_path: Path, pipeline: Any, suffix: str
) -> None:
    file = tmp_path / f"model{suffix}"
    joblib.dump(pipeline, file, compress=3)
    server = serve("sklearn", file).ready()
    answer = server.score({"dataframe_records": _records(ROWS)})
    assert answer.json["predictions"] == list(pipeline.predict(_penguins()))
    names = [c["name"] for c in server.request("GET", "/signature").json["inputs"]]
    assert names == COLUMNS
    wrong = _records([["long", 1, "Biscoe"]])
    assert server.score({"dataframe_records": wrong}).status in (400, 500)


def test_that_a_model_fitted_without_names_checks_what_it_can(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    x = np.random.default_rng(0).normal(size=(50, 3))
    model = LinearRegression().fit(x, x @ [1.0, 2.0, 3.0])
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(model))
    server = serve("sklearn", tmp_path).ready()
    answer = server.score({"data": x[:5].tolist()})
    assert answer.json["predictions"] == pytest.approx(list(model.predict(x[:5])))
    few = server.score({"data": [[1, 2]]})
    assert few.status == 400 and "2 values; the model takes 3" in few.error
    text = server.score({"data": [[1, 2, "blue"]]})
    assert text.status == 400 and "blue" in text.error
    none = server.score({"data": [[1, 2, 3]], "params": {"probabilities": True}})
    assert none.status == 400 and "no probabilities" in none.error
    null = server.score({"data": [[1, None, 3]]})
    assert null.status == 500 and "NaN" in null.error


def _onnx_linear(file: Path, weights: list[float]) -> None:
    """y = x @ weights + 0.5, x a float matrix."""
    x = oh.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [None, len(weights)])
    y = oh.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [None, 1])
    w = oh.make_tensor("w", onnx.TensorProto.FLOAT, [len(weights), 1], weights)
    b = oh.make_tensor("b", onnx.TensorProto.FLOAT, [1], [0.5])
    nodes = [
        oh.make_node("MatMul", ["x", "w"], ["xw"]),
        oh.make_node("Add", ["xw", "b"], ["y"]),
    ]
    graph = oh.make_graph(nodes, "linear", [x], [y], [w, b])
    _save_onnx(graph, file)


def _save_onnx(graph: Any, file: Path) -> None:
    model = oh.make_model(graph, opset_imports=[oh.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    file.write_bytes(model.SerializeToString())


def test_that_an_onnx_matrix_is_served(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    _onnx_linear(tmp_path / "model.onnx", [1.0, 10.0, 100.0])
    server = serve("onnx", tmp_path).ready()
    assert server.score({"data": [[1, 2, 3], [0, 0, 0]]}).json == {
        "predictions": [321.5, 0.5]
    }
    few = server.score({"data": [[1, 2]]})
    assert few.status == 400 and "the model takes 3" in few.error
    assert server.score({"data": [[1, 2, "x"]]}).status == 400
    lost = server.score({"data": [[1, 2, 3e38]]})  # more than a float holds
    assert lost.body == b'{"predictions":[null]}'
    asked = server.score({"data": [[1, 2, 3]], "params": {"probabilities": True}})
    assert asked.status == 400


def test_that_names_put_the_columns_of_an_onnx_matrix_in_order(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    folder = _write_mlflow(tmp_path / "m", None, onnx={"data": "model.onnx"})
    numbers = [{"type": "double", "name": name} for name in ("a", "b")]
    about = yaml.safe_load((folder / "MLmodel").read_text())
    about["signature"] = {"inputs": json.dumps(numbers)}
    (folder / "MLmodel").write_text(yaml.safe_dump(about))
    _onnx_linear(folder / "model.onnx", [1.0, 10.0])
    server = serve("mlflow", folder).ready()
    for body in (
        {"dataframe_records": [{"b": 2, "a": 1}]},
        {"dataframe_split": {"columns": ["b", "extra", "a"], "data": [[2, 9, 1]]}},
        {"data": [[1, 2]]},
    ):
        assert server.score(body).json == {"predictions": [21.5]}
    missing = server.score({"dataframe_records": [{"b": 2}]})
    assert missing.status == 400 and "'a'" in missing.error


def test_that_onnx_inputs_by_column_are_cast_to_their_types(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    columns = {"n": onnx.TensorProto.INT64, "word": onnx.TensorProto.STRING}
    inputs = [oh.make_tensor_value_info(n, k, [None, 1]) for n, k in columns.items()]
    outputs = [
        oh.make_tensor_value_info("label", onnx.TensorProto.STRING, [None, 1]),
        oh.make_tensor_value_info("shares", onnx.TensorProto.FLOAT, [None, 2]),
    ]
    nodes = [
        oh.make_node("Identity", ["word"], ["label"]),
        oh.make_node("Cast", ["n"], ["f"], to=onnx.TensorProto.FLOAT),
        oh.make_node("Concat", ["f", "f"], ["shares"], axis=1),
    ]
    graph = oh.make_graph(nodes, "columns", inputs, outputs)
    _save_onnx(graph, tmp_path / "model.onnx")
    server = serve("onnx", tmp_path / "model.onnx").ready()
    rows = {"columns": ["word", "n"], "data": [["a", 1], ["b", 2]]}
    answer = server.score({"input_data": rows, "params": {"probabilities": True}})
    assert answer.json == {
        "predictions": ["a", "b"],
        "probabilities": [{"0": 1.0, "1": 1.0}, {"0": 2.0, "1": 2.0}],
    }


def test_that_another_flavour_goes_through_mlflow(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    (folder / "code").mkdir(parents=True)
    (folder / "code" / "adding.py").write_text(
        "class Adding:\n"
        "    def predict(self, frame, params=None):\n"
        "        return frame.sum(axis=1)\n"
        "def _load_pyfunc(path):\n"
        "    return Adding()\n"
    )
    (folder / "data").mkdir()
    general = {"loader_module": "adding", "code": "code", "data": "data"}
    about = {"flavors": {"python_function": general}}
    (folder / "MLmodel").write_text(yaml.safe_dump(about))
    server = serve("mlflow", folder).ready()
    answer = server.score({"data": [[1.0, 2.0], [3.0, 4.0]]})
    assert answer.json == {"predictions": [3.0, 7.0]}


def test_that_another_method_may_be_the_prediction(
    serve: Callable[..., Server], tmp_path: Path, pipeline: Any
) -> None:
    sklearn_flavor = {"pickled_model": "model.pkl", "serialization_format": "pickle"}
    folder = _write_mlflow(
        tmp_path / "m",
        pipeline,
        sklearn=sklearn_flavor,
        python_function={"predict_fn": "predict_proba"},
    )
    server = serve("mlflow", folder).ready()
    shares = server.score({"data": ROWS}).json["predictions"]
    assert np.allclose(shares, pipeline.predict_proba(_penguins()))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"cpickle\nNoSuchName\n.", "NoSuchName"),
        (b"cnot_installed\nModel\n.", "needs the package 'not_installed'"),
    ],
)
def test_that_a_model_that_cannot_be_loaded_says_why(
    serve: Callable[..., Server], tmp_path: Path, content: bytes, message: str
) -> None:
    (tmp_path / "model.pkl").write_bytes(content)
    failed = serve("sklearn", tmp_path).wait_for("failed")
    assert message in failed["message"] and failed["hint"]
    assert failed["phase"] == "load"


def test_that_two_files_are_not_guessed_between(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    for name in ("a.pkl", "b.pkl"):
        (tmp_path / name).write_bytes(b"x")
    failed = serve("sklearn", tmp_path).wait_for("failed")
    assert "2 files" in failed["message"]


def test_that_a_file_missing_from_an_mlflow_model_is_named(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    folder = _write_mlflow(tmp_path / "m", None)
    (folder / "model.pkl").unlink()
    failed = serve("mlflow", folder).wait_for("failed")
    assert "model.pkl" in failed["message"]
