"""One rehearsal from start to end; every line it tells stands for itself."""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import time
import traceback
import warnings
from pathlib import Path
from typing import Any, Dict, List

from .. import kernel  # noqa: TID252  the package has another name when run
from ..serving.body import dumps  # noqa: TID252
from ..serving.models import Model, load  # noqa: TID252
from ..serving.problems import BadRequest, explain  # noqa: TID252
from ..serving.process import Reporter  # noqa: TID252
from .accelerators import accelerators, onnx_providers
from .imports import imported, installed, versions
from .samples import Sample, samples

_SAVED_WITH = re.compile(
    r"Trying to unpickle estimator \S+ from version (\S+) when using version (\S+?)\. "
)
_MODULE = re.compile(r"module '([A-Za-z_]\w*)[\w.]*'")
_OF_THE_VALUES = (ValueError, BadRequest)
"""What a model says of a value it doesn't take, wherever it runs."""


def main() -> int:
    reporter = Reporter()
    kernel.die_with_parent(os.getppid())
    kernel.prefer_for_out_of_memory()
    config = json.loads(sys.stdin.buffer.readline())
    if config.get("ends_with_input"):  # its parent is on another side of a container
        threading.Thread(target=_end_with_input, daemon=True).start()
    os.environ.update(config.get("env") or {})
    before = frozenset(sys.modules)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = _tried(config, reporter)
    reporter.tell(
        event="seen",
        python="%d.%d.%d" % sys.version_info[:3],
        executable=sys.executable,
        imported=imported(before),
        installed=installed(),
        versions=versions() if config.get("tell_versions") else {},
        saved_with=_saved_with(caught),
        accelerators=accelerators(),
        providers=onnx_providers(model) if model is not None else {},
        memory_bytes=_peak_bytes(),
    )
    reporter.tell(event="end")
    sys.stderr.flush()
    os._exit(0)  # threads that the model's libraries left must not keep us


def _end_with_input() -> None:
    while sys.stdin.buffer.read(1):
        pass
    os._exit(1)


def _tried(config: Dict[str, Any], reporter: Reporter) -> Any:
    """The model once it is loaded, its samples scored; None if it can't be."""
    try:
        model = load(config, reporter.phase)
    except BaseException as error:
        _tell_failure(reporter, error, reporter.current)
        return None
    reporter.current = "score"
    for sample in samples(model, config.get("example")):
        _score(model, sample, reporter)
    return model


def _score(model: Model, sample: Sample, reporter: Reporter) -> None:
    began = time.perf_counter()
    said: Dict[str, Any] = {"name": sample.name, "rows": sample.rows, "outcome": "ok"}
    try:
        model.predict(dumps(sample.body))
    except _OF_THE_VALUES as error:
        if sample.must_be_answered and not isinstance(error, BadRequest):
            _tell_failure(reporter, error, "score")
        said.update(outcome="refused", message=_short(error))
    except BaseException as error:
        _tell_failure(reporter, error, "score")
        said.update(outcome="failed", message=_short(error))
    seconds = round(time.perf_counter() - began, 4)
    reporter.tell(event="sample", seconds=seconds, **said)


def _tell_failure(reporter: Reporter, error: BaseException, phase: str) -> None:
    traceback.print_exception(type(error), error, error.__traceback__)
    told = explain(error)
    message = told.message
    if phase == "score" and not isinstance(error, ModuleNotFoundError):
        message = "%s while scoring: %s" % (type(error).__name__, _short(error))
    reporter.tell(
        event="failed",
        phase=phase,
        message=message,
        hint=told.hint,
        kind=type(error).__name__,
        module=getattr(error, "name", None) if _is_import(error) else "",
        package=_blamed(error),
    )


def _is_import(error: BaseException) -> bool:
    return isinstance(error, ImportError)


def _blamed(error: BaseException) -> str:
    """The top module whose code raised it, or the one that wasn't there."""
    if _is_import(error):
        return str(getattr(error, "name", "") or "").split(".")[0]
    named = _MODULE.search(str(error))
    if named:
        return named.group(1)
    own = str(Path(__file__).resolve().parent.parent)
    places: List[str] = []
    trace = error.__traceback__
    while trace is not None:
        if not trace.tb_frame.f_code.co_filename.startswith(own):
            places.append(str(trace.tb_frame.f_globals.get("__name__", "")))
        trace = trace.tb_next
    tops = [place.split(".")[0] for place in places]
    known = [top for top in tops if top not in ("", "__main__", "joblib", "pickle")]
    return known[-1] if known else ""


def _saved_with(caught: Any) -> Dict[str, str]:
    """The version of scikit-learn that its own warnings say a model was saved with."""
    for each in caught:
        found = _SAVED_WITH.search(str(each.message))
        if found:
            return {"scikit-learn": found.group(1)}
    return {}


def _peak_bytes() -> int:
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak) if sys.platform == "darwin" else int(peak) * 1024


def _short(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
