"""Logs of work on environments: kept, bounded, without secrets, gone with them."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from studio.bootstrap import Studio, open_workspace
from studio.domain.environment import Declaration
from studio.domain.errors import NotFoundError
from studio.environments.build_log import BuildFailedError, BuildFault
from studio.environments.tool import Progress, Report, WorkCancelled, silent
from studio.storage.work_logs import LEFT_OUT, MOST_KEPT, WorkLogs


def telling(*messages: str, fails: BaseException | None = None):
    def work(*, progress: Report, cancel: threading.Event) -> str:
        for message in messages:
            progress(Progress("building", message))
        if fails is not None:
            raise fails
        return "made"

    return work


def do(studio: Studio, title: str, work, subject: str = "churn:1") -> None:
    studio.work_logs.keeping(title, subject, work)(
        progress=silent, cancel=threading.Event()
    )


def test_that_what_was_done_is_there_when_the_workspace_is_opened_again(
    studio: Studio,
) -> None:
    fault = BuildFault("Line 3 of the Dockerfile: no package", "Check it", "nosuch", 3)
    do(studio, "Lock", telling("one", "one", "two"))
    with pytest.raises(BuildFailedError):
        do(
            studio,
            "Image",
            telling("Step 3", fails=BuildFailedError(fault, "Step 3\n")),
        )
    with pytest.raises(WorkCancelled):
        do(studio, "Build", telling(fails=WorkCancelled("Stopped")), "churn:2")
    root = studio.workspace.root
    studio.close()
    again = open_workspace(root)
    logs = again.work_logs
    told = [(log.title, log.subject, log.state, log.line) for log in logs.list("churn")]
    assert told == [
        ("Build", "churn:2", "CANCELLED", 0),
        ("Image", "churn:1", "FAILED", 3),
        ("Lock", "churn:1", "SUCCEEDED", 0),
    ]
    image, lock = logs.list("churn:1")
    assert image.message == f"{fault.message}\n{fault.hint}"
    assert [line.partition("] ")[2] for line in logs.lines(lock)] == [
        "building: one",
        "two",
        "Done",
    ]
    lines = logs.lines(image)
    assert '  File "Dockerfile", line 3' in lines
    assert sum("Step 3" in line for line in lines) == 1  # told once, kept once
    assert logs.get("churn:1").id == image.id
    with pytest.raises(NotFoundError, match="no log"):
        logs.get("churn:1", "another")
    again.close()


def test_that_credentials_of_the_package_index_are_in_no_log(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://reader:s3cr3t-word@packages.test/x")
    with pytest.raises(RuntimeError):
        do(studio, "Lock", telling("s3cr3t-word", fails=RuntimeError("s3cr3t-word!")))
    kept = studio.workspace.environments.rglob("*.log")
    told = "".join(file.read_text() for file in kept)
    assert "***!" in told and "s3cr3t-word" not in told


def test_that_logs_are_bounded_in_size_and_number(studio: Studio) -> None:
    do(studio, "Long", telling(*(f"{n} {'x' * 1000}" for n in range(1000)), "last"))
    (log,) = studio.work_logs.list("churn")
    lines = studio.work_logs.lines(log)
    assert LEFT_OUT in lines and "last" in lines[-2] and lines[-1].endswith("Done")
    assert sum(map(len, lines)) < 1_000_000
    for number in range(MOST_KEPT + 3):
        do(studio, f"Short {number}", telling("x"))
    assert len(studio.work_logs.list("churn")) == MOST_KEPT
    assert studio.work_logs.list("churn")[0].title == f"Short {MOST_KEPT + 2}"


def test_that_a_program_that_was_killed_leaves_a_log_that_says_so(
    studio: Studio,
) -> None:
    killed = f"""
import os, sys, threading
from pathlib import Path
from studio.bootstrap import open_workspace
from studio.environments.tool import Progress
studio = open_workspace(Path({str(studio.workspace.root)!r}))
def work(*, progress, cancel):
    progress(Progress("a", "b"))
    os.kill(os.getpid(), 9)
keep = studio.work_logs.keeping("Lock", "churn:1", work)
keep(progress=print, cancel=threading.Event())
"""
    subprocess.run([sys.executable, "-c", killed], capture_output=True)
    (log,) = studio.work_logs.list("churn:1")
    assert (log.state, log.seconds) == ("FAILED", None)
    assert "program ended" in log.message
    assert len(studio.work_logs.lines(log)) == 1


def test_that_the_logs_of_a_version_go_with_it(studio: Studio) -> None:
    studio.environments.create("churn", Declaration("pip", "a\n"))
    studio.environments.create("churn", Declaration("pip", "b\n"))
    do(studio, "One", telling("x"), "churn:1")
    do(studio, "Two", telling("x"), "churn:2")
    studio.environments.delete("churn:1")
    assert [log.title for log in studio.work_logs.list("churn")] == ["Two"]


def test_that_a_folder_that_takes_no_log_stops_no_work(tmp_path: Path) -> None:
    (tmp_path / "churn").write_text("a file, no folder")
    with WorkLogs(tmp_path).begin("churn", "1", {}) as log:
        log.write("told")
        log.end({})
    assert WorkLogs(tmp_path).find("churn") == []
