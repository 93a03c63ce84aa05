"""What computes: driver and CUDA of this machine, and what ONNX Runtime really used."""

from __future__ import annotations

import ctypes
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict

from ..serving.body import dumps, parse  # noqa: TID252
from .samples import samples


def accelerators() -> Dict[str, str]:
    """Of the driver, and of the CUDA that a library brings; what isn't there is
    left out."""
    found = {"driver": _driver(), "driver_cuda": _driver_cuda()}
    torch = sys.modules.get("torch")
    if torch is not None:
        found["torch_cuda"] = str(getattr(torch.version, "cuda", None) or "")
        found["torch_device"] = "cuda" if torch.cuda.is_available() else "cpu"
    return {name: value for name, value in found.items() if value}


def onnx_providers(model: Any) -> Dict[str, Any]:
    """What ONNX Runtime has here, what the session was given, and how many nodes each
    ran, read from a profile of one request."""
    runtime = sys.modules.get("onnxruntime")
    if runtime is None:
        return {}
    found: Dict[str, Any] = {"available": list(runtime.get_available_providers())}
    session = getattr(model, "_session", None)
    if session is not None:
        found["session"] = list(session.get_providers())
        try:
            found["ran"] = _ran(runtime, model, session)
        except Exception as error:  # a proof that can't be had is no failure
            print("No profile of the model: %s" % error)
    return found


def _ran(runtime: Any, model: Any, session: Any) -> Dict[str, int]:
    asked = samples(model)
    if not asked:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        options = runtime.SessionOptions()
        options.log_severity_level = 3
        options.enable_profiling = True
        options.profile_file_prefix = str(Path(folder) / "profile")
        profiled = runtime.InferenceSession(
            session._model_path, options, providers=session.get_providers()
        )
        feeds = model._feeds(parse(dumps(asked[0].body)))
        profiled.run(None, feeds)
        text = Path(profiled.end_profiling()).read_text(encoding="utf-8")
    counts: Dict[str, int] = {}
    for event in json.loads(text):
        provider = (event.get("args") or {}).get("provider")
        if provider:
            counts[provider] = counts.get(provider, 0) + 1
    return counts


def _driver() -> str:
    try:
        told = Path("/proc/driver/nvidia/version").read_text(encoding="utf-8")
    except OSError:
        return ""
    found = re.search(r"\b(\d{3,}\.\d+(\.\d+)?)\b", told)
    return found.group(1) if found else ""


def _driver_cuda() -> str:
    """The newest CUDA that the driver here can run."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
        number = ctypes.c_int()
        if driver.cuDriverGetVersion(ctypes.byref(number)):
            return ""
    except (OSError, AttributeError):
        return ""
    return "%d.%d" % (number.value // 1000, number.value % 1000 // 10)
