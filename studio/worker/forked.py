"""The life of one step in its own process, from the fork to its end."""

from __future__ import annotations

import faulthandler
import gc
import io
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, Dict, List

from . import kernel
from .lines import LineReader
from .program import flush_open_files, run_program
from .steps import Step

COULD_NOT_START = 126


def wait_and_run(
    requests: int, parent: int, private_fds: List[int], threads: kernel.NumericThreads
) -> None:
    """Wait for one step on the pipe `requests` and become it; never returns."""
    code = COULD_NOT_START
    try:
        _cut_ties(parent, private_fds)
        _renew_random_numbers()
        gc.enable()
        _rehearse()
        line = LineReader(requests).wait_for_only_line()
        os.close(requests)
        if line is None:  # no step came, and the fork server is ending
            os._exit(0)
        code = _become(json.loads(line), threads)
    except BaseException as error:
        os.write(2, f"The step could not be started: {error}\n".encode())
    finally:
        kernel.flush_c_streams()
        os._exit(code)


def _become(request: Dict[str, Any], threads: kernel.NumericThreads) -> int:
    """Run the step; its exit code. `arguments` is None for a shell command."""
    step, arguments = Step.from_request(request), request["arguments"]
    _open_streams(step)
    if step.memory_limit_bytes:
        kernel.limit_memory(step.memory_limit_bytes)
    os.chdir(step.cwd)
    if arguments is not None:
        return _run_here(step, arguments, threads)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores these
        signal.signal(number, signal.SIG_DFL)
    return os.execve("/bin/sh", ["/bin/sh", "-c", step.command], step.full_env())


def _cut_ties(parent: int, private_fds: List[int]) -> None:
    os.setsid()
    kernel.die_with_parent(parent)
    kernel.adopt_orphans()
    kernel.prefer_for_out_of_memory()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for fd in private_fds:
        os.close(fd)


def _open_streams(step: Step) -> None:
    """stdin at its end; stdout and stderr appended to the log."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(step.stdout, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for fd, standard in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(fd, standard)
    os.close(nothing)
    os.close(log)


def _run_here(step: Step, arguments: List[str], threads: kernel.NumericThreads) -> int:
    env = step.full_env()
    _replace_path(os.environ.get("PYTHONPATH", ""), env.get("PYTHONPATH", ""))
    os.environ.clear()
    os.environ.update(env)
    _fresh_interpreter(step)
    threads.apply()
    return run_program(arguments, step.error_file)


def _fresh_interpreter(step: Step) -> None:
    """What a new interpreter would do at its start, and a fork inherits."""
    sys.stdin = sys.__stdin__ = open(0, closefd=False)  # type: ignore[misc]  # noqa: SIM115
    sys.stdout = sys.__stdout__ = _text(1)  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _text(2)  # type: ignore[misc]
    faulthandler.enable()
    sys.dont_write_bytecode = bool(step.env.get("PYTHONDONTWRITEBYTECODE"))


def _rehearse() -> None:
    """Touch what every step touches, so that its pages are copied before it comes."""
    os.environ.update(json.loads(json.dumps(dict(os.environ))))
    exec(compile("pass", str(Path.cwd() / "step.py"), "exec"), {})
    _text(2).flush()
    gc.collect()
    flush_open_files()


def _renew_random_numbers() -> None:
    """Those of `random` are renewed by Python at each fork."""
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()


def _replace_path(inherited: str, own: str) -> None:
    dropped = set(inherited.split(os.pathsep))
    kept = [entry for entry in sys.path if entry not in dropped]
    sys.path[:] = [entry for entry in own.split(os.pathsep) if entry] + kept


def _text(fd: int) -> Any:
    raw = open(fd, "wb", closefd=False)  # noqa: SIM115
    return io.TextIOWrapper(raw, "utf-8", "backslashreplace", line_buffering=True)
