"""Ask the app to put a model into the registry."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import step
from step import ComponentError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")


def wish(
    model: Path,
    name: str,
    values: dict[str, float | str],
    text: str | None,
    about: str | None,
) -> bool:
    """Register the output `registered_model` after the step; False if nobody hears."""
    wanted = {
        "action": "register_model",
        "name": name,
        "output": "registered_model",
        "type": "mlflow_model" if (model / "MLmodel").is_file() else "custom_model",
        "tags": tags(text),
        "properties": {},
        "metrics": values,
        "description": about or "",
    }
    return step.action(wanted)


def check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ComponentError(
            f"'{name}' can't be the name of a model",
            "Start with a letter or digit; use letters, digits, '.', '-' and '_'",
        )


def tags(text: str | None) -> dict[str, str]:
    """ "stage=dev, team=research" as a mapping."""
    found: dict[str, str] = {}
    for part in (text or "").split(","):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not key and not equals:
            continue
        if not key or not equals:
            raise ComponentError(
                f"'{part.strip()}' is not a tag",
                "Write tags like stage=dev, team=research in 'Tags'",
            )
        found[key] = value
    return found


def metrics(evaluation: Path | None) -> dict[str, float | str]:
    if evaluation is None:
        return {}
    file = evaluation / "metrics.json"
    if not file.is_file():
        raise ComponentError(
            f"{evaluation.name} holds no metrics.json",
            "Connect the 'evaluation' output of an Evaluate model step",
        )
    found = json.loads(file.read_text(encoding="utf-8"))
    return {str(key): step.plain(value) for key, value in found.items()}


def copy(source: Path, target: Path) -> int:
    """Copy a file or folder, by hard links where the disk allows; gives the bytes."""
    if not source.exists():
        raise ComponentError(
            f"There is no model at {source}", "Run the step that makes it again"
        )
    files = [source] if source.is_file() else sorted(source.rglob("*"))
    root = source.parent if source.is_file() else source
    size = 0
    for file in files:
        if file.is_file():
            _link(file, target / file.relative_to(root))
            size += file.stat().st_size
    if size == 0:
        raise ComponentError(
            f"The model folder {source.name} is empty",
            "Check the step that makes the model",
        )
    return size


def _link(file: Path, copy: Path) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.unlink(missing_ok=True)
    try:
        os.link(file, copy)
    except OSError:  # another disk
        shutil.copy2(file, copy)
