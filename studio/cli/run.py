"""`studio run`"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli import selection
from studio.cli.documents import problem_document, run_document
from studio.cli.noun import noun
from studio.cli.output import CANCELLED, DONE, ENDED_FAILED, note, say
from studio.cli.progress import follow
from studio.cli.session import Session, of
from studio.cli.tables import metrics_by_step, seconds
from studio.domain.run import NOTHING_RAN

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.pipeline import Pipeline
    from studio.domain.run import Run, RunOptions
    from studio.domain.validation import Problem

app = noun("")

NoWaitOption = Annotated[
    bool, typer.Option("--no-wait", help="Start it and return; it goes on by itself.")
]
_LOG_LINES = 20


@app.command()
def run(
    context: typer.Context,
    pipeline: selection.PipelineArgument,
    set_: selection.SetOption = None,
    experiment: selection.ExperimentOption = "",
    target: selection.TargetOption = "local",
    to: selection.ToOption = "",
    since: selection.FromOption = "",
    only: selection.OnlyOption = "",
    force: selection.ForceOption = False,
    pause_before: selection.PauseOption = "",
    no_wait: NoWaitOption = False,
) -> None:
    """Run a pipeline and follow it; steps whose inputs are unchanged are reused.

    The run is a process of its own: it goes on when the terminal is closed, and
    Ctrl+C cancels it. Exit code 0: succeeded, 3: failed, 130: cancelled.

    \b
    Examples:
      studio run penguins
      studio run penguins --set inputs.max_depth=4 --experiment depth
      studio run churn/pipeline.yml --to train --json
    """
    session = of(context)
    wanted = selection.options(
        set_, to, since, force, experiment, target, only, pause_before
    )
    with session.studio() as studio:
        given, folder = selection.pipeline_named(studio, pipeline)
        run_id = studio.runs.start(given, wanted, folder)
        # It is under way while its tables are looked at: nobody waits for that.
        warnings = [
            *_odd(studio, given, folder, wanted),
            *studio.columns.problems(given, folder, wanted),
        ]
        for problem in warnings:
            note(f"Warning: step '{problem.step}': {problem.message}")
            if problem.hint:
                note(f"Hint: {problem.hint}")
        finish(session, studio, run_id, no_wait, warnings)


def _odd(
    studio: Studio, given: Pipeline | str, folder: Path | None, options: RunOptions
) -> Iterator[Problem]:
    """What keeps nothing from running, and isn't as it is written."""
    pipeline = studio.pipelines.get(given) if isinstance(given, str) else given
    for each in studio.pipelines.problems(pipeline, folder, options):
        if each.severity == "warning":
            yield each


def finish(
    session: Session,
    studio: Studio,
    run_id: str,
    no_wait: bool,
    warnings: Iterable[Problem] = (),
) -> None:
    """Follow a started run (or don't), answer, and exit with its code."""
    run = studio.runs.get(run_id) if no_wait else follow(studio, run_id)
    run = studio.runs.titled(run)
    document = run_document(run, studio.runs.output_path)
    document["warnings"] = [problem_document(each) for each in warnings]
    session.answer(document, lambda: show(studio, run))
    report_failure(studio, run)
    if code := exit_code(run):
        raise typer.Exit(code)


def exit_code(run: Run) -> int:
    codes = {"FAILED": ENDED_FAILED, "CANCELLED": CANCELLED}
    return codes.get(run.state.value, DONE)


def show(studio: Studio, run: Run) -> None:
    """What a run has come to, in a few lines."""
    took = f" in {seconds(run.seconds)}" if run.seconds is not None else ""
    say(f"Run {run.id} of {run.pipeline}: {run.state.value}{took}")
    if run.message == NOTHING_RAN:
        say(f"  {run.message}")
    reused = sum(1 for step in run.steps if step.reused)
    if reused:
        say(f"  reused      {reused} of {len(run.steps)} steps")
    for place, line in enumerate(metrics_by_step(run)):
        say(f"  {'' if place else 'metrics':<12}{line}")
    for asset in run.registered:
        say(f"  registered  {asset.kind} {asset.name}:{asset.version}")
    for name, digest in run.outputs.items():
        say(f"  output      {name}: {studio.runs.output_path(digest)}")
    if not run.state.ended:
        say(f"Follow it: studio runs logs {run.id} --follow")


def report_failure(studio: Studio, run: Run) -> None:
    """Why a run failed, on stderr: each failed step with the end of its log."""
    if run.state.value != "FAILED":
        return
    if run.message:
        note(f"Error: {run.message}")
    if run.hint:
        note(f"Hint: {run.hint}")
    for step in run.steps:
        if step.state.value == "FAILED":
            note(f"The end of the log of '{step.name}':")
            note(log_end(whole_log(studio, run.id, step.name)))


def whole_log(studio: Studio, run_id: str, step: str) -> str:
    parts: list[str] = []
    part = studio.runs.log(run_id, step)
    while part.text:
        parts.append(part.text)
        part = studio.runs.log(run_id, step, part.offset)
    return "".join(parts)


def log_end(text: str) -> str:
    lines = text.rstrip().splitlines()[-_LOG_LINES:]
    return "\n".join(f"  {line}" for line in lines) or "  (nothing was printed)"
