"""What stands beside the title of the open pipeline."""

from __future__ import annotations

from datetime import datetime

from studio.domain.run import Run
from studio.gui.designer.document import PipelineDocument
from studio.gui.times import time_text
from studio.gui.widgets.formats import format_time


def counted(count: int) -> str:
    """`1 pipeline`, `7 pipelines`, or nothing."""
    return f"{count} pipeline{'s' if count != 1 else ''}" if count else ""


def caption_of(document: PipelineDocument, going: Run | None) -> str:
    """How far the run that goes on is, else how the pipeline is kept."""
    if going is not None:
        return _run_words(going)
    if document.dirty:
        return "Unsaved changes"
    version = f"Version {document.version}" if document.version else "No saved version"
    if document.saved_at is None:
        return version
    return f"{version} · saved {_clock(document.saved_at)}"


def _clock(moment: float) -> str:
    """`10:42` today, `Yesterday 17:40`, `21 Nov`."""
    told = format_time(datetime.fromtimestamp(moment).astimezone())
    return told.removeprefix("Today ")


def _run_words(run: Run) -> str:
    done = sum(step.state.ended for step in run.steps)
    words = [run.state.value.capitalize(), f"{done} of {len(run.steps)} steps"]
    if run.started_at is not None:
        words.append(time_text(run))
    return " · ".join(words)
