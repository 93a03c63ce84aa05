"""What runs were started with, and what they were made of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from studio.domain.node import Node, Value
from studio.domain.pipeline import Pipeline
from studio.domain.run import Run, RunOptions, Snapshot, StepWish
from studio.storage.run_wishes import RunWishes
from studio.storage.runs import RunRepository


class RunDefinitions:
    """Read from what is kept of a run; steps keep the ids they had."""

    def __init__(self, repository: RunRepository, wishes: RunWishes) -> None:
        self._repository, self._wishes = repository, wishes

    def of(self, run: Run) -> tuple[Pipeline, Path, RunOptions]:
        from studio.interchange import located
        from studio.interchange.pipeline_yaml import pipeline_from

        yaml, folder, options = self._repository.definition(run.id)
        document = located.parse(yaml, f"run {run.id}")
        pipeline = pipeline_from(document, Path(folder), run.pipeline)
        ids = {step.name: step.node_id for step in run.steps}
        nodes = tuple(replace(n, id=ids.get(n.name, n.id)) for n in pipeline.nodes)
        for name, wish in self._wishes.of(run.id).items():
            nodes = tuple(_with(n, wish) if n.name == name else n for n in nodes)
        for names in ("only", "pause_before"):
            options[names] = tuple(options.get(names, ()))
        return replace(pipeline, nodes=nodes), Path(folder), RunOptions(**options)

    def snapshot(self, run: Run) -> Snapshot:
        yaml, _, _ = self._repository.definition(run.id)
        kept = self._repository.snapshot(run.id)
        return Snapshot(
            pipeline_yaml=yaml,
            git=kept.get("git", {}),
            git_diff=kept.get("git_diff", ""),
            parameters=run.inputs,
            data=kept.get("data", {}),
            code=kept.get("code", {}),
            environment=kept.get("environment", {}),
            machine=kept.get("machine", {}),
        )


def _with(node: Node, wish: StepWish) -> Node:
    """A step with the values it was given while it was paused."""
    given = {name: Value(value) for name, value in wish.values.items()}
    return replace(node, inputs={**node.inputs, **given}) if given else node
