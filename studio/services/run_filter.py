"""The filter language applied to runs: their fields read as tags."""

from __future__ import annotations

from studio.domain.run import Run
from studio.domain.tag_filter import TagFilter, parse_filter


def parse(text: str) -> TagFilter:
    return parse_filter(text)


def matches(run: Run, tag_filter: TagFilter) -> bool:
    """`state=FAILED pipeline=churn accuracy>0.9 word` (words: pipeline or id)."""
    inputs = {name: str(value) for name, value in run.inputs.items()}
    tags = {
        **inputs,
        "state": run.state.value,
        "pipeline": run.pipeline,
        "experiment": run.experiment,
        "target": run.target,
    }
    return tag_filter.matches(f"{run.pipeline} {run.id}", tags, run.metrics)
