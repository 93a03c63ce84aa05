"""Reasons with titles in the place of names."""

from __future__ import annotations

import pytest

from studio.domain.run import StepRun
from studio.domain.spoken import in_words, with_words

TITLES = {"train": "Train a forest", "prepare__clean": "Prepare › Clean"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("'train' runs before it", "“Train a forest” runs before it"),
        ("'train' didn't succeed", "“Train a forest” didn't succeed"),
        ("'prepare__clean' failed", "“Prepare › Clean” failed"),
        ("input a changed (from train)", "input a changed (from “Train a forest”)"),
        ("a changed: 'train' -> 'test'", "a changed: 'train' -> 'test'"),
        ("'other' runs before it", "'other' runs before it"),
    ],
)
def test_that_only_names_of_steps_become_titles(name: str, said: str) -> None:
    assert in_words(name, lambda step: TITLES.get(step, "")) == said


def test_that_steps_say_what_the_others_are_called() -> None:
    first = StepRun("train", "1", "c", title="Train a forest")
    second = StepRun("score", "2", "c", reason="'train' failed")
    told = with_words((first, second), lambda step: step.title)
    assert told[1].reason == "“Train a forest” failed"
