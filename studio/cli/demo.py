"""`studio demo`: the whole job on a sample, told step by step."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli import deploying
from studio.cli import run as running
from studio.cli.documents import endpoint_document, run_document
from studio.cli.noun import noun
from studio.cli.output import ENDED_FAILED, note, say
from studio.cli.progress import follow
from studio.cli.session import Session, of
from studio.cli.tables import seconds
from studio.domain.errors import UnavailableError

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.endpoint import ScoringAnswer
    from studio.domain.model import ModelVersion
    from studio.domain.run import Run
    from studio.services.samples import Sample

app = noun("")

_DEPLOYMENT = "blue"


@app.command()
def demo(
    context: typer.Context,
    sample: Annotated[str, typer.Option(help="See: studio samples list.")] = "penguins",
) -> None:
    """Run the sample from data to a scored request in the terminal.

    Trains and registers a model in a copy of the sample (--workspace DIR says where),
    serves it, sends it a request, and stops serving.
    """
    run_demo(of(context), sample)


def run_demo(session: Session, name: str, folder: Path | None = None) -> None:
    """Do it; exit code 3 if the run, the deployment or the request fails."""
    from studio.bootstrap import create_workspace
    from studio.services.samples import get_sample, sample_folder

    sample = get_sample(name)
    root = folder or session.chosen or sample_folder(name)
    studio = create_workspace(root, sample)
    try:
        _Demo(session, studio, sample).play()
    finally:
        studio.close()


class _Demo:
    def __init__(self, session: Session, studio: Studio, sample: Sample) -> None:
        self._session = session
        self._studio = studio
        self._sample = sample
        self._endpoint = f"{sample.name}-demo"[:32].rstrip("-")

    def play(self) -> None:
        root = self._studio.workspace.root
        self._tell(f"Workspace: {root}")
        run = self._train()
        model = self._registered(run)
        try:
            answer = self._ask(model)
            served = endpoint_document(self._studio.endpoints.get(self._endpoint))
        finally:
            self._stop()
        document = {
            "workspace": str(root),
            "run": run_document(run, self._studio.runs.output_path),
            "model": model.reference,
            "endpoint": served,
            "status": answer.status,
            "answer": _parsed(answer.body),
        }
        self._session.answer(document, lambda: _how_to_go_on(root, self._sample, model))

    def _train(self) -> Run:
        self._tell(f"1. Running the pipeline '{self._sample.pipeline}'")
        run = follow(self._studio, self._studio.runs.start(self._sample.pipeline))
        running.report_failure(self._studio, run)
        if code := running.exit_code(run):
            raise typer.Exit(code)
        if not self._session.json:
            running.show(self._studio, run)
        return run

    def _registered(self, run: Run) -> ModelVersion:
        for asset in run.registered:
            if asset.kind == "model":
                return self._studio.models.get(f"{asset.name}:{asset.version}")
        raise UnavailableError(
            f"Run {run.id} has registered no model",
            hint="Give the pipeline a step 'register_model'",
        )

    def _ask(self, model: ModelVersion) -> ScoringAnswer:
        from studio.domain.endpoint import DeploymentSpec

        self._tell(f"2. Serving {model.reference} on this computer")
        endpoints = self._studio.endpoints
        spec = DeploymentSpec(self._endpoint, _DEPLOYMENT, model.reference)
        endpoints.deploy(spec)
        found = deploying.wait_for(self._studio, self._endpoint, _DEPLOYMENT)
        if deploying.has_failed(found):
            deploying.report_failure(self._studio, found)
            raise typer.Exit(ENDED_FAILED)
        self._tell(f"3. Sending it a request: {self._sample.request.name}")
        answer = endpoints.invoke(self._endpoint, self._sample.request.read_bytes())
        text = answer.body.decode(errors="replace").strip()
        self._tell(f"   {answer.status} in {seconds(answer.seconds)}: {text}")
        if not answer.ok:
            raise typer.Exit(ENDED_FAILED)
        return answer

    def _stop(self) -> None:
        if any(each.name == self._endpoint for each in self._studio.endpoints.list()):
            self._studio.endpoints.stop(self._endpoint)

    def _tell(self, text: str) -> None:
        (note if self._session.json else say)(text)


def _how_to_go_on(root: Path, sample: Sample, model: ModelVersion) -> None:
    say()
    say("That was the whole way from data to a prediction. Go on with:")
    say(f"  studio open {root}")
    say(f"  studio --workspace {root} run {sample.pipeline} --set inputs.NAME=VALUE")
    say(f"  studio --workspace {root} models show {model.reference}")


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")
