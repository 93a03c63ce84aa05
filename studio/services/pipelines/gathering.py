"""Selected steps made a pipeline of their own in the workspace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from studio.domain.component import Component
from studio.domain.grouping import Grouped, grouped
from studio.domain.pipeline import Pipeline
from studio.services.pipelines.relocation import relocated
from studio.services.pipelines.service import PipelineService


@dataclass(frozen=True)
class Gathered:
    """What was made, with the components of the outer pipeline's steps."""

    made: Grouped
    components: dict[str, Component]


def gather(
    pipelines: PipelineService, pipeline: Pipeline, names: Iterable[str], title: str
) -> Gathered:
    """Save the steps as a pipeline of the workspace; the outer one isn't saved here.

    InvalidError if they can't be gathered.
    """
    found = pipelines.components_of(pipeline)
    known = {n: c for n, c in found.items() if isinstance(c, Component)}
    name = pipelines.free_name(title)
    made = grouped(pipeline, names, name, title, known)
    inner = relocated(
        made.inner, pipelines.folder(pipeline.name), pipelines.folder(name)
    )
    pipelines.save(inner)
    return _with_components(pipelines, made)


def own_copy(pipelines: PipelineService, pipeline: Pipeline, step: str) -> Gathered:
    """A step let go of the pipeline it shares with others: it gets a copy."""
    node = pipeline.node(step)
    name = str(node.component).removeprefix("azureml:").partition("@")[0]
    copy = pipelines.clone(name.partition(":")[0])
    freed = replace(node, component=f"azureml:{copy.name}@latest")
    made = Grouped(pipeline.update(freed), copy, freed)
    return _with_components(pipelines, made)


def _with_components(pipelines: PipelineService, made: Grouped) -> Gathered:
    found = pipelines.components_of(made.outer)
    components = {n: c for n, c in found.items() if isinstance(c, Component)}
    return Gathered(made, components)
