"""Turn images into columns of numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pictures
import step
import tables
from step import ComponentError

_MOST_COLUMNS = 20_000


def main(
    data: Path,
    method: str,
    cell: int,
    directions: int,
    shades: int,
    keep_image: bool,
    table: Path,
) -> None:
    frame = tables.frame(data)
    found: list[Any] = []
    size = None
    for number, image in pictures.column(frame):
        plain = pictures.grey_or_colour(image)
        size = size or (plain.size, plain.mode)
        if method != "colours" and (plain.size, plain.mode) != size:
            raise ComponentError(
                f"The image of row {number + 1} is {_told(plain.size, plain.mode)}, "
                f"the first is {_told(*size)}",
                "Put a Resize images step before this one",
            )
        if method == "pixels":
            found.append(np.asarray(plain, dtype="float64").ravel() / 255)
        elif method == "hog":
            grey = np.asarray(plain.convert("L"), dtype="float64")
            found.append(oriented_gradients(grey, cell, directions))
        else:
            found.append(shade_shares(np.asarray(plain.convert("RGB")), shades))
        if len(found[0]) > _MOST_COLUMNS:
            raise ComponentError(
                f"{len(found[0])} columns are too many for a table",
                "Make the images smaller with a Resize images step, or use hog",
            )
        if number % 50 == 0:
            step.progress(number / len(frame), f"image {number + 1} of {len(frame)}")
    _write(frame, np.array(found), method, keep_image, table)


def _write(
    frame: pd.DataFrame, values: Any, method: str, keep_image: bool, table: Path
) -> None:
    prefix = {"pixels": "pixel", "hog": "hog", "colours": "colour"}[method]
    names = [f"{prefix}_{number}" for number in range(1, values.shape[1] + 1)]
    kept = frame if keep_image else frame.drop(columns=pictures.COLUMN)
    kept = kept.drop(columns=[name for name in names if name in kept.columns])
    made = pd.DataFrame(values, columns=names, index=frame.index)
    tables.write_frame(pd.concat([kept, made], axis=1), table)
    step.metrics({"images": len(frame), "columns_made": len(names)})


def _told(size: tuple[int, int], mode: str) -> str:
    kind = "grey" if mode == "L" else "colour"
    return f"{size[0]} x {size[1]} in {kind}"


def oriented_gradients(grey: Any, cell: int, directions: int) -> Any:
    """How strong edges of each direction are in each cell, neighbours balanced out."""
    if min(grey.shape) < cell:
        raise ComponentError(
            f"Images of {grey.shape[1]} x {grey.shape[0]} are smaller than a cell",
            f"Lower 'Cell' to {min(grey.shape)} or less",
        )
    down, across = np.gradient(np.sqrt(grey))
    strength = np.hypot(across, down)
    # Dark to bright and bright to dark are the same edge: half a turn is enough.
    turn = (np.arctan2(down, across) % np.pi) / np.pi * directions
    lower = np.floor(turn).astype(int)
    share = turn - lower
    rows, columns = grey.shape[0] // cell, grey.shape[1] // cell
    inside = np.s_[: rows * cell, : columns * cell]
    counts = np.zeros((rows, columns, directions))
    for direction, weight in ((lower, 1 - share), (lower + 1, share)):
        for number in range(directions):
            part = np.where(direction % directions == number, strength * weight, 0)
            blocks = part[inside].reshape(rows, cell, columns, cell)
            counts[:, :, number] += blocks.sum(axis=(1, 3))
    return _balanced(counts).ravel()


def _balanced(counts: Any) -> Any:
    """Each square of two by two cells at length one, so that light doesn't matter."""
    rows, columns = counts.shape[:2]
    if min(rows, columns) < 2:
        return counts / (np.linalg.norm(counts) + 1e-6)
    blocks = np.concatenate(
        [
            counts[:-1, :-1],
            counts[:-1, 1:],
            counts[1:, :-1],
            counts[1:, 1:],
        ],
        axis=2,
    )
    return blocks / (np.linalg.norm(blocks, axis=2, keepdims=True) + 1e-6)


def shade_shares(colour: Any, shades: int) -> Any:
    """The share of the pixels in each shade of red, green and blue."""
    parts = [
        np.histogram(colour[:, :, place], bins=shades, range=(0, 256))[0]
        for place in range(3)
    ]
    return np.concatenate(parts) / (colour.shape[0] * colour.shape[1])


if __name__ == "__main__":
    step.run(main)
