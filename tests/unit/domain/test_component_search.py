"""The best match of a search for components comes first."""

from __future__ import annotations

from studio.domain.component import Component
from studio.domain.component_search import Liking, Match, match_of, order_of
from studio.domain.usual_steps import usual_after, usual_before


def made(title: str, synonyms: str = "", **more: str) -> Component:
    tags = {"synonyms": synonyms, "category": more.pop("category", "Evaluate")}
    name = more.pop("name", title.lower().replace(" ", "_"))
    return Component(name, "x", display_name=title, tags=tags, **more)


def found(text: str, *components: Component, liking: Liking | None = None) -> list[str]:
    keys = {
        component.title: order_of(component, match, text, liking or Liking())
        for component in components
        if (match := match_of(component, text)) is not None
    }
    return sorted(keys, key=keys.__getitem__)


def test_that_the_exact_name_comes_before_names_that_only_begin_so() -> None:
    anomalies = made("Score anomalies", "predict, model")
    batches = made("Score model in batches")
    assert found("score model", anomalies, batches, made("Score model")) == [
        "Score model",
        "Score model in batches",
        "Score anomalies",
    ]


def test_that_words_of_the_name_come_before_what_is_within_other_words() -> None:
    steps = [
        made("Calibrate probabilities", "calibration"),
        made("Operation ratios"),
        made("my_ratio"),
        made("Ratio of sums"),
        made("Blending", description="A ratio for each."),
    ]
    assert found("ratio", *steps) == [
        "Ratio of sums",
        "my_ratio",
        "Operation ratios",
        "Calibrate probabilities",
        "Blending",
    ]
    assert match_of(steps[2], "my_ratio") is match_of(steps[2], "My ratio")
    assert match_of(steps[4], "ratio") is Match.DESCRIBED


def test_that_equal_matches_are_decided_by_habit_then_neighbours_then_the_work() -> (
    None
):
    steps = [
        made("Evaluate alpha"),
        made("Evaluate clustering"),
        made("Evaluate model"),
    ]
    assert found("evaluate", *steps)[0] == "Evaluate model"
    usual = Liking(usual=["evaluate_clustering"])
    assert found("evaluate", *steps, liking=usual)[0] == "Evaluate clustering"
    habit = Liking(recent=["evaluate_alpha"], usual=["evaluate_clustering"])
    assert found("evaluate", *steps, liking=habit)[0] == "Evaluate alpha"
    assert found("evaluate", *steps)[1:] == ["Evaluate alpha", "Evaluate clustering"]


def test_that_nothing_typed_offers_the_usual_neighbours_first() -> None:
    data = made("Import data", category="Data")
    steps = [made("Elliptic envelope"), made("Split"), made("Clean missing")]
    liking = Liking(recent=["elliptic_envelope"], usual=usual_after(data))
    assert found("", *steps, liking=liking) == [
        "Clean missing",
        "Split",
        "Elliptic envelope",
    ]
    split = steps[1]
    assert usual_before(split, [data, made("Score model")]) == ["import_data"]


def test_that_signs_alone_find_nothing() -> None:
    assert match_of(made("Split"), "?!") is None
