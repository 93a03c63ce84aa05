"""Read the images of a folder into a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pictures
import pyarrow as pa
import step
import tables
from step import ComponentError


def main(
    folder: Path,
    labels: str,
    broken: str,
    table: Path,
    pattern: str | None = None,
    limit: int | None = None,
) -> None:
    files = found(folder, pattern)[:limit]
    rows: list[dict[str, Any]] = []
    skipped = 0
    for done, file in enumerate(files, start=1):
        try:
            rows.append(_row(file, folder, labels == "folder"))
        except pictures.Broken as error:
            name = file.relative_to(folder) if file != folder else file.name
            if broken == "fail":
                raise ComponentError(
                    f"{name} can't be read as an image: {error}",
                    "Take the file out of the folder, or set 'Broken' to skip",
                    file=str(file),
                ) from error
            print(f"Skipped {name}: {error}")
            skipped += 1
        if done % 50 == 0 or done == len(files):
            step.progress(done / len(files), f"image {done} of {len(files)}")
    if not rows:
        raise ComponentError(
            "None of the files is an image", "Choose a folder with images"
        )
    tables.write(pa.Table.from_pylist(rows), table)
    known = {row["label"] for row in rows} if labels == "folder" else set()
    step.metrics({"images": len(rows), "skipped": skipped, "labels": len(known)})


def found(folder: Path, pattern: str | None) -> list[Path]:
    """The files to read, in the order of their names."""
    if not folder.exists():
        raise ComponentError(
            f"There is no folder {folder}", "Correct the path in 'Folder'"
        )
    if folder.is_file():
        return [folder]
    every = sorted(file for file in folder.rglob(pattern or "*") if file.is_file())
    visible = [file for file in every if not file.name.startswith((".", "_"))]
    if not pattern:
        visible = [f for f in visible if f.suffix.lower() in pictures.ENDINGS]
    if not visible:
        wanted = f"file like {pattern}" if pattern else "image"
        raise ComponentError(
            f"The folder {folder.name} holds no {wanted}",
            f"Known are: {', '.join(pictures.ENDINGS)}",
        )
    return visible


def _row(file: Path, folder: Path, labelled: bool) -> dict[str, Any]:
    content = file.read_bytes()
    image = pictures.opened(content)
    inside = file.relative_to(folder) if file != folder else Path(file.name)
    row: dict[str, Any] = {"path": inside.as_posix()}
    if labelled:
        row["label"] = inside.parent.name or None
    return {
        **row,
        "width": image.width,
        "height": image.height,
        "mode": image.mode,
        pictures.COLUMN: content,
    }


if __name__ == "__main__":
    step.run(main)
