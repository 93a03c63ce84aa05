"""`studio diagnostics`"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import typer

from studio.cli.noun import noun
from studio.cli.output import say
from studio.cli.session import Session, of
from studio.cli.tables import fields, size
from studio.domain.errors import StudioError

app = noun("")

_PACKAGES = (
    "PySide6-Essentials",
    "alembic",
    "duckdb",
    "mlflow-skinny",
    "numpy",
    "onnxruntime",
    "pandas",
    "psutil",
    "pyarrow",
    "pysqlite3",
    "scikit-learn",
    "sqlmodel",
    "typer",
)


@app.command()
def diagnostics(context: typer.Context) -> None:
    """Show versions, system and workspace, to put into a bug report. No secrets."""
    session = of(context)
    document = {
        "versions": _versions(),
        "system": _system(),
        "window": session.window and (session.window.problem() or "can be opened"),
        "workspace": _workspace(session),
    }
    session.answer(document, lambda: _show(document))


def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {
        "studio": _version("mlops-studio"),
        "python": platform.python_version(),
    }
    return {**found, **{name: _version(name) for name in _PACKAGES}}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _system() -> dict[str, Any]:
    import psutil

    from studio.storage.sqlite import sqlite

    return {
        "platform": platform.platform(),
        "architecture": platform.machine(),
        "processors": os.cpu_count(),
        "memory_bytes": psutil.virtual_memory().total,
        "memory_free_bytes": psutil.virtual_memory().available,
        "sqlite": sqlite.sqlite_version,
        "executable": sys.executable,
        "docker": shutil.which("docker") is not None,
        "nvidia_driver": shutil.which("nvidia-smi") is not None,
        "git": shutil.which("git") is not None,
    }


def _workspace(session: Session) -> dict[str, Any]:
    """The workspace in figures, or why there is none."""
    try:
        with session.studio() as studio:
            root: Path = studio.workspace.root
            return {
                "path": str(root),
                "database_bytes": studio.workspace.database.stat().st_size,
                "disk_free_bytes": shutil.disk_usage(root).free,
                "pipelines": len(studio.pipelines.list()),
                "components": len(studio.components.list()),
                "models": studio.models.list(limit=1).total,
                "endpoints": len(studio.endpoints.list()),
                "active_runs": studio.runs.active(),
                "events": studio.events.latest(),
                "keyring": studio.endpoints.keys_are_kept(),
            }
    except StudioError as error:
        return {"problem": error.message, "hint": error.hint}


def _show(document: dict[str, Any]) -> None:
    for title in ("versions", "system", "workspace"):
        say(title.capitalize())
        fields((f"  {key}", _text(key, v)) for key, v in document[title].items())
        say()
    say(f"Window: {document['window'] or 'not installed'}")


def _text(key: str, value: Any) -> str:
    if key.endswith("_bytes"):
        return size(value)
    if value is None:
        return "not installed"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
