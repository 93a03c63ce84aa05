"""An uncaught exception as data: what, in which of a person's own files, where."""

from __future__ import annotations

import json
import linecache
import os
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any, Dict, Optional

_WORKER = str(Path(__file__).resolve().parent) + os.sep


def without_worker_frames(trace: Optional[TracebackType]) -> Optional[TracebackType]:
    """The traceback from the first frame that isn't this program's own."""
    while trace is not None and _is_ours(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    return trace


def _is_ours(filename: str) -> bool:
    return filename.startswith((_WORKER, "<frozen runpy")) or (
        Path(filename).name == "runpy.py"
    )


def describe(error: BaseException, cwd: Path) -> Dict[str, Any]:
    """Type, message and the innermost place inside `cwd` (else of all)."""
    place = _place(error, cwd)
    parts = traceback.format_exception(type(error), error, error.__traceback__)
    return {
        "type": type(error).__name__,
        "message": str(error),
        **place,
        "traceback": "".join(parts),
    }


def write_failure(error: BaseException, error_file: str) -> None:
    if not error_file:
        return
    target = Path(error_file)
    draft = target.with_name(target.name + ".part")
    try:
        draft.write_text(json.dumps(describe(error, Path.cwd())), encoding="utf-8")
        draft.replace(target)
    except OSError as problem:
        os.write(2, f"The error could not be written: {problem}\n".encode())


def _place(error: BaseException, cwd: Path) -> Dict[str, Any]:
    if isinstance(error, SyntaxError) and error.filename:
        line = error.lineno or 0
        return _at(error.filename, line, "<module>", error.text or "")
    frames = list(traceback.walk_tb(error.__traceback__))
    if not frames:
        return {"file": None, "line": None, "function": None, "source_line": None}
    inside = [at for at in frames if _is_inside(at[0].f_code.co_filename, cwd)]
    frame, line = (inside or frames)[-1]
    filename = frame.f_code.co_filename
    source = linecache.getline(filename, line, frame.f_globals)
    return _at(filename, line, frame.f_code.co_name, source)


def _at(file: str, line: int, function: str, source: str) -> Dict[str, Any]:
    return {
        "file": file,
        "line": line,
        "function": function,
        "source_line": source.strip(),
    }


def _is_inside(filename: str, folder: Path) -> bool:
    parents = Path(filename).resolve().parents
    return folder.resolve() in parents and "site-packages" not in filename
