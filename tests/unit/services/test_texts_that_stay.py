"""What means the same isn't written again: a run makes no version of nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from studio.bootstrap import create_workspace
from studio.domain.node import Value
from studio.services.samples import get_sample


def test_that_saving_what_a_file_says_leaves_its_text_and_makes_no_version(
    tmp_path: Path,
) -> None:
    studio = create_workspace(tmp_path / "birds", get_sample("penguins"))
    try:
        pipelines = studio.pipelines
        file = pipelines.file("penguins")
        before = file.read_bytes()
        assert pipelines.save(pipelines.get("penguins")) == 1
        assert file.read_bytes() == before
        moved = pipelines.get("penguins").move({"train": (40.0, 80.0)})
        assert pipelines.save(moved) == 1
        assert file.read_bytes() == before
        assert pipelines.get("penguins") == moved
        changed = moved.bind("split", "test_fraction", Value(0.4))
        assert pipelines.save(changed) == 2
        titled = replace(changed, display_name="Birds")
        assert pipelines.save(titled) == 3
        assert pipelines.get("penguins") == titled
    finally:
        studio.close()
