"""A pipeline written in Python, as `studio pipelines export --format python` does.

    from studio.flow import Pipeline

    p = Pipeline("birds")
    p.input("seed", 42)
    load = p.step("load", "azureml:import_data@latest",
                  inputs={"path": {"type": "uri_file", "path": "birds.csv"}})
    split = p.step("split", "azureml:split@latest",
                   inputs={"data": load.outputs.table, "seed": p.inputs.seed})
    p.run(seed=7)

Keys are those of Azure ML's pipeline YAML.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any

from studio.domain.run import Run, RunOptions, RunState
from studio.interchange.located import Document
from studio.interchange.pipeline_yaml import pipeline_from


class Names:
    """`names.rate` and `names["rate"]` are expressions of a pipeline's YAML."""

    def __init__(self, before: str) -> None:
        self._before = before

    def __getattr__(self, name: str) -> str:
        return f"${{{{{self._before}.{name}}}}}"

    def __getitem__(self, name: str) -> str:
        return f"${{{{{self._before}.{name}}}}}"


class Step:
    """A step that was added; its outputs feed the inputs of others."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.outputs = Names(f"parent.jobs.{name}.outputs")


class Pipeline:
    """Gathers what the YAML would say; nothing is checked before it runs."""

    def __init__(self, name: str, **about: Any) -> None:
        self.name = name
        self.inputs, self.outputs = Names("parent.inputs"), Names("parent.outputs")
        self._data: dict[str, Any] = {"type": "pipeline", **about}
        self._file = inspect.stack()[1].filename

    def input(self, name: str, value: Any = None, **about: Any) -> None:
        """An input of the whole pipeline, with its default or its `type` and more."""
        self._part("inputs")[name] = about if value is None else value

    def output(self, name: str, value: Any = None, **about: Any) -> None:
        """An output of the whole pipeline."""
        self._part("outputs")[name] = about if value is None else value

    def step(self, name: str, component: str = "", **settings: Any) -> Step:
        """A step, an instance of a component (`azureml:NAME@latest`, a YAML file)."""
        given = {**settings.pop("settings", {}), **settings}
        if component:
            given["component"] = component
        self._part("jobs")[name] = given
        return Step(name)

    def run(self, workspace: str = "", **inputs: Any) -> Run:
        """Run it in a workspace (the last one opened) and wait for its end.

        Says how each step ended; exit code 3 if the run failed.
        """
        from studio.bootstrap import open_workspace
        from studio.services.recent import chosen_workspace

        folder = Path(self._file).absolute().parent
        document = Document(self._data, self._file, {})
        pipeline = pipeline_from(document, folder, self.name)
        studio = open_workspace(chosen_workspace(workspace))
        try:
            options = RunOptions(inputs=inputs)
            run = studio.runs.wait(studio.runs.start(pipeline, options, folder))
        finally:
            studio.close()
        return _told(run)

    def _part(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self._data.setdefault(name, {})
        return found


def _told(run: Run) -> Run:
    for step in run.steps:
        print(f"{step.name}: {step.state.value.lower()} ({step.reason})")
    print(f"Run {run.id} {run.state.value.lower()} {run.message}".rstrip())
    if run.state is not RunState.SUCCEEDED:
        sys.exit(3)
    return run
