"""The local target: its five verbs, and what happens when its interpreter dies."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from forked import PROCESSES
from workspaces import eventually

from studio.domain.errors import UnavailableError
from studio.domain.target import StepTask, TaskEnded, TaskStarted
from studio.targets.process import ProcessTarget


@pytest.fixture
def target(tmp_path: Path) -> Iterator[ProcessTarget]:
    made = ProcessTarget(tmp_path / "interpreter.log", slots=2)
    yield made
    made.close()


Task = Callable[..., StepTask]


@pytest.fixture
def task(tmp_path: Path) -> Task:
    def make(name: str, script: str, **more: object) -> StepTask:
        (tmp_path / f"{name}.py").write_text(script)
        values = {
            "id": name,
            "command": f"python {name}.py",
            "folder": tmp_path,
            "log": tmp_path / f"{name}.log",
            "error_file": tmp_path / f"{name}.json",
            "environment": dict(os.environ),
        }
        return StepTask(**{**values, **more})  # type: ignore[arg-type]

    return make


def ended(target: ProcessTarget, *names: str, seconds: float = 30) -> list[TaskEnded]:
    found: dict[str, TaskEnded] = {}
    deadline = time.monotonic() + seconds
    while set(names) - set(found):
        assert time.monotonic() < deadline, found
        for event in target.status(0.5):
            if isinstance(event, TaskEnded):
                found[event.id] = event
    return [found[name] for name in names]


def test_that_an_attempt_tells_its_start_its_end_and_what_it_printed(
    target: ProcessTarget, task: Task
) -> None:
    a_task = task("hello", "import sys; print('hi'); print('oh', file=sys.stderr)")
    assert target.check() is None
    target.start(a_task)
    (event, *_) = target.status(30)
    assert isinstance(event, TaskStarted)
    assert event.pid > 0
    (end,) = ended(target, "hello")
    assert end.ok
    assert 0 < end.seconds < 30
    assert end.peak_memory_bytes
    assert target.logs(a_task) == b"hi\noh\n"
    assert target.logs(a_task, offset=3) == b"oh\n"


def test_that_a_log_is_seen_while_the_step_runs(
    target: ProcessTarget, task: Task, tmp_path: Path
) -> None:
    script = (
        "import pathlib, time\nprint('one')\n"
        "while not pathlib.Path('go').exists(): time.sleep(0.01)\n"
    )
    a_task = task("live", script)
    assert target.logs(a_task) == b""
    target.start(a_task)
    eventually(lambda: target.logs(a_task) == b"one\n")
    (tmp_path / "go").touch()
    assert ended(target, "live")[0].ok


def test_that_two_attempts_run_at_once(target: ProcessTarget, task: Task) -> None:
    meet = (
        "import pathlib, sys, time\n"
        "pathlib.Path(sys.argv[1]).touch()\n"
        "while not pathlib.Path(sys.argv[2]).exists(): time.sleep(0.01)\n"
    )
    target.start(task("a", meet, command="python a.py x y"))
    target.start(task("b", meet, command="python b.py y x"))
    assert all(end.ok for end in ended(target, "a", "b"))


def test_that_stopping_is_polite_first_and_then_by_force(
    target: ProcessTarget, task: Task
) -> None:
    polite = "import time\nprint('up', flush=True)\ntime.sleep(600)"
    deaf = "import signal\nsignal.signal(15, signal.SIG_IGN)\n" + polite
    tasks = [task("polite", polite), task("deaf", deaf)]
    for each in tasks:
        target.start(each)
        eventually(lambda one=each: target.logs(one) == b"up\n")
    began = time.monotonic()
    for each in tasks:
        target.stop(each.id, grace_seconds=0.5)
    first, second = ended(target, "polite", "deaf")
    assert (first.signal, second.signal) == (15, 9)
    assert first.reason == second.reason == "stopped"
    assert time.monotonic() - began < 10
    target.stop("polite")  # what has ended can be stopped without harm


def test_that_the_death_of_the_interpreter_ends_its_steps_and_is_told(
    target: ProcessTarget, task: Task
) -> None:
    a_task = task("long", "import time\nprint('up', flush=True)\ntime.sleep(600)")
    target.start(a_task)
    started = next(e for e in target.status(30) if isinstance(e, TaskStarted))
    eventually(lambda: target.logs(a_task) == b"up\n")
    (interpreter,) = target._warm.values()
    psutil.Process(interpreter.pid).kill()
    (end,) = ended(target, "long")
    assert not end.ok
    assert end.reason.startswith("the interpreter that runs steps ended")
    eventually(lambda: not psutil.pid_exists(started.pid), "the end of the step")
    target.start(task("next", "print('again')"))
    assert ended(target, "next")[0].ok


def hold_a_step(folder: Path) -> None:
    target = ProcessTarget(folder / "interpreter.log")
    script = "import os,time\nprint(os.getpid(), flush=True)\ntime.sleep(600)"
    (folder / "s.py").write_text(script)
    files = (folder / "log", folder / "error")
    target.start(StepTask("s", "python s.py", folder, *files, dict(os.environ)))
    time.sleep(600)


def test_that_nothing_is_left_when_the_owner_is_killed(tmp_path: Path) -> None:
    owner = PROCESSES.Process(target=hold_a_step, args=(tmp_path,))
    owner.start()
    log = tmp_path / "log"
    pid = int(eventually(lambda: log.exists() and log.read_text().strip()))
    family = psutil.Process(owner.pid).children(recursive=True)
    assert pid in {process.pid for process in family}
    owner.kill()
    owner.join()
    _, alive = psutil.wait_procs(family, timeout=15)
    assert alive == []


def test_that_a_missing_interpreter_is_a_problem_with_a_way_out(
    tmp_path: Path, task: Task
) -> None:
    target = ProcessTarget(tmp_path / "log", python=str(tmp_path / "python9"))
    problem = target.check()
    assert problem
    assert "python9 doesn't exist" in problem.message
    with pytest.raises(UnavailableError, match="No interpreter could be started"):
        target.start(task("x", ""))


def test_that_a_folder_that_is_not_there_is_told(
    target: ProcessTarget, task: Task, tmp_path: Path
) -> None:
    target.start(task("x", "", folder=tmp_path / "gone"))
    (end,) = ended(target, "x")
    assert "gone does not exist" in end.reason


def test_that_a_shell_command_is_run_by_a_shell(
    target: ProcessTarget, task: Task
) -> None:
    a_task = task("shell", "", command="echo a && echo $((40 + 2)) | cat; exit 3")
    target.start(a_task)
    assert ended(target, "shell")[0].code == 3
    assert target.logs(a_task) == b"a\n42\n"
