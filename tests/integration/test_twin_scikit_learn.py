"""A model saved with one scikit-learn, and environments with others."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from studio.bootstrap import Studio
from studio.domain.endpoint import DeploymentSpec, DeploymentState
from studio.domain.environment import Declaration
from studio.domain.errors import RefusedError, StudioError

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
OLD = "1.5.2"


@pytest.fixture
def flowers(studio: Studio, tmp_path: Path) -> str:
    """A registered MLflow model of the studio's own scikit-learn."""
    import pandas as pd
    import sklearn
    from sklearn.ensemble import RandomForestClassifier

    rows = pd.DataFrame({"length": [1.0, 2.0, 8.0, 9.0], "width": [1.0, 1.0, 5.0, 6.0]})
    model = RandomForestClassifier(n_estimators=3, random_state=0)
    model.fit(rows, ["small", "small", "large", "large"])
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.pkl").write_bytes(pickle.dumps(model))
    flavor = {"pickled_model": "model.pkl", "sklearn_version": sklearn.__version__}
    (folder / "MLmodel").write_text(json.dumps({"flavors": {"sklearn": flavor}}))
    return studio.models.register("flowers", folder).reference


def build(studio: Studio, name: str, version: str) -> str:
    packages = f"scikit-learn=={version}\npandas\n"
    made = studio.environments.create(name, Declaration("pip", packages, "3.11"))
    try:
        studio.environments.build(made.reference)
    except StudioError as error:  # no index within reach has that version
        pytest.skip(str(error))
    return made.reference


def test_that_a_wrong_scikit_learn_is_caught_before_deployment(
    studio: Studio, flowers: str
) -> None:
    import sklearn

    own = sklearn.__version__
    old = build(studio, "old", OLD)
    report = studio.twin.check(old, flowers, trust=True)
    assert not report.passed
    row = report.rows[0]
    assert (row.name, row.verdict, row.serious) == ("scikit-learn", "differs", True)
    assert (row.declared, row.locked, row.imported) == (f"=={OLD}", OLD, OLD)
    told = f"saved with scikit-learn {own}; this environment has {OLD}"
    assert told in report.words
    spec = DeploymentSpec("flowers", "blue", flowers, environment=old, trust=True)
    with pytest.raises(RefusedError, match=told):
        studio.endpoints.deploy(spec)
    assert studio.endpoints.list() == ()

    mended = studio.twin.add_missing(report)
    assert f"scikit-learn=={own}\n" in mended.packages
    made = studio.environments.create("old", mended)
    again = studio.twin.check(made.reference, flowers, trust=True)
    assert again.passed, again.reasons
    assert {each.outcome for each in again.rehearsal.samples} <= {"ok", "refused"}
    serve(studio, flowers, made.reference)


def serve(studio: Studio, model: str, environment: str) -> None:
    spec = DeploymentSpec("flowers", "blue", model, environment=environment, trust=True)
    studio.endpoints.deploy(spec)
    try:
        found = studio.endpoints.wait("flowers", "blue")
        assert found.state is DeploymentState.RUNNING, found.message
        assert found.environment == environment
        row = {"columns": ["length", "width"], "data": [[8.5, 5.5]]}
        body = json.dumps({"input_data": row}).encode()
        answer = studio.endpoints.invoke("flowers", body)
        assert json.loads(answer.body) == {"predictions": ["large"]}
    finally:
        studio.endpoints.delete("flowers")
