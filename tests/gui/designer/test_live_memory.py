"""The memory of a step is seen while it runs: recorded, on its card, beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workspaces import eventually, step, write_component

from studio.domain.pipeline import Pipeline
from studio.domain.run import StepRun, StepState
from studio.gui.designer.cards import fact_of
from studio.gui.designer.inspector.run_facts import facts_of

if TYPE_CHECKING:
    from studio.bootstrap import Studio

HOLDS = """
    import pathlib, sys, time
    held = b"x" * (128 << 20)
    gate = pathlib.Path(sys.argv[1])
    while not gate.exists():
        time.sleep(0.02)
    pathlib.Path(sys.argv[2]).write_text(str(len(held)))
"""


def test_that_memory_is_told_while_a_step_runs(
    empty_studio: Studio, tmp_path: Path
) -> None:
    write_component(
        empty_studio.workspace.root,
        "holds",
        HOLDS,
        inputs={"gate": {"type": "string"}},
        outputs={"out": {"type": "uri_file"}},
    )
    pipeline = Pipeline("p", (step("holds", gate=str(tmp_path / "gate")),))
    empty_studio.pipelines.save(pipeline)
    run_id = empty_studio.runs.start(pipeline)

    def now() -> StepRun:
        (found,) = empty_studio.runs.get(run_id).steps
        return found

    eventually(lambda: (now().peak_memory_bytes or 0) >= 128 << 20)
    running = now()
    assert running.state is StepState.RUNNING
    assert fact_of(running).endswith(" MB")
    assert dict(facts_of(running))["Peak memory"].endswith(" MB")
    (tmp_path / "gate").touch()
    eventually(lambda: empty_studio.runs.get(run_id).state.ended)
    ended = now()
    assert ended.state is StepState.SUCCEEDED
    assert (ended.peak_memory_bytes or 0) >= (running.peak_memory_bytes or 0)
