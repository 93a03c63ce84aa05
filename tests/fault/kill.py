"""SIGKILL at random moments: nothing that was acknowledged may be lost.

    python -m tests.fault.kill [KILLS] [SEED]

A workload of five processes (two register models, one saves pipelines, one starts
runs, one follows events as the window does) and the runners and steps they start.
At each random moment one of all these processes is killed; killed workers are
started again. Every few kills the whole family is killed at once, and the
workspace is checked: the database is in order, the chain of events verifies, all
that was acknowledged is there, what was registered still has its content, and a run
works.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from studio.bootstrap import Studio, create_workspace, open_workspace
from studio.domain.errors import NotFoundError
from studio.storage.backup import check_integrity
from tests.fault.workload import KINDS, work
from tests.forked import PROCESSES
from tests.workspaces import chain, write_copy_components

WORKERS = ("register", "register", "save", "run", "follow")
KILLS_A_ROUND = 10


@dataclass
class Report:
    """What was done and what was found; `problems` is to be empty."""

    kills: Counter[str] = field(default_factory=Counter)
    checked: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    restart_seconds: list[float] = field(default_factory=list)

    def lines(self) -> list[str]:
        slowest = max(self.restart_seconds, default=0.0)
        return [
            f"kills: {self.kills.total()} ("
            + ", ".join(f"{n} {what}" for what, n in sorted(self.kills.items()))
            + ")",
            f"acknowledged records checked: {self.checked.total()} ("
            + ", ".join(f"{n} {what}" for what, n in sorted(self.checked.items()))
            + ")",
            f"slowest opening after a kill: {slowest:.2f} s",
            f"problems: {len(self.problems)}",
            *self.problems,
        ]


class KillTest:
    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.workspace = root / "workspace"
        self.report = Report()
        self._chance = random.Random(seed)
        self._workers: list[Any] = []
        self._files = 0
        studio = create_workspace(self.workspace)
        write_copy_components(self.workspace)
        studio.pipelines.save(chain(4))
        studio.close()

    def run(self, kills: int) -> Report:
        while self.report.kills.total() < kills and not self.report.problems:
            left = kills - self.report.kills.total()
            self._round(min(KILLS_A_ROUND, left))
        return self.report

    def _round(self, kills: int) -> None:
        self._workers = [self._start(kind) for kind in WORKERS]
        for _ in range(kills - 1):
            self._wait_a_moment()
            self._kill_one()
        self._wait_a_moment()
        self._kill_all()
        self._check()

    def _start(self, kind: str) -> Any:
        self._files += 1
        file = self.root / f"{self._files:04}-{kind}.jsonl"
        file.touch()
        seed = self._chance.randrange(10**9)
        arguments = (kind, self.workspace, file, seed)
        worker = PROCESSES.Process(target=work, args=arguments, name=kind)
        worker.start()
        return worker

    def _wait_a_moment(self) -> None:
        """Until something has been done, then for a random fraction of a second."""
        before = self._acknowledged_bytes()
        deadline = time.monotonic() + 60
        while self._acknowledged_bytes() == before and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(self._chance.expovariate(4))

    def _acknowledged_bytes(self) -> int:
        return sum(file.stat().st_size for file in self.root.glob("*.jsonl"))

    def _kill_one(self) -> None:
        found = self._family()
        # the rare ones too: the kind is drawn first
        kind = self._chance.choice(sorted({kind for kind, _ in found}))
        _, victim = self._chance.choice([each for each in found if each[0] == kind])
        try:
            victim.kill()
        except psutil.NoSuchProcess:
            return
        self.report.kills[kind] += 1
        for number, worker in enumerate(self._workers):
            if not worker.is_alive():
                self._workers[number] = self._start(worker.name)

    def _kill_all(self) -> None:
        found = self._family()
        self._chance.shuffle(found)
        for _, process in found:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs([process for _, process in found], timeout=30)
        for worker in self._workers:
            worker.join()
        self.report.kills["all at once"] += 1

    def _family(self) -> list[tuple[str, psutil.Process]]:
        """(kind, process): workers, and the runners of the workspace with theirs."""
        found: list[tuple[str, psutil.Process]] = []
        for worker in self._workers:
            if worker.is_alive():
                found.append((worker.name, psutil.Process(worker.pid)))
        for process in psutil.process_iter(["cmdline"]):
            line = process.info["cmdline"] or []
            if "runner" in line and str(self.workspace) in line:
                found.append(("runner", process))
                try:
                    children = process.children(recursive=True)
                except psutil.NoSuchProcess:
                    continue
                found += [("step or interpreter", child) for child in children]
        return found

    # -- afterwards ------------------------------------------------------------

    def _check(self) -> None:
        began = time.monotonic()
        try:
            studio = open_workspace(self.workspace)
            studio.runs.list()
            self.report.restart_seconds.append(time.monotonic() - began)
            check_integrity(studio.database.path)
            studio.events.verify()
            self._check_database(studio)
            studio.runs.take_over_abandoned()
            records = self._records()
            self._check_models(studio, records)
            self._check_pipelines(studio, records)
            self._check_runs(studio, records)
            self._check_events(studio, records)
            self._check_that_it_works(studio)
            studio.close()
        except Exception as error:
            self._problem(f"{type(error).__name__}: {error}")
            raise

    def _problem(self, text: str) -> None:
        self.report.problems.append(text)

    def _records(self) -> list[dict[str, Any]]:
        """Complete lines of all files; then the files are put away."""
        records = []
        for file in sorted(self.root.glob("*.jsonl")):
            lines = file.read_bytes().split(b"\n")[:-1]
            records += [json.loads(line) for line in lines]
            file.rename(file.with_suffix(".checked"))
        self.report.checked.update(record["what"] for record in records)
        return records

    def _check_database(self, studio: Studio) -> None:
        with studio.database.read() as connection:
            ask = connection.exec_driver_sql
            if broken := ask("PRAGMA foreign_key_check").fetchall():
                self._problem(f"broken references: {broken[:3]}")
            without = ask(
                "SELECT count(*) FROM model_version v WHERE NOT EXISTS (SELECT 1 FROM "
                "event WHERE type = 'ModelRegistered' AND subject = v.name||':'||"
                "v.version)"
            ).scalar()
            if without:
                self._problem(f"{without} versions without their event")

    def _check_models(self, studio: Studio, records: list[dict[str, Any]]) -> None:
        # a deletion may have been done without its acknowledgement
        gone = {e.subject for e in studio.events.list(type="ModelDeleted", limit=10**6)}
        acknowledged = {r["model"] for r in records if r["what"] == "deleted"}
        stages = {r["model"]: r["stage"] for r in records if r["what"] == "tagged"}
        if not acknowledged <= gone:
            self._problem(f"deletions undone: {acknowledged - gone}")
        for record in records:
            if record["what"] != "registered" or record["model"] in gone:
                continue
            try:
                version = studio.models.verify(record["model"])
            except NotFoundError:
                self._problem(f"lost: {record}")
                continue
            wanted = dict(record["tags"])
            if record["model"] in stages:
                wanted["stage"] = stages[record["model"]]
            if not wanted.items() <= dict(version.tags).items():
                self._problem(f"tags lost: {wanted}, not {version.tags}")
            if version.digest != record["digest"]:
                self._problem(f"other content: {record}")

    def _check_pipelines(self, studio: Studio, records: list[dict[str, Any]]) -> None:
        for record in records:
            if record["what"] != "saved":
                continue
            versions = studio.pipelines.versions(record["pipeline"])
            texts = {v.number: v.yaml for v in versions}
            if record["text"] not in texts.get(record["number"], ""):
                self._problem(f"version lost: {record}")
        for summary in studio.pipelines.list():
            if summary.message:
                self._problem(f"half a file: {summary.message}")

    def _check_runs(self, studio: Studio, records: list[dict[str, Any]]) -> None:
        for record in records:
            if "run" not in record:
                continue
            try:
                run = studio.runs.get(record["run"])
            except NotFoundError:
                self._problem(f"lost: {record}")
                continue
            if record["what"] == "ended" and run.state.value != record["state"]:
                self._problem(f"{run.id} is {run.state}, was {record['state']}")
            if not run.state.ended:
                self._problem(f"{run.id} is {run.state}, and nobody runs it")
            if run.state.value == "SUCCEEDED":
                self._check_outputs(studio, run.id)

    def _check_outputs(self, studio: Studio, run_id: str) -> None:
        for step in studio.runs.get(run_id).steps:
            for name in step.outputs:
                if not studio.runs.output(run_id, step.name, name).read_text():
                    self._problem(f"{run_id}: output of {step.name} is empty")

    def _check_events(self, studio: Studio, records: list[dict[str, Any]]) -> None:
        """What the window has seen is still so."""
        hashes = {e.seq: e.hash for e in studio.events.list(limit=10**7)}
        for record in records:
            if (
                record["what"] == "event"
                and hashes.get(record["seq"]) != record["hash"]
            ):
                self._problem(f"event {record['seq']} was seen and is gone or other")

    def _check_that_it_works(self, studio: Studio) -> None:
        run = studio.runs.wait(studio.runs.start("chain"), timeout_seconds=90)
        if run.state.value != "SUCCEEDED":
            self._problem(f"a run after the kill: {run.state} {run.message}")


def main() -> int:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**9)
    with tempfile.TemporaryDirectory() as folder:
        print(f"{kills} kills, seed {seed}, kinds of work: {', '.join(KINDS)}")
        report = KillTest(Path(folder), seed).run(kills)
        print("\n".join(report.lines()))
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
