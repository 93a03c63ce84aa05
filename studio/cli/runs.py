"""`studio runs`"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.arguments import pairs
from studio.cli.documents import run_document, run_summary
from studio.cli.log_follower import LogFollower
from studio.cli.noun import noun
from studio.cli.output import say
from studio.cli.output_difference import diff_output
from studio.cli.reopen import put_back, reopen
from studio.cli.run import NoWaitOption, finish, report_failure, whole_log
from studio.cli.session import of
from studio.cli.table_documents import show_table, table_document
from studio.cli.tables import (
    fields,
    local_time,
    metrics,
    metrics_by_step,
    note_rest,
    reasons_in_words,
    seconds,
    size,
    step_called,
    table,
)
from studio.domain.errors import NotFoundError

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.run import Run

app = noun("Runs: processes of their own, followed and cancelled from anywhere.")
app.command()(reopen)
app.command("put-back")(put_back)
app.command("diff-output")(diff_output)

IdArgument = Annotated[
    str, typer.Argument(metavar="ID", help="A run's id, or the beginning of it.")
]


@app.command("list")
def list_runs(
    context: typer.Context,
    experiment: Annotated[
        str, typer.Option(help="Only those of this experiment.")
    ] = "",
    filter: Annotated[
        str, typer.Option(help="For example: state=FAILED accuracy>0.9")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
) -> None:
    """List runs, newest first.

    \b
    Example:
      studio runs list --filter "pipeline=penguins accuracy>0.9"
    """
    session = of(context)
    with session.studio() as studio:
        studio.runs.take_over_abandoned()
        found = studio.runs.list(experiment=experiment, filter=filter, limit=limit)
        total = len(found)
        if total == limit:
            total = studio.runs.count(experiment=experiment, filter=filter)
    rows = [
        (
            run.id,
            run.pipeline,
            run.experiment,
            run.shown_state,
            local_time(run.created_at),
            seconds(run.seconds),
            metrics(run.metrics, at_most=3),
        )
        for run in found
    ]
    head = ("Run", "Pipeline", "Experiment", "State", "Started", "Time", "Metrics")
    session.answer(
        {"runs": [run_summary(run) for run in found], "total": total},
        lambda: table(head, rows, "No runs. Start one: studio run PIPELINE"),
    )
    note_rest(len(found), total)


@app.command()
def show(context: typer.Context, run_id: IdArgument) -> None:
    """Show a run: its steps, metrics, outputs and what it was made of."""
    session = of(context)
    with session.studio() as studio:
        studio.runs.take_over_abandoned()
        run = studio.runs.titled(studio.runs.get(run_id))
        snapshot = studio.runs.snapshot(run.id)
        document = {
            **run_document(run, studio.runs.output_path),
            "snapshot": {
                "git": dict(snapshot.git),
                "data": dict(snapshot.data),
                "code": dict(snapshot.code),
                "environment": dict(snapshot.environment),
                "machine": dict(snapshot.machine),
            },
        }
        session.answer(document, lambda: _show(studio, run, snapshot.git))
        if not session.json:
            report_failure(studio, run)


def _show(studio: Studio, run: Run, git: Mapping[str, str]) -> None:
    dirty = " with changes" if git.get("dirty") == "true" else ""
    fields(
        [
            ("Run", run.id),
            ("Pipeline", run.pipeline),
            ("Experiment", run.experiment),
            ("State", run.shown_state),
            ("Started", local_time(run.started_at)),
            ("Time", seconds(run.seconds)),
            ("By", run.created_by),
            ("Commit", git.get("commit", "") + dirty),
            ("Inputs", "\n".join(f"{k}={v}" for k, v in run.inputs.items())),
            ("Metrics", "\n".join(metrics_by_step(run))),
            ("Registered", ", ".join(f"{a.name}:{a.version}" for a in run.registered)),
            ("Outputs", "\n".join(_outputs(studio, run))),
        ]
    )
    say()
    rows = [
        (
            step_called(step),
            step.state.value,
            "reused" if step.reused else seconds(step.seconds),
            size(step.peak_memory_bytes) if step.peak_memory_bytes else "",
            step.reason,
        )
        for step in reasons_in_words(run.steps)
    ]
    table(("Step", "State", "Time", "Memory", "Reason"), rows)


def _outputs(studio: Studio, run: Run) -> list[str]:
    return [f"{n}: {studio.runs.output_path(d)}" for n, d in run.outputs.items()]


@app.command()
def logs(
    context: typer.Context,
    run_id: IdArgument,
    step: Annotated[
        str, typer.Argument(metavar="[STEP]", help="Default: every step.")
    ] = "",
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on until the run has ended.")
    ] = False,
) -> None:
    """Print what the steps of a run have printed."""
    session = of(context)
    with session.studio() as studio:
        run = studio.runs.get(run_id)
        if step and run.step(step) is None:
            known = ", ".join(each.name for each in run.steps)
            raise NotFoundError(
                f"Run {run.id} has no step '{step}'", f"Its steps are: {known}"
            )
        names = [step] if step else [each.name for each in run.steps]
        if not session.json:
            LogFollower(studio, run.id, names).print(follow)
            return
        if follow:
            run = studio.runs.wait(run.id)
        texts = [
            {"step": name, "text": whole_log(studio, run.id, name)} for name in names
        ]
    document = {"run": run.id, "state": run.state.value, "logs": texts}
    session.answer(document, lambda: None)


@app.command()
def output(
    context: typer.Context,
    run_id: IdArgument,
    step: Annotated[str, typer.Argument(metavar="STEP", help="A step's name.")],
    name: Annotated[str, typer.Argument(metavar="OUTPUT", help="An output's name.")],
    rows: Annotated[int, typer.Option(min=0, help="At most so many rows.")] = 20,
    filter: Annotated[
        str, typer.Option(help="Only rows like: species=Adelie year>2007")
    ] = "",
    profile: Annotated[
        bool, typer.Option("--profile", help="What each column holds, of all rows.")
    ] = False,
) -> None:
    """Show an output of a step: a table's rows or profile, else where it stands.

    \b
    Example:
      studio runs output 20260101-120000-ab12 split train --profile
    """
    session = of(context)
    with session.studio() as studio:
        run = studio.runs.get(run_id)
        path = studio.runs.output(run.id, step, name)
        made = run.step(step)
        digest = made.outputs[name] if made else ""
        document = {"run": run.id, "step": step, "output": name, "path": str(path)}
        if (found := studio.tables.find(path, digest)) is None:
            session.answer(document, lambda: say(str(path)))
            return
        document |= table_document(found, rows, filter, profile)
    session.answer(document, lambda: show_table(document))


@app.command()
def cancel(
    context: typer.Context, run_id: IdArgument, no_wait: NoWaitOption = False
) -> None:
    """Cancel a run, wherever it was started, and wait until its steps have stopped."""
    session = of(context)
    with session.studio() as studio:
        run = studio.runs.cancel(run_id)
        if not no_wait:
            run = studio.runs.wait(run.id)
        document = run_document(run, studio.runs.output_path)
    session.answer(document, lambda: say(f"Run {run.id}: {run.state.value}"))


@app.command()
def resume(
    context: typer.Context, run_id: IdArgument, no_wait: NoWaitOption = False
) -> None:
    """Run again what didn't succeed; steps that did are reused. Makes a new run."""
    session = of(context)
    with session.studio() as studio:
        finish(session, studio, studio.runs.resume(run_id), no_wait)


@app.command("continue")
def continue_step(
    context: typer.Context,
    run_id: IdArgument,
    step: Annotated[str, typer.Argument(metavar="STEP", help="The paused step.")],
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="Give a parameter of the step another value. Can be repeated.",
        ),
    ] = None,
) -> None:
    """Let a paused step begin, from any terminal.

    \b
    Example:
      studio runs continue 20261123-214501-3f9a2c train --set max_depth=4
    """
    session = of(context)
    values = pairs(set_, "NAME=VALUE")
    with session.studio() as studio:
        studio.runs.take_over_abandoned()
        run = studio.runs.get(run_id)
        studio.control.go_on(run.id, step, values)
    document = {"run": run.id, "step": step, "values": values}
    session.answer(document, lambda: say(f"Step '{step}' of run {run.id} goes on."))


@app.command()
def pause(
    context: typer.Context,
    run_id: IdArgument,
    step: Annotated[str, typer.Argument(metavar="STEP", help="A step yet to begin.")],
    off: Annotated[bool, typer.Option("--off", help="Pause there no longer.")] = False,
) -> None:
    """Let a run that goes on pause before a step."""
    session = of(context)
    with session.studio() as studio:
        run = studio.runs.get(run_id)
        studio.control.pause_before(run.id, step, not off)
    said = "no longer pauses" if off else "pauses"
    document = {"run": run.id, "step": step, "pause": not off}
    session.answer(document, lambda: say(f"Run {run.id} {said} before '{step}'."))


@app.command()
def delete(context: typer.Context, run_id: IdArgument) -> None:
    """Delete a run with its logs; models that it registered stay."""
    session = of(context)
    with session.studio() as studio:
        run = studio.runs.get(run_id)
        studio.runs.delete(run.id)
    session.answer({"deleted": run.id}, lambda: say(f"Deleted the run {run.id}."))
