"""Bring images to one size and one kind of colours."""

from __future__ import annotations

from pathlib import Path

import pictures
import step
import tables
from PIL import Image, ImageOps


def main(
    data: Path,
    width: int,
    height: int,
    fit: str,
    colours: str,
    contrast: str,
    table: Path,
) -> None:
    frame = tables.frame(data)
    made = []
    for number, image in pictures.column(frame):
        solid = pictures.grey_or_colour(image).convert(
            "L" if colours == "grey" else "RGB"
        )
        made.append(
            pictures.encoded(_contrasted(_sized(solid, width, height, fit), contrast))
        )
        if number % 50 == 0:
            step.progress(number / len(frame), f"image {number + 1} of {len(frame)}")
    changed = {"width": width, "height": height, pictures.COLUMN: made}
    mode = "L" if colours == "grey" else "RGB"
    tables.write_frame(frame.assign(**changed, mode=mode), table)
    step.metric("images", len(frame))


def _sized(image: Image.Image, width: int, height: int, fit: str) -> Image.Image:
    size = (width, height)
    if fit == "crop":
        return ImageOps.fit(image, size, Image.Resampling.LANCZOS)
    if fit == "pad":
        return ImageOps.pad(image, size, Image.Resampling.LANCZOS)
    return image.resize(size, Image.Resampling.LANCZOS)


def _contrasted(image: Image.Image, contrast: str) -> Image.Image:
    if contrast == "stretch":
        return ImageOps.autocontrast(image)
    return ImageOps.equalize(image) if contrast == "equalise" else image


if __name__ == "__main__":
    step.run(main)
