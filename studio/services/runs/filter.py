"""The filter language applied to runs: their fields read as tags."""

from __future__ import annotations

from dataclasses import replace

from studio.domain.run import Run
from studio.domain.tag_filter import TagFilter, TagIs, Term, parse_filter

STATE = "state"


def parse(text: str) -> TagFilter:
    """A filter of runs; states may be written small. Raises InvalidError."""
    read = parse_filter(text)
    return replace(read, terms=tuple(_with_state(term) for term in read.terms))


def matches(run: Run, tag_filter: TagFilter) -> bool:
    """`state=failed pipeline=churn accuracy>0.9 word` (words: pipeline or id)."""
    inputs = {name: str(value) for name, value in run.inputs.items()}
    tags = {
        **inputs,
        STATE: run.state.value,
        "pipeline": run.pipeline,
        "experiment": run.experiment,
        "target": run.target,
    }
    return tag_filter.matches(f"{run.pipeline} {run.id}", tags, run.metrics)


def _with_state(term: Term) -> Term:
    if isinstance(term, TagIs) and term.key == STATE:
        return replace(term, values=tuple(value.upper() for value in term.values))
    return term
