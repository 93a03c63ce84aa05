"""A conda lock laid out for an image: on this computer, as if it stood in the image, so
that the build needs no network, no credentials and no conda."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.domain.environment import Lock
from studio.environments.conda_folder import fill_prefix, prove_python, python_of
from studio.environments.conda_lock_text import read_lock_text
from studio.environments.interpreters import host_platform
from studio.environments.package_indexes import PackageIndexes
from studio.environments.tool import Progress, Report, check_cancelled, run_tool
from studio.environments.whole_folder import beside

_WHAT = "Laying out conda packages"
_LONG_AGO = 315_532_800  # 1980; no tar, zip or engine objects to it
_OF_THIS_COMPUTER = ("extracted_package_dir", "package_tarball_full_path", "link")


@contextmanager
def prefix_for_image(
    lock: Lock,
    prefix: str,
    cache: Path,
    indexes: PackageIndexes,
    progress: Report,
    cancel: threading.Event | None,
) -> Iterator[Path]:
    """A folder with conda's packages of `lock`, to be copied to `prefix`; gone again
    afterwards. The same lock gives the same bytes, so that its layer is reused.

    It lies beside `cache`, from which its files are linked.
    """
    text = read_lock_text(lock.text)
    began = time.time()
    with beside(cache.parent / f"image-{lock.digest[:24]}") as folder:
        fill_prefix(text, folder, prefix, cache, indexes, progress, cancel)
        if lock.platform == host_platform():
            prove_python(folder, lock, cancel)
            _compile(folder, prefix, lock.python, progress, cancel)
        check_cancelled(cancel, _WHAT)
        if names := _activating(folder):
            progress(
                Progress(
                    "warning",
                    f"Nothing activates an environment in an image: {names} would set "
                    "variables then. Set those that you need when you run it",
                )
            )
        _forget_this_computer(folder)
        _forget_the_time(folder, began)
        yield folder


def _activating(folder: Path) -> str:
    """Packages that have a script for `conda activate`, by their scripts' names."""
    scripts = (folder / "etc" / "conda" / "activate.d").glob("*.sh")
    return ", ".join(sorted(script.stem for script in scripts))


def _compile(
    folder: Path,
    prefix: str,
    python: str,
    progress: Report,
    cancel: threading.Event | None,
) -> None:
    """What came uncompiled (noarch packages): an image's user can't write it later."""
    modules = [
        str(module)
        for module in (folder / "lib" / f"python{python}").rglob(
            "site-packages/**/*.py"
        )
        if not list(module.parent.glob(f"__pycache__/{module.stem}.cpython-*.pyc"))
    ]
    if not modules:
        return
    progress(Progress("compiling", f"{len(modules)} modules"))
    listed = folder.with_name(f"{folder.name}.modules")
    listed.write_text("\n".join(modules), encoding="utf-8")
    try:
        run_tool(
            [
                *(python_of(folder), "-I", "-B", "-m", "compileall", "-q"),
                *("-s", folder, "-p", prefix, "-i", listed),
                *("--invalidation-mode", "unchecked-hash"),
            ],
            what="Compiling modules",
            cancel=cancel,
        )  # a module for another version of Python stays as it is
    finally:
        listed.unlink()


def _forget_this_computer(folder: Path) -> None:
    """Its folders stand in what the installer has noted."""
    for note in (folder / "conda-meta").glob("*.json"):
        told = json.loads(note.read_text(encoding="utf-8"))
        kept = {key: v for key, v in told.items() if key not in _OF_THIS_COMPUTER}
        note.unlink()  # never written through a link into the cache
        note.write_text(json.dumps(kept, indent=1, sort_keys=True), encoding="utf-8")
    (folder / "conda-meta" / "history").unlink(missing_ok=True)


def _forget_the_time(folder: Path, began: float) -> None:
    """What was written just now has no time of its own."""
    for place, _, files in os.walk(folder):
        for name in files:
            file = Path(place) / name
            if not file.is_symlink() and file.stat().st_mtime >= began - 1:
                os.utime(file, (_LONG_AGO, _LONG_AGO))
