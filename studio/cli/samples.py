"""`studio samples`"""

from __future__ import annotations

import typer

from studio.cli.noun import noun
from studio.cli.session import of
from studio.cli.tables import table

app = noun("Samples with real data, to start from.")


@app.callback()
def samples() -> None: ...


@app.command("list")
def list_samples(context: typer.Context) -> None:
    """List the samples that come with the program."""
    from studio.services.samples import list_samples as all_samples

    found = all_samples()
    document = {
        "samples": [
            {
                "name": sample.name,
                "title": sample.title,
                "description": sample.description,
                "source": sample.source,
                "pipeline": sample.pipeline,
                "seconds": sample.seconds,
            }
            for sample in found
        ]
    }
    rows = [(sample.name, sample.description) for sample in found]
    of(context).answer(document, lambda: table(("Name", "What it is"), rows))
