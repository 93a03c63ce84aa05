"""What usually comes next in a pipeline: offered first where words don't decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.domain.component import Component

CATEGORIES = (
    "Data",
    "Prepare",
    "Feature selection",
    "Train",
    "Clustering",
    "Anomaly detection",
    "Tune",
    "Text",
    "Image",
    "Evaluate",
    "Deploy",
    "Python and SQL",
)
"""The known categories in the order of the work."""

COURSE = (
    "import_data",
    "load_sample",
    "clean_missing",
    "split",
    "summarise_table",
    "select_columns",
    "filter_rows",
    "encode",
    "normalise",
    "join_tables",
    "train_model",
    "random_forest",
    "logistic_regression",
    "gradient_boosting",
    "linear_regression",
    "score_model",
    "evaluate_model",
    "tune_model",
    "cross_validate",
    "register_model",
    "k_means",
    "python_script",
    "sql",
)
"""The steps most pipelines are made of, in the order of the work."""

_AFTER_MODEL = (
    "score_model",
    "cross_validate",
    "tune_model",
    "explain_model",
    "register_model",
    "permutation_importance",
)
_AFTER_DATA = (
    "clean_missing",
    "split",
    "summarise_table",
    "select_columns",
    "filter_rows",
    "encode",
    "normalise",
    "join_tables",
)
_AFTER_PREPARED = (
    "split",
    "encode",
    "normalise",
    "train_model",
    "random_forest",
    "select_columns",
    "summarise_table",
)
_NEXT_OF_COMPONENT: Mapping[str, Sequence[str]] = {
    "split": (
        "train_model",
        "random_forest",
        "gradient_boosting",
        "logistic_regression",
        "score_model",
        "normalise",
        "encode",
    ),
    "score_model": ("evaluate_model", "scores_to_labels", "error_analysis"),
    "score_anomalies": ("filter_rows", "export_table"),
    "evaluate_model": ("register_model", "register_if_better"),
    "assign_to_clusters": ("evaluate_clustering", "export_table"),
    "load_images": ("resize_images", "image_features", "image_classifier", "split"),
    "resize_images": ("image_features", "image_classifier", "split"),
}
_NEXT_OF_CATEGORY: Mapping[str, Sequence[str]] = {
    "Data": _AFTER_DATA,
    "Prepare": _AFTER_PREPARED,
    "Feature selection": ("split", "train_model", "random_forest", "normalise"),
    "Train": _AFTER_MODEL,
    "Tune": _AFTER_MODEL,
    "Clustering": ("assign_to_clusters", "evaluate_clustering", "summarise_table"),
    "Anomaly detection": ("score_anomalies", "filter_rows", "summarise_table"),
    "Text": _AFTER_PREPARED,
    "Image": ("split", *_AFTER_MODEL),
    "Python and SQL": _AFTER_DATA,
}


def usual_after(component: Component) -> Sequence[str]:
    """Names of the components that are usually fed by one, the likeliest first."""
    own = _NEXT_OF_COMPONENT.get(component.name)
    return own or _NEXT_OF_CATEGORY.get(component.category, ())


def usual_before(
    component: Component, components: Sequence[Component]
) -> Sequence[str]:
    """Names of those, among these, that one is usually fed by."""
    feeding = [
        (usual_after(other).index(component.name), other.name)
        for other in components
        if component.name in usual_after(other)
    ]
    return [name for _, name in sorted(feeding, key=lambda one: (_at(one[1]), one))]


def place_in_work(component: Component) -> tuple[int, int, str]:
    """Where it comes if nothing else decides: the steps of most pipelines, then by
    category, then by name."""
    known = component.category in CATEGORIES
    category = CATEGORIES.index(component.category) if known else len(CATEGORIES)
    return _at(component.name), category, component.title.casefold()


def _at(name: str) -> int:
    return COURSE.index(name) if name in COURSE else len(COURSE)
