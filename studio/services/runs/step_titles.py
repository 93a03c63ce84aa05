"""What the steps of a run are called: by the pipeline that the run was started with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio.domain.errors import StudioError
from studio.domain.run import Run


class StepTitles:
    """`definition` tells a run's YAML, its folder and its options."""

    def __init__(self, definition: Callable[[str], tuple[str, str, Any]]) -> None:
        self._definition = definition
        self._known: dict[str, Mapping[str, str]] = {}

    def put_on(self, run: Run) -> Run:
        """The same run, its steps titled; each run's YAML is read once."""
        titles = self.of(run.id)
        steps = (replace(s, title=titles.get(s.name, "")) for s in run.steps)
        return replace(run, steps=tuple(steps))

    def of(self, run_id: str) -> Mapping[str, str]:
        """Titles by the names of a run's steps."""
        if run_id not in self._known:
            yaml, folder, _ = self._definition(run_id)
            self._known[run_id] = _titles_in(yaml, Path(folder))
        return self._known[run_id]


def _titles_in(yaml: str, folder: Path) -> Mapping[str, str]:
    """By name; none where the text can't be read any more."""
    from studio.interchange import located
    from studio.interchange.pipeline_yaml import pipeline_from

    try:
        pipeline = pipeline_from(located.parse(yaml, "a run"), folder, "run")
    except StudioError:
        return {}
    return {node.name: node.title for node in pipeline.nodes}
