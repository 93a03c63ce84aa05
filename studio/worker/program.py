"""Runs a Python script or module as the main program of this process.

It ends as the interpreter itself would end it: exit codes, tracebacks, threads
waited for, `atexit`, files flushed.
"""

from __future__ import annotations

import atexit
import gc
import importlib.machinery
import io
import itertools
import os
import runpy
import signal
import sys
import threading
import traceback
import types
from pathlib import Path
from typing import Any, Dict, List, Optional

from .failure import without_worker_frames, write_failure


def run_program(arguments: List[str], error_file: str) -> int:
    """Run `SCRIPT ARG...` or `-m MODULE ARG...`; the process's exit code.

    An uncaught exception goes to stderr, and as JSON to `error_file`.
    """
    main = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = __builtins__
    known = len(sys.modules)
    sys.modules["__main__"] = main
    code = _run(arguments, main, error_file)
    del main
    _finish(known)
    return code


def _run(arguments: List[str], main: types.ModuleType, error_file: str) -> int:
    try:
        if arguments[0] == "-m":
            _run_module(arguments[1:])
        else:
            _run_script(arguments, main)
    except SystemExit as error:
        return _exit_code(error, error_file)
    except KeyboardInterrupt as error:
        _report(error, error_file)
        _end_by_interrupt()
        return 130
    except BaseException as error:
        _report(error, error_file)
        return 1
    return 0


def _run_module(arguments: List[str]) -> None:
    sys.argv[:] = ["-m", *arguments[1:]]
    sys.path.insert(0, str(Path.cwd()))
    run_main: Any = vars(runpy)["_run_module_as_main"]  # what `python -m` calls
    run_main(arguments[0])


def _run_script(arguments: List[str], main: types.ModuleType) -> None:
    script = Path.cwd() / arguments[0]
    sys.argv[:] = arguments
    sys.path.insert(0, str(script.resolve().parent))
    main.__file__ = str(script)
    main.__loader__ = importlib.machinery.SourceFileLoader("__main__", str(script))
    main.__dict__["__cached__"] = None
    code = compile(script.read_bytes(), str(script), "exec", dont_inherit=True)
    exec(code, main.__dict__)


def _exit_code(error: SystemExit, error_file: str) -> int:
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code & 0xFF
    print(error.code, file=sys.stderr)
    write_failure(error, error_file)
    return 1


def _report(error: BaseException, error_file: str) -> None:
    error.__traceback__ = without_worker_frames(error.__traceback__)
    write_failure(error, error_file)
    try:
        sys.excepthook(type(error), error, error.__traceback__)
    except BaseException:  # a hook of the script's own, and it failed
        traceback.print_exc()
    error.__traceback__ = None  # lets go of the script's objects


def _end_by_interrupt() -> None:
    """End as the interpreter does, so that a shell sees the signal."""
    sys.stderr.flush()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if os.name == "posix":
        os.kill(os.getpid(), signal.SIGINT)


def _finish(known: int) -> None:
    """The parts of the interpreter's own end that scripts rely on."""
    shutdown: Dict[str, Any] = {**vars(threading), **vars(atexit)}
    for step in (shutdown["_shutdown"], shutdown["_run_exitfuncs"]):
        try:
            step()
        except BaseException:
            traceback.print_exc()
    flush_open_files()  # before: the collector may close one below another's text
    _forget_own_modules(known)
    gc.collect()
    flush_open_files()


def _forget_own_modules(known: int) -> None:
    """Let objects of the script be finalised: `with`-less files, archives, ..."""
    folders = tuple({str(Path.cwd()), sys.path[0] if sys.path else ""} - {""})
    sys.modules.pop("__main__", None)
    # The newest come last. Touching all of them would copy a page for each.
    count = max(0, len(sys.modules) - known)
    for name in list(itertools.islice(reversed(sys.modules), count)):
        file = str(getattr(sys.modules[name], "__file__", ""))
        if file.startswith(folders) and "site-packages" not in file:
            del sys.modules[name]


def flush_open_files() -> None:
    """Write out what Python files hold back; `os._exit` would lose it."""
    for found in gc.get_objects():
        if isinstance(found, (io.TextIOWrapper, io.BufferedWriter)):
            _flush(found)
    for stream in (sys.stdout, sys.stderr):
        _flush(stream)


def _flush(stream: Optional[Any]) -> None:
    try:
        if stream is not None and not stream.closed:
            stream.flush()
    except (OSError, ValueError):
        return  # a full disk or a reader gone: there is nobody left to tell
