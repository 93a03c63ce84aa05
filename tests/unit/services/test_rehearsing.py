"""Models tried in the studio's own interpreter."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import psutil
import pytest

from studio.domain.errors import UnavailableError
from studio.interchange.model_needs import read_model_needs
from studio.services.environments.rehearsing import rehearse
from tests.workspaces import eventually


def test_that_the_provider_that_computed_an_onnx_model_is_proven(
    tmp_path: Path,
) -> None:
    from onnx import TensorProto, helper, save

    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 3])
    made = helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 3])
    node = helper.make_node("Neg", ["x"], ["y"])
    graph = helper.make_graph([node], "negation", [given], [made])
    imports = [helper.make_opsetid("", 17)]
    save(
        helper.make_model(graph, opset_imports=imports, ir_version=9),
        str(tmp_path / "model.onnx"),
    )
    config = {"kind": "onnx", "model_path": str(tmp_path / "model.onnx")}
    told = rehearse(Path(sys.executable), config)
    assert told.failures == ()
    assert [each.outcome for each in told.samples] == ["ok"]
    assert "CPUExecutionProvider" in str(told.providers["available"])
    assert told.providers["session"] == ["CPUExecutionProvider"]
    assert told.providers["ran"] == {"CPUExecutionProvider": 1}
    assert {"onnxruntime", "numpy"} <= set(told.imported)
    assert "scikit-learn" not in told.imported


def test_that_a_sample_that_the_model_refuses_is_no_failure(tmp_path: Path) -> None:
    import pandas
    import sklearn
    from sklearn.linear_model import LinearRegression

    rows = pandas.DataFrame({"a": [1.0, 2.0, 4.0]})
    file = tmp_path / "model.pkl"
    file.write_bytes(pickle.dumps(LinearRegression().fit(rows, [1.0, 2.0, 4.0])))
    told = rehearse(Path(sys.executable), {"kind": "sklearn", "model_path": str(file)})
    outcomes = {each.name: each.outcome for each in told.samples}
    assert told.failures == ()
    assert outcomes["typical"] == outcomes["largest"] == "ok"
    assert outcomes["missing"] == "refused"
    needs = read_model_needs(file)
    assert needs.packages == {"scikit-learn": f"=={sklearn.__version__}"}
    assert needs.written_by == {"scikit-learn"}


def test_that_a_model_that_never_loads_is_ended(tmp_path: Path) -> None:
    script = tmp_path / "score.py"
    script.write_text("import threading\nthreading.Event().wait()\n")
    config = {"kind": "script", "script": str(script), "model_path": ""}
    with pytest.raises(UnavailableError, match="within"):
        rehearse(Path(sys.executable), config, seconds=0.5)


def test_that_a_trial_sees_no_session_and_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_RUNTIME_DIR", "PYTHON_KEYRING_BACKEND", "UV_DEFAULT_INDEX"):
        monkeypatch.setenv(name, "planted")
    script = tmp_path / "score.py"
    script.write_text(
        "import os, pathlib, subprocess, sys\n"
        "nap = [sys.executable, '-c', 'import time; time.sleep(600)']\n"
        "child = subprocess.Popen(nap, start_new_session=True)\n"
        "here = pathlib.Path(__file__).parent\n"
        "here.joinpath('pid').write_text(str(child.pid))\n"
        "here.joinpath('seen').write_text(repr(dict(os.environ)))\n"
        "raise ValueError\n"
    )
    config = {"kind": "script", "script": str(script), "model_path": ""}
    assert rehearse(Path(sys.executable), config).failures
    assert "planted" not in (tmp_path / "seen").read_text()
    pid = int((tmp_path / "pid").read_text())
    eventually(lambda: not psutil.pid_exists(pid), "the end of what it had started")
