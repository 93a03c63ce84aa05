"""A designer that edits, killed with SIGKILL at random moments.

    python -m tests.fault.edit_kill 200        # by hand; the suite does 32

A process opens a pipeline as the window does and changes a number, again and again;
it writes down each edit that was accepted. After a kill the pipeline is opened anew:
at most the last edit may be missing, and where the file already says it all, nothing
may be asked.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

NAME, STEP = "counting", "count"
START_SECONDS = 30.0


@dataclass
class Report:
    kills: int = 0
    edits: int = 0
    recovered: int = 0
    silent: int = 0
    problems: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        return [
            f"{self.kills} kills within {self.edits} edits",
            f"{self.recovered} times offered, {self.silent} times nothing to offer",
            f"{len(self.problems)} problems",
            *self.problems[:20],
        ]


def prepare(root: Path) -> None:
    """A workspace with one pipeline of one step."""
    from studio.bootstrap import create_workspace
    from studio.domain.node import Node, Value
    from studio.domain.pipeline import Pipeline

    studio = create_workspace(root)
    nodes = (Node("id", STEP, "azureml:split@latest", {"seed": Value(0)}),)
    studio.pipelines.save(Pipeline(NAME, nodes))
    studio.close()


def edit_on(root: Path, acknowledged: int, seed: int, most: int) -> None:
    """What the killed process does: `most` edits, in bursts and pauses, then none."""
    from PySide6.QtCore import QCoreApplication, QTimer

    from studio.bootstrap import open_workspace
    from studio.domain.node import Value
    from studio.gui.designer.document import PipelineDocument
    from studio.gui.designer.saving import Saver, load
    from studio.gui.tasks import Tasks

    app = QCoreApplication([])
    tasks, studio, chance = Tasks(), open_workspace(root), random.Random(seed)
    stored = load(studio.pipelines, NAME)
    document = PipelineDocument(
        stored.pipeline, sha256=stored.sha256, version=stored.version
    )
    saver = Saver(document, studio.pipelines, tasks)
    number = int(stored.pipeline.node(STEP).inputs["seed"].value)  # type: ignore[union-attr]
    first = number
    timer = QTimer(singleShot=True)

    def edit() -> None:
        nonlocal number
        for _ in range(chance.choice((1, 1, 1, 3, 8))):
            number += 1
            value = Value(number)
            document.edit(document.pipeline.bind(STEP, "seed", value), "Count")
            os.write(acknowledged, b"%d\n" % number)
        if number < first + most:
            timer.start(chance.choice((0, 1, 5, 20, 300)))

    timer.timeout.connect(edit)
    timer.start(0)
    app.exec()
    saver.close()


def after_the_kill(root: Path, last: int, report: Report) -> None:
    """Open as the window does, and compare with what was acknowledged."""
    from studio.bootstrap import open_workspace
    from studio.domain.errors import StudioError
    from studio.services.pipelines.recovery import find_unsaved, forget

    studio = open_workspace(root)
    try:
        file = studio.pipelines.get(NAME)
    except StudioError as error:
        report.problems.append(f"the file isn't whole: {error}")
        studio.close()
        return
    _look_at_the_folder(studio.pipelines.folder(NAME), report)
    unsaved = find_unsaved(studio.pipelines, NAME)
    if unsaved is None:
        report.silent += 1
    else:
        report.recovered += 1
        if unsaved.pipeline == file:
            report.problems.append("asked although nothing was unsaved")
        studio.pipelines.save(unsaved.pipeline)
        forget(unsaved)
    found = studio.pipelines.get(NAME).node(STEP).inputs["seed"].value  # type: ignore[union-attr]
    if not isinstance(found, int) or found < last - 1:
        report.problems.append(f"edit {last} was made, {found} is left")
    if find_unsaved(studio.pipelines, NAME) is not None:
        report.problems.append("asked twice")
    studio.close()


def _look_at_the_folder(folder: Path, report: Report) -> None:
    """The text on disk is whole to its last line, and so are the places beside it."""
    text = (folder / "pipeline.yml").read_text()
    if not text.endswith("\n") or f"  {STEP}:" not in text:
        report.problems.append(f"the file ends with {text[-40:]!r}")
    if STEP not in json.loads((folder / "layout.json").read_text())["steps"]:
        report.problems.append("the layout isn't whole")


def kill_many(root: Path, kills: int, seed: int) -> Report:
    """Fork, edit, kill, look; each process begins where the last one ended."""
    prepare(root)
    chance, report = random.Random(seed), Report()
    for number in range(kills):
        rests = number % 4 == 3
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            try:
                edit_on(root, writing, seed + number, 5 if rests else 10**6)
            finally:
                os._exit(1)
        os.close(writing)
        os.set_blocking(reading, False)
        said = _listen(reading, START_SECONDS, until_first=True)
        said += _listen(reading, chance.uniform(0.0, 1.6) + (1.6 if rests else 0))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        said += _listen(reading, 0.0)
        os.close(reading)
        numbers = [int(line) for line in said.split(b"\n")[:-1]]
        report.kills += 1
        report.edits += len(numbers)
        if not numbers:
            report.problems.append("the process made no edit")
            continue
        after_the_kill(root, numbers[-1], report)
    return report


def _listen(pipe: int, seconds: float, *, until_first: bool = False) -> bytes:
    """What comes through within a time, or until anything does."""
    end, said = time.monotonic() + seconds, b""
    while True:
        try:
            said += os.read(pipe, 1 << 16)
        except BlockingIOError:
            pass
        if (until_first and said) or time.monotonic() >= end:
            return said
        time.sleep(0.002)


def main() -> int:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**9)
    print(f"{kills} kills, seed {seed}", flush=True)
    # once, before the forks, and not yet used: no thread is running
    import studio.gui.designer.saving
    import studio.gui.tasks  # noqa: F401

    with tempfile.TemporaryDirectory() as folder:
        report = kill_many(Path(folder) / "W", kills, seed)
    print("\n".join(report.lines()))
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
