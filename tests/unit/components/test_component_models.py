"""Train, score, evaluate, register: on penguins, iris and diabetes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from component_steps import Steps, with_mlflow
from sklearn.datasets import load_diabetes, load_iris

FEATURES = "island, bill_*, flipper_length_mm, body_mass_g, sex"
CLASSIFIERS = [
    "random_forest",
    "gradient_boosting",
    "decision_tree",
    "logistic_regression",
    "ridge",
    "knn",
    "svm",
    "mlp",
]
REGRESSORS = [
    "random_forest",
    "gradient_boosting",
    "decision_tree",
    "linear_regression",
    "ridge",
    "knn",
    "svm",
    "mlp",
]

Train = Callable[..., Any]


@pytest.fixture
def train(steps: Steps, penguins: Path) -> Train:
    """Train on the penguins, with a small forest unless told otherwise."""

    def run(**inputs: Any) -> Any:
        given = {"data": penguins, "target": "species", "n_estimators": 10, **inputs}
        return steps.ok("train_model", **given)

    return run


def plot(folder: Path, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / f"plots/{kind}.json").read_text())
    assert found["kind"] == kind
    assert {"title", "x_label", "y_label"} <= set(found)
    return found


# -- train --------------------------------------------------------------------


@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_that_every_classifier_learns_penguins_with_gaps_and_text(
    steps: Steps, train: Train, penguins: Path, estimator: str
) -> None:
    result = train(estimator=estimator)
    assert result.metrics["training_accuracy"] > 0.95
    assert result.params["task"] == "classification"
    scored = steps.ok("score_model", model=result.output("model"), data=penguins)
    table = scored.table()
    assert (table["prediction"] == table["species"]).mean() > 0.95
    has_chances = estimator not in ("ridge", "svm")
    assert ("probability_Adelie" in table.columns) == has_chances
    importance = plot(result.output("report"), "importance")
    assert sum(importance["values"]) == pytest.approx(1, abs=1e-4)
    assert set(importance["labels"]) == set(table.columns[1:8])


@pytest.mark.parametrize("estimator", REGRESSORS)
def test_that_every_regressor_learns_diabetes(steps: Steps, estimator: str) -> None:
    table = steps.table(load_diabetes(as_frame=True).frame)
    result = steps.ok(
        "train_model",
        data=table,
        target="target",
        estimator=estimator,
        parameters='{"C": 100}' if estimator == "svm" else None,
    )
    assert result.params["task"] == "regression"
    assert result.metrics["training_r2"] > 0.4


def test_that_whole_numbers_with_few_values_are_classes(steps: Steps) -> None:
    table = steps.table(load_iris(as_frame=True).frame)
    result = steps.ok(
        "train_model", data=table, target="target", estimator="logistic_regression"
    )
    assert result.params["task"] == "classification"
    scored = steps.ok("score_model", model=result.output("model"), data=table)
    assert set(scored.table()["prediction"]) == {0, 1, 2}
    judged = steps.ok("evaluate_model", data=scored.output("table"), target="target")
    assert judged.metrics["accuracy"] > 0.95
    assert judged.metrics["auc"] > 0.99


def test_that_only_the_named_columns_are_learnt_from(train: Train) -> None:
    result = train(features="bill_*, !bill_depth_mm, sex")
    assert result.params["features"] == "bill_length_mm, sex"


def test_that_progress_and_a_validation_curve_are_told(
    steps: Steps, train: Train, penguins: Path
) -> None:
    split = steps.ok("split", data=penguins)
    result = train(
        data=split.output("train"), validation=split.output("test"), n_estimators=20
    )
    shares = [r["progress"] for r in result.reports if "progress" in r]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    curve = [r for r in result.reports if r.get("key") == "validation_score"]
    assert [point["step"] for point in curve] == list(range(2, 21, 2))
    assert all(abs(r["time"] - curve[0]["time"]) < 100 for r in curve)
    assert result.metrics["validation_accuracy"] > 0.9


@pytest.mark.parametrize("estimator", ["random_forest", "gradient_boosting"])
def test_that_trees_added_in_parts_are_the_forest_of_one_fit(
    steps: Steps, train: Train, penguins: Path, estimator: str
) -> None:
    import pickle

    from sklearn.base import clone

    result = train(estimator=estimator, n_estimators=23, seed=7)
    model = pickle.loads((result.output("model") / "model.pkl").read_bytes())
    rows = steps.ok("select_columns", data=penguins, columns="*").table()
    again = clone(model).fit(
        rows[model.feature_names_in_].astype({"island": object, "sex": object}),
        rows["species"].to_numpy(dtype=object),
    )
    np.testing.assert_allclose(
        again.predict_proba(rows), model.predict_proba(rows), atol=1e-12
    )
    assert model.named_steps["model"].get_params()["warm_start"] is False


def test_that_the_same_training_gives_the_same_model_folder(train: Train) -> None:
    first, second = train().output("model"), train().output("model")
    for file in sorted(first.iterdir()):
        assert file.read_bytes() == (second / file.name).read_bytes(), file.name


def test_that_a_multilayer_perceptron_logs_its_loss(train: Train) -> None:
    result = train(estimator="mlp", max_iter=20)
    losses = [r["value"] for r in result.reports if r.get("key") == "loss"]
    assert len(losses) == 20
    assert losses[-1] < losses[0]
    assert "ended before it converged" in result.out


def test_that_rows_without_target_and_dates_are_left_out_and_said(
    steps: Steps,
) -> None:
    rng = np.random.default_rng(0)
    table = steps.table(
        {
            "when": pd.date_range("2024-01-01", periods=60),
            "flag": [True, False, None] * 20,
            "x": rng.normal(size=60),
            "y": [*rng.normal(size=59), None],
        }
    )
    result = steps.ok("train_model", data=table, target="y", estimator="ridge")
    assert "Left out 1 row without a value in 'y'" in result.out
    assert "neither numbers nor text: when" in result.out
    assert result.params["features"] == "flag, x"


def test_that_free_parameters_reach_the_estimator(train: Train) -> None:
    result = train(parameters='{"min_samples_leaf": 5, "max_features": null}')
    assert result.params["min_samples_leaf"] == 5


@pytest.mark.parametrize(
    ("inputs", "message", "hint"),
    [
        ({"target": "specie"}, "Column 'specie' is not in the table", "'species'"),
        ({"features": "bill_*, wing"}, "Column 'wing' is not", "'Features'"),
        ({"features": "species, sex"}, "can't learn from 'species'", "Remove it"),
        ({"task": "regression"}, "holds categories, not numbers", "'Task'"),
        ({"estimator": "linear_regression"}, "predicts numbers", "ridge"),
        (
            {"target": "body_mass_g", "estimator": "logistic_regression"},
            "predicts categories",
            "linear_regression",
        ),
        (
            {"target": "bill_depth_mm", "task": "classification"},
            "holds numbers with fractions",
            "Set 'Task' to regression",
        ),
        ({"parameters": "{'a': 1}"}, "'Parameters' is not JSON", "Write it like"),
        ({"parameters": "[1]"}, "not a JSON object", "Write it like"),
        (
            {"parameters": '{"max_dept": 3}'},
            "random_forest has no parameter 'max_dept'",
            "Did you mean 'max_depth'?",
        ),
        (
            {"parameters": '{"criterion": "best"}'},
            "RandomForestClassifier can't be fitted",
            "Correct the parameters",
        ),
        ({"n_estimators": "few"}, "n_estimators", "Correct the parameters"),
    ],
)
def test_that_training_says_what_is_wrong_and_how_to_mend_it(
    steps: Steps, penguins: Path, inputs: dict[str, str], message: str, hint: str
) -> None:
    given = {"data": penguins, "target": "species", **inputs}
    error = steps.fails("train_model", **given).error
    assert message in error["message"]
    assert hint in error["hint"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"y": ["a"] * 30, "x": range(30)}, "has one value only: a"),
        ({"y": [f"id{n}" for n in range(30)], "x": range(30)}, "too many categories"),
        ({"y": [None, None], "x": [1, 2]}, "No row has a value in column 'y'"),
        ({"y": ["a", "b"] * 9}, "There is no column to learn from"),
    ],
)
def test_that_a_target_that_can_not_be_learnt_is_told(
    steps: Steps, table: dict[str, Any], message: str
) -> None:
    result = steps.fails("train_model", data=steps.table(table), target="y")
    assert message in result.err


# -- the model folder ---------------------------------------------------------


def test_that_real_mlflow_loads_and_serves_the_model(train: Train) -> None:
    folder = train(features=FEATURES).output("model")
    columns = [
        "island",
        "bill_length_mm",
        "bill_depth_mm",
        "flipper_length_mm",
        "body_mass_g",
        "sex",
    ]
    rows = [
        ["Torgersen", 39.1, 18.7, 181.0, 3750.0, "male"],
        ["Biscoe", 46.5, 14.4, 217.0, 4900.0, None],
        ["Atlantis", None, None, None, 5200.0, None],
    ]
    told = with_mlflow(
        """
        rows = pd.DataFrame(given["data"], columns=given["columns"])
        served = mlflow.pyfunc.load_model(folder)
        try:
            served.predict(rows.drop(columns="island"))
        except mlflow.MlflowException as error:
            refused = str(error)
        told = {
            "predicted": list(served.predict(rows)),
            "example": len(served.predict(served.input_example)),
            "columns": served.metadata.signature.inputs.input_names(),
            "chances": mlflow.sklearn.load_model(folder).predict_proba(rows).shape,
            "refused": refused,
        }
        """,
        folder,
        {"columns": columns, "data": rows},
    )
    assert told["predicted"][:2] == ["Adelie", "Gentoo"]
    assert told["example"] == 5
    assert told["columns"] == columns
    assert told["chances"] == [3, 3]
    assert "island" in told["refused"]


def test_that_models_saved_by_mlflow_itself_are_scored(steps: Steps) -> None:
    folder = steps.root / "saved"
    with_mlflow(
        """
        from sklearn.linear_model import LinearRegression
        x = pd.DataFrame({"x": [1.0, 2.0]})
        mlflow.sklearn.save_model(
            LinearRegression().fit(x, [2.0, 4.0]),
            folder + "/plain",
            serialization_format="cloudpickle",
            pip_requirements=[],
        )
        class Doubles(mlflow.pyfunc.PythonModel):
            def predict(self, context, model_input, params=None):
                return model_input["x"] * 2
        mlflow.pyfunc.save_model(
            folder + "/own", python_model=Doubles(), pip_requirements=[]
        )
        told = {}
        """,
        folder,
    )
    table = steps.table({"x": [3.0, 5.0]})
    for name in ("plain", "own"):
        scored = steps.ok("score_model", model=folder / name, data=table)
        assert scored.table()["prediction"].tolist() == pytest.approx([6.0, 10.0])


def test_that_the_model_takes_rows_without_any_known_value(train: Train) -> None:
    import pickle

    folder = train(features=FEATURES).output("model")
    model = pickle.loads((folder / "model.pkl").read_bytes())
    names = list(model.feature_names_in_)
    for nothing in (None, np.nan):
        row = pd.DataFrame([[nothing] * len(names)], columns=names)
        assert model.predict(row)[0] in ("Adelie", "Chinstrap", "Gentoo")


def test_that_the_model_folder_says_how_to_rebuild_its_environment(
    train: Train,
) -> None:
    import yaml

    folder = train().output("model")
    assert {file.name for file in folder.iterdir()} == {
        "MLmodel",
        "model.pkl",
        "conda.yaml",
        "python_env.yaml",
        "requirements.txt",
        "input_example.json",
        "serving_input_example.json",
    }
    assert "scikit-learn==" in (folder / "requirements.txt").read_text()
    described = yaml.safe_load((folder / "MLmodel").read_text())
    assert set(described["flavors"]) == {"python_function", "sklearn"}
    assert described["metadata"]["target"] == "species"
    columns = json.loads(described["signature"]["inputs"])
    assert {c["name"]: c["type"] for c in columns}["year"] == "double"


# -- score --------------------------------------------------------------------


def test_that_scoring_needs_the_columns_of_the_training(
    steps: Steps, train: Train, penguins: Path
) -> None:
    model = train().output("model")
    table = steps.ok(
        "select_columns", data=penguins, columns="sex, year", mode="exclude"
    ).output("table")
    result = steps.fails("score_model", model=model, data=table)
    assert "The model needs sex, year, which the table hasn't" in result.err


def test_that_scoring_text_as_numbers_is_told(
    steps: Steps, train: Train, penguins: Path
) -> None:
    model = train(features="year, body_mass_g").output("model")
    table = steps.table({"year": ["long ago"], "body_mass_g": [1.0]})
    result = steps.fails("score_model", model=model, data=table)
    assert "Column 'year' must hold numbers for this model" in result.err


def test_that_a_folder_that_is_no_model_is_told(steps: Steps, penguins: Path) -> None:
    result = steps.fails("score_model", model=penguins, data=penguins)
    assert "is not an MLflow model" in result.err


def test_that_scoring_twice_replaces_the_predictions(
    steps: Steps, train: Train, penguins: Path
) -> None:
    model = train().output("model")
    once = steps.ok("score_model", model=model, data=penguins)
    twice = steps.ok("score_model", model=model, data=once.output("table"))
    assert "Replaced columns: prediction" in twice.out
    pd.testing.assert_frame_equal(once.table(), twice.table())


# -- evaluate -----------------------------------------------------------------


def test_that_the_metrics_of_categories_are_right(steps: Steps) -> None:
    table = steps.table(
        {
            "y": ["a", "a", "b", "b"],
            "prediction": ["a", "b", "b", "b"],
            "probability_a": [0.9, 0.4, 0.2, 0.1],
            "probability_b": [0.1, 0.6, 0.8, 0.9],
        }
    )
    result = steps.ok("evaluate_model", data=table, target="y")
    assert result.metrics["accuracy"] == 0.75
    assert result.metrics["recall"] == 0.75
    assert result.metrics["precision"] == pytest.approx((1 + 2 / 3) / 2)
    assert result.metrics["auc"] == 1.0
    expected = -np.log([0.9, 0.4, 0.8, 0.9]).mean()
    assert result.metrics["log_loss"] == pytest.approx(expected)
    folder = result.output("evaluation")
    assert json.loads((folder / "metrics.json").read_text()) == result.metrics
    matrix = plot(folder, "confusion_matrix")
    assert matrix["labels"] == ["a", "b"]
    assert matrix["values"] == [[1, 1], [0, 2]]
    (curve,) = plot(folder, "roc")["series"]
    assert (curve["label"], curve["x"][0], curve["y"][-1]) == ("b", 0.0, 1.0)
    (tradeoff,) = plot(folder, "precision_recall")["series"]
    assert tradeoff["area"] == 1.0


def test_that_labels_without_probabilities_have_no_curves(steps: Steps) -> None:
    table = steps.table({"y": [True, False], "prediction": [True, True]})
    result = steps.ok("evaluate_model", data=table, target="y")
    assert "auc" not in result.metrics
    plots = result.output("evaluation") / "plots"
    assert [file.name for file in plots.iterdir()] == ["confusion_matrix.json"]


def test_that_a_label_absent_from_the_test_has_no_curve(steps: Steps) -> None:
    table = steps.table(
        {
            "y": ["a", "b", "a"],
            "prediction": ["a", "b", "c"],
            "probability_a": [0.8, 0.1, 0.4],
            "probability_b": [0.1, 0.8, 0.1],
            "probability_c": [0.1, 0.1, 0.5],
        }
    )
    result = steps.ok("evaluate_model", data=table, target="y")
    series = plot(result.output("evaluation"), "roc")["series"]
    assert [each["label"] for each in series] == ["a", "b"]


def test_that_the_metrics_of_numbers_are_right(steps: Steps) -> None:
    table = steps.table(
        {"y": [1.5, 2.0, 3.0, None], "prediction": [1.0, 2.0, 5.0, 1.0]}
    )
    result = steps.ok("evaluate_model", data=table, target="y")
    assert result.metrics["rows"] == 3
    assert result.metrics["mae"] == pytest.approx(2.5 / 3)
    assert result.metrics["rmse"] == pytest.approx((4.25 / 3) ** 0.5)
    assert result.metrics["medae"] == 0.5
    folder = result.output("evaluation")
    assert plot(folder, "residuals")["y"] == [0.5, 0.0, -2.0]
    assert plot(folder, "predicted_vs_actual")["x"] == [1.5, 2.0, 3.0]


def test_that_long_plots_are_thinned(steps: Steps) -> None:
    rng = np.random.default_rng(0)
    y = rng.normal(size=5000)
    table = steps.table({"y": y, "prediction": y + rng.normal(size=5000)})
    result = steps.ok("evaluate_model", data=table, target="y")
    assert len(plot(result.output("evaluation"), "residuals")["x"]) == 500


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"target": "specis"}, "Did you mean 'species'?"),
        ({"target": "species"}, "Column 'prediction' is not in the table"),
        (
            {"target": "species", "prediction": "island", "task": "regression"},
            "Column 'species' holds no numbers",
        ),
        (
            {
                "target": "body_mass_g",
                "prediction": "bill_length_mm",
                "task": "classification",
            },
            "too many for categories",
        ),
    ],
)
def test_that_evaluating_says_what_is_wrong(
    steps: Steps, penguins: Path, inputs: dict[str, str], message: str
) -> None:
    assert message in steps.fails("evaluate_model", data=penguins, **inputs).err


# -- register -----------------------------------------------------------------


def test_that_registering_links_the_files_and_asks_the_app(
    steps: Steps, train: Train
) -> None:
    trained = train()
    result = steps.ok(
        "register_model",
        model=trained.output("model"),
        evaluation=trained.output("report"),
        name="penguins",
        tags="sample=penguins, stage=dev, note=a=b",
        description="It's a test",
    )
    (action,) = result.actions
    assert action["action"] == "register_model"
    assert action["name"] == "penguins"
    assert action["output"] == "registered_model"
    assert action["type"] == "mlflow_model"
    assert action["tags"] == {"sample": "penguins", "stage": "dev", "note": "a=b"}
    assert action["description"] == "It's a test"
    assert action["metrics"]["training_accuracy"] > 0.9
    copied = result.output("registered_model") / "MLmodel"
    assert copied.samefile(trained.output("model") / "MLmodel")


def test_that_without_an_app_the_model_is_only_copied(
    steps: Steps, train: Train
) -> None:
    model = train().output("model")
    result = steps.run("register_model", listening=False, model=model, name="m")
    assert result.code == 0
    assert "was only copied" in result.out
    assert (result.output("registered_model") / "model.pkl").is_file()


def test_that_a_file_of_another_kind_is_a_custom_model(steps: Steps) -> None:
    file = steps.file("weights.bin", b"\0" * 10)
    result = steps.ok("register_model", model=file, name="weights")
    assert result.actions[0]["type"] == "custom_model"
    assert (result.output("registered_model") / "weights.bin").is_file()


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"name": "my model"}, "'my model' can't be the name of a model"),
        ({"name": "m", "tags": "prod"}, "'prod' is not a tag"),
        ({"name": "m", "evaluation": "."}, "holds no metrics.json"),
    ],
)
def test_that_registering_says_what_is_wrong(
    steps: Steps, inputs: dict[str, str], message: str
) -> None:
    file = steps.file("weights.bin", b"x")
    assert message in steps.fails("register_model", model=file, **inputs).err


def test_that_an_empty_model_is_refused(steps: Steps) -> None:
    folder = steps.root / "nothing"
    folder.mkdir()
    result = steps.fails("register_model", model=folder, name="m")
    assert "The model folder nothing is empty" in result.err
