"""`studio sweeps`"""

from __future__ import annotations

import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.arguments import pairs, run_inputs
from studio.cli.documents import iso, model_document
from studio.cli.noun import noun
from studio.cli.output import CANCELLED, ENDED_FAILED, note, say
from studio.cli.session import of
from studio.cli.tables import fields, local_time, note_rest, table
from studio.domain.run import RunState

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.sweep import Space, Sweep, Trial

app = noun("Sweeps: one pipeline run with many values of its inputs.")


class GoalName(StrEnum):
    MAXIMIZE = "maximize"
    MINIMIZE = "minimize"


class SamplingName(StrEnum):
    GRID = "grid"
    RANDOM = "random"
    BAYESIAN = "bayesian"


IdArgument = Annotated[str, typer.Argument(metavar="ID", help="A sweep's id.")]
_POLL_SECONDS = 0.5


@app.command()
def start(
    context: typer.Context,
    pipeline: Annotated[str, typer.Argument(metavar="PIPELINE")],
    space: Annotated[
        list[str],
        typer.Option(
            "--space",
            metavar="INPUT=VALUES",
            help="What an input may be: '50,100,200' or '0.01..1', '1..9 step 2', "
            "'0.001..1 log'. Can be given several times.",
        ),
    ],
    metric: Annotated[str, typer.Option(help="The metric that says which is best.")],
    goal: Annotated[GoalName, typer.Option(help="What is best.")] = GoalName.MAXIMIZE,
    sampling: Annotated[
        SamplingName, typer.Option(help="How the next values are chosen.")
    ] = SamplingName.RANDOM,
    trials: Annotated[int, typer.Option(min=1, help="At most so many.")] = 20,
    concurrent: Annotated[int, typer.Option(min=1, help="So many at once.")] = 1,
    stop_early: Annotated[
        bool, typer.Option("--stop-early", help="End trials that fall behind.")
    ] = False,
    seed: Annotated[int, typer.Option(help="The same seed tries the same.")] = 0,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="inputs.K=V", help="The same in all trials."),
    ] = None,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Don't wait.")] = False,
) -> None:
    """Start a sweep and follow it to its end.

    \b
    Example:
      studio sweeps start penguins --space n_estimators=20,50,100 \\
        --space max_depth=2..8 --metric accuracy --sampling bayesian --trials 15
    """
    from studio.domain.sweep import SweepSpec

    session = of(context)
    with session.studio() as studio:
        spec = SweepSpec(
            pipeline,
            _spaces(studio, pipeline, space),
            metric,
            goal.value,
            sampling.value,
            trials,
            concurrent,
            stop_early,
            seed,
            dict(run_inputs(settings)),
        )
        sweep_id = studio.sweeps.start(spec)
        note(f"Sweep {sweep_id}: {spec.trials} trials at most")
        sweep = studio.sweeps.get(sweep_id) if no_wait else _followed(studio, sweep_id)
    session.answer(sweep_document(sweep), lambda: _show(sweep))
    _exit(sweep, no_wait)


@app.command("list")
def list_sweeps(
    context: typer.Context,
    pipeline: Annotated[str, typer.Option(help="Only those of this pipeline.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
) -> None:
    """List sweeps, newest first."""
    session = of(context)
    with session.studio() as studio:
        sweeps = studio.sweeps.list(pipeline, limit + 1)
    found = sweeps[:limit]
    rows = [
        (
            sweep.id,
            sweep.spec.pipeline,
            sweep.state.value,
            sweep.title,
            sweep.progress,
            _best(sweep),
            local_time(sweep.created_at),
        )
        for sweep in found
    ]
    head = ("Sweep", "Pipeline", "State", "Varies", "Trials", "Best", "Started")
    session.answer(
        {"sweeps": [sweep_document(sweep) for sweep in found]},
        lambda: table(head, rows, "No sweeps. Start one: studio sweeps start PIPELINE"),
    )
    note_rest(len(found), len(found) if len(sweeps) <= limit else None)


@app.command()
def show(context: typer.Context, sweep_id: IdArgument) -> None:
    """Show a sweep and its trials, the best first."""
    session = of(context)
    with session.studio() as studio:
        sweep = studio.sweeps.get(sweep_id)
    session.answer(sweep_document(sweep), lambda: _show(sweep))


@app.command()
def cancel(context: typer.Context, sweep_id: IdArgument) -> None:
    """Stop a sweep and the trials that run."""
    session = of(context)
    with session.studio() as studio:
        sweep = studio.sweeps.cancel(sweep_id)
    session.answer(sweep_document(sweep), lambda: say(f"Stopping {sweep.id}"))


@app.command("register-best")
def register_best(context: typer.Context, sweep_id: IdArgument) -> None:
    """Register the model of the best trial; trials register none themselves.

    Its tags name the sweep and the trial. Asked again, it is the same version.

    \b
    Example:
      studio sweeps register-best sweep-20261123-214501-3f9a2c
    """
    session = of(context)
    with session.studio() as studio:
        models = studio.best_models.register(sweep_id)
    names = ", ".join(model.reference for model in models)
    session.answer(
        {"models": [model_document(model) for model in models]},
        lambda: say(f"Registered {names}."),
    )


def sweep_document(sweep: Sweep) -> dict[str, Any]:
    spec = sweep.spec
    best = sweep.best
    return {
        "sweep": sweep.id,
        "pipeline": spec.pipeline,
        "pipeline_version": sweep.pipeline_version,
        "state": sweep.state.value,
        "spaces": {name: str(space) for name, space in spec.spaces.items()},
        "metric": spec.metric,
        "goal": spec.goal,
        "sampling": spec.sampling,
        "max_trials": spec.trials,
        "trials_done": sweep.done,
        "created_at": iso(sweep.created_at),
        "ended_at": iso(sweep.ended_at),
        "message": sweep.message,
        "best": _trial(best) if best else None,
        "trials": [_trial(trial) for trial in sweep.trials],
    }


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "number": trial.number,
        "run": trial.run_id,
        "parameters": dict(trial.parameters),
        "state": trial.state.value,
        "value": trial.value,
    }


def _spaces(studio: Studio, pipeline: str, texts: list[str]) -> dict[str, Space]:
    from studio.domain.pipeline import PipelineInput
    from studio.domain.sweep import space_of

    declared = studio.pipelines.get(pipeline).inputs
    return {
        name: space_of(text, declared.get(name) or PipelineInput(name, "string"))
        for name, text in pairs(texts, "INPUT=VALUES").items()
    }


def _followed(studio: Studio, sweep_id: str) -> Sweep:
    told = 0
    while True:
        sweep = studio.sweeps.get(sweep_id)
        ended = [t for t in sweep.trials if t.state.value != "RUNNING"]
        for trial in ended[told:]:
            note(f"Trial {trial.number}: {_parameters(trial)} -> {_value(trial)}")
        told = len(ended)
        if sweep.state.ended:
            return sweep
        time.sleep(_POLL_SECONDS)


def _show(sweep: Sweep) -> None:
    spec = sweep.spec
    fields(
        [
            ("Sweep", sweep.id),
            ("Pipeline", f"{spec.pipeline}, version {sweep.pipeline_version}"),
            ("State", f"{sweep.state.value} {sweep.message}".strip()),
            ("Goal", f"{spec.goal} {spec.metric}"),
            *((name, str(space)) for name, space in spec.spaces.items()),
        ]
    )
    say()
    sign = -1 if spec.goal == "maximize" else 1
    ordered = sorted(
        sweep.trials, key=lambda t: (t.value is None, sign * (t.value or 0.0))
    )
    rows = [
        (str(t.number), t.state.value, _value(t), _parameters(t), t.run_id)
        for t in ordered
    ]
    table(("Trial", "State", spec.metric, "Values", "Run"), rows)


def _value(trial: Trial | None) -> str:
    return "" if trial is None or trial.value is None else f"{trial.value:.4g}"


def _best(sweep: Sweep) -> str:
    value = _value(sweep.best)
    return f"{sweep.spec.metric} {value}" if value else ""


def _parameters(trial: Trial) -> str:
    return " ".join(f"{name}={value}" for name, value in trial.parameters.items())


def _exit(sweep: Sweep, no_wait: bool) -> None:
    if no_wait or sweep.state is RunState.SUCCEEDED:
        return
    raise typer.Exit(CANCELLED if sweep.state is RunState.CANCELLED else ENDED_FAILED)
