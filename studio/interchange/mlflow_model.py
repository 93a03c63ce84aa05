"""What an MLflow model folder says of itself, read without MLflow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from studio.domain.errors import StudioError
from studio.interchange import located


def read_signature(folder: Path) -> dict[str, Any]:
    """{"inputs": [{"name", "type", "required"}], "outputs": [...], "example": ...,
    "flavors": [...]}; parts that the folder doesn't tell are empty."""
    empty: dict[str, Any] = {
        "inputs": [],
        "outputs": [],
        "example": None,
        "flavors": [],
    }
    if not (folder / "MLmodel").is_file():
        return empty
    try:
        document = located.read(folder / "MLmodel")
        signature = document.mapping("signature")
        return {
            "inputs": _columns(signature.get("inputs")),
            "outputs": _columns(signature.get("outputs")),
            "example": _example(document, folder),
            "flavors": list(document.mapping("flavors")),
        }
    except StudioError:
        return empty


def _columns(text: Any) -> list[dict[str, Any]]:
    """Columns of a signature, which MLflow writes as JSON within the YAML."""
    try:
        columns = json.loads(text) if isinstance(text, str) else []
    except ValueError:
        return []
    return [
        {
            "name": str(column.get("name", f"column_{place}")),
            "type": str(column.get("type", "")),
            "required": bool(column.get("required", True)),
        }
        for place, column in enumerate(columns)
        if isinstance(column, dict)
    ]


def _example(document: located.Document, folder: Path) -> Any:
    name = document.text("saved_input_example_info", "artifact_path")
    file = folder / name
    if not name or not file.resolve().is_relative_to(folder.resolve()):
        return None
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError):
        return None
