"""Parts of our own lock, which who runs the tests has in the cache of uv already."""

from __future__ import annotations

import os
import pwd
import re
from pathlib import Path

from studio.domain.environment import Lock
from studio.environments.lock_text import locked_packages
from studio.environments.package_indexes import PackageIndexes, package_indexes

ROOT = Path(__file__).parents[1]
SKLEARN = (
    *("numpy", "scipy", "scikit-learn", "joblib", "threadpoolctl"),
    *("cloudpickle", "narwhals", "pandas", "python-dateutil", "six"),
)
ONNX = ("onnxruntime", "flatbuffers", "numpy", "packaging", "protobuf")


def our_indexes() -> PackageIndexes:
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    cache = os.environ.get("UV_CACHE_DIR") or str(home / ".cache/uv")
    return package_indexes(PackageIndexes(cache=cache))


def our_lock(platform: str, *names: str) -> Lock:
    """These packages as our own lock has them."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text)
    wanted = [e for e in entries if re.split(r"[=\[]", e)[0] in names]
    chosen = "\n".join(wanted) + "\n"
    return Lock("3.11", platform, locked_packages(chosen), "uv", chosen)
