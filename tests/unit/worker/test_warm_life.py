"""Ends, kills and crashes of steps and of the processes above them."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from worker_steps import Steps, is_alive, wait_until

FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
"""

# Out of the step's group and session, and with a parent that ends at once.
DAEMON = """
import subprocess, sys
sleep = "import time; time.sleep(600)"
start = "import subprocess as s, sys; print(s.Popen([sys.executable, '-c', sys.argv[1]]"
start += ", start_new_session=True).pid)"
subprocess.run([sys.executable, "-c", start, sleep], start_new_session=True)
"""


def _grandchild(steps: Steps, id: str = "s") -> int:
    return int(wait_until(lambda: steps.log(id).split("\n")[0]))


def test_that_a_stop_ends_the_step_and_its_children(steps: Steps) -> None:
    steps.script(FAMILY + "time.sleep(600)")
    started = steps.start("s", "python step.py")
    grandchild = _grandchild(steps)
    steps.send({"op": "stop", "id": "s", "grace_s": 5})
    event = steps.next_event("exited", "s")
    assert (event["signal"], event["reason"]) == (signal.SIGTERM, "stopped")
    assert not event["timed_out"]
    wait_until(lambda: not is_alive(grandchild) and not is_alive(started["pid"]))


def test_that_a_step_that_ignores_the_stop_is_killed(steps: Steps) -> None:
    steps.script(
        "import signal, time\nsignal.signal(15, signal.SIG_IGN)\n"
        "print('deaf')\ntime.sleep(600)"
    )
    steps.start("s", "python step.py")
    wait_until(lambda: steps.log("s"))
    before = time.monotonic()
    steps.send({"op": "stop", "id": "s", "grace_s": 0.3})
    event = steps.next_event("exited", "s")
    assert (event["signal"], event["reason"]) == (signal.SIGKILL, "stopped")
    assert 0.25 < time.monotonic() - before < 5


def test_that_a_step_can_tidy_up_when_stopped(steps: Steps) -> None:
    steps.script(
        "import signal, sys, time\n"
        "signal.signal(15, lambda *_: sys.exit(3))\nprint('on')\ntime.sleep(600)"
    )
    steps.start("s", "python step.py")
    wait_until(lambda: steps.log("s"))
    steps.send({"op": "stop", "id": "s"})
    event = steps.next_event("exited", "s")
    assert (event["code"], event["reason"]) == (3, "stopped")


@pytest.mark.parametrize("command", ["python step.py", "sleep 600 && true"])
def test_that_an_endless_step_times_out(steps: Steps, command: str) -> None:
    event = steps.run("while True: pass", command=command, timeout_s=0.3)
    assert event["timed_out"] and event["reason"] == "timeout"
    assert 0.3 <= event["seconds"] < 5


def test_that_children_left_behind_are_killed(steps: Steps) -> None:
    assert steps.run(FAMILY)["code"] == 0
    wait_until(lambda: not is_alive(_grandchild(steps)))


def test_that_a_daemon_does_not_outlive_its_step(steps: Steps) -> None:
    steps.script(DAEMON + "import time; time.sleep(600)", name="other.py")
    steps.start("other", "python other.py")
    others = _grandchild(steps, "other")
    steps.script(DAEMON + "import time; time.sleep(600)")
    steps.start("s", "python step.py")
    daemon = _grandchild(steps)
    steps.send({"op": "stop", "id": "s"})
    steps.next_event("exited", "s")
    assert not is_alive(daemon)
    assert is_alive(others)


def test_that_a_kill_from_outside_is_told_as_what_it_is(steps: Steps) -> None:
    event = steps.run("import os; os.kill(os.getpid(), 9)")
    assert (event["signal"], event["reason"]) == (9, "killed by signal 9")


def test_that_a_crash_in_native_code_harms_nobody_else(steps: Steps) -> None:
    steps.script("import time; time.sleep(0.5); print('fine')", "other.py")
    steps.start("other", "python other.py")
    event = steps.run("import ctypes; ctypes.string_at(0)")
    assert event["signal"] == signal.SIGSEGV
    assert 'step.py", line 1' in steps.log("s")
    assert steps.next_event("exited", "other")["code"] == 0
    assert steps.log("other") == "fine\n"


def test_that_a_memory_limit_ends_in_a_reason(steps: Steps) -> None:
    event = steps.run("x = bytearray(400_000_000)", memory_limit_bytes=100_000_000)
    assert (event["code"], event["reason"]) == (1, "out of memory")
    assert steps.error("s")["type"] == "MemoryError"
    assert (
        steps.run("x = bytearray(50_000_000)", memory_limit_bytes=100_000_000)["code"]
        == 0
    )


def test_that_a_missing_folder_is_told(steps: Steps) -> None:
    missing = steps.folder / "nowhere"
    request: dict[str, Any] = {
        "op": "start", "id": "s", "command": "python a.py", "cwd": str(missing),
        "env": {}, "stdout": str(steps.folder / "log"), "error_file": "",
    }  # fmt: skip
    steps.send(request)
    event = steps.next_event("exited", "s")
    assert event["code"] is None and str(missing) in event["reason"]


def test_that_many_steps_run_at_once(steps: Steps) -> None:
    steps.script("import time; time.sleep(0.3)")
    before = time.monotonic()
    for number in range(30):
        steps.start(str(number), "python step.py")
    codes = [steps.next_event("exited", str(n))["code"] for n in range(30)]
    assert codes == [0] * 30
    assert time.monotonic() - before < 6


def test_that_all_is_gone_when_the_runner_goes(tmp_path: Path) -> None:
    steps = Steps(tmp_path, ["csv"])
    steps.next_event("ready")
    steps.script(FAMILY + "time.sleep(600)")
    pids = [steps.start("s", "python step.py")["pid"]]
    pids.append(steps.start("sh", "sleep 600 && true")["pid"])
    pids.append(_grandchild(steps))
    steps.script(DAEMON + "import time; time.sleep(600)", name="daemon.py")
    pids.append(steps.start("d", "python daemon.py")["pid"])
    pids.append(_grandchild(steps, "d"))
    steps.close()
    wait_until(lambda: not any(is_alive(pid) for pid in pids), 5)


def test_that_all_is_gone_when_the_warm_parent_is_killed(tmp_path: Path) -> None:
    steps = Steps(tmp_path, ["csv"])
    steps.next_event("ready")
    steps.script(FAMILY + "time.sleep(600)")
    pids = [steps.start("s", "python step.py")["pid"], _grandchild(steps)]
    steps.process.kill()
    wait_until(lambda: not any(is_alive(pid) for pid in pids), 5)
    steps.close()


def test_that_a_killed_fork_server_is_replaced(steps: Steps) -> None:
    steps.script(FAMILY + "time.sleep(600)")
    started = steps.start("s", "python step.py")
    grandchild = _grandchild(steps)
    stat = Path(f"/proc/{started['pid']}/stat").read_text()
    os.kill(int(stat.rpartition(")")[2].split()[1]), signal.SIGKILL)
    event = steps.next_event("exited", "s")
    assert event["code"] is None and event["reason"] == "its parent process was killed"
    wait_until(lambda: not is_alive(grandchild))
    steps.next_event("ready")
    assert steps.run("print('again')", "again")["code"] == 0


def test_that_a_waiting_spare_may_be_killed(steps: Steps) -> None:
    for number in range(3):
        servers = _children(steps.process.pid)
        spares = [pid for server in servers for pid in _children(server)]
        for spare in spares:
            os.kill(spare, signal.SIGKILL)
        wait_until(lambda dead=spares: not any(is_alive(pid) for pid in dead))
        assert steps.run("print(1)", str(number))["code"] == 0


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(word) for word in path.read_text().split()]


def test_that_a_request_before_all_is_loaded_is_served_at_once(tmp_path: Path) -> None:
    (tmp_path / "slow_library.py").write_text("import time\ntime.sleep(60)\n")
    os_path = os.environ.get("PYTHONPATH", "")
    try:
        os.environ["PYTHONPATH"] = str(tmp_path)
        steps = Steps(tmp_path, ["slow_library"])
    finally:
        os.environ["PYTHONPATH"] = os_path
    before = time.monotonic()
    assert steps.run("print(1)")["code"] == 0
    steps.close()
    assert time.monotonic() - before < 10


def test_that_libraries_that_cannot_be_held_are_reported(tmp_path: Path) -> None:
    (tmp_path / "with_thread.py").write_text(
        "import threading, time\n"
        "threading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
    )
    (tmp_path / "broken.py").write_text("1 / 0")
    (tmp_path / "deadly.py").write_text("import os\nos._exit(1)")
    os.environ["PYTHONPATH"] = str(tmp_path)
    try:
        steps = Steps(tmp_path, ["csv", "not_there", "with_thread", "broken", "deadly"])
    finally:
        del os.environ["PYTHONPATH"]
    assert steps.next_event("ready")["modules"] == ["csv"]
    failed = {e["module"]: e["error"] for e in steps.events if "module" in e}
    assert "threads" in failed["with_thread"]
    assert "ZeroDivisionError" in failed["broken"]
    assert "ended the interpreter" in failed["deadly"]
    assert "No module named" in failed["not_there"]
    steps.close()


def test_that_without_fork_the_same_lines_work(tmp_path: Path) -> None:
    steps = Steps(tmp_path, [], "cold.py")
    assert steps.run("print('hello'); raise ValueError('no')")["code"] == 1
    assert steps.error("s")["message"] == "no"
    assert steps.log("s").startswith("hello\nTraceback")
    assert "worker" not in steps.log("s")
    assert steps.run("x", "sh", command="echo a && exit 3")["code"] == 3
    assert steps.run("while True: pass", "t", timeout_s=0.3)["timed_out"]
    steps.script("import time; time.sleep(600)")
    pid = steps.start("stop", "python step.py")["pid"]
    steps.send({"op": "stop", "id": "stop"})
    assert steps.next_event("exited", "stop")["reason"] == "stopped"
    assert not is_alive(pid)
    left = steps.start("left", "python step.py")["pid"]
    steps.close()
    wait_until(lambda: not is_alive(left), 5)
