"""Images as a column of a table: each an encoded file of its own."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pandas as pd
import tables
from PIL import Image, UnidentifiedImageError
from step import ComponentError

COLUMN = "image"
ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm")
# A small file may unfold into an image that fills the memory.
MOST_PIXELS = 100_000_000


class Broken(Exception):
    """What is no image, in a few words."""


def opened(content: bytes) -> Image.Image:
    """The first frame of an encoded image, turned as the camera was held."""
    from PIL import ImageOps

    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Broken(f"{image.width} x {image.height} pixels are too many")
            image.load()
            return ImageOps.exif_transpose(image)
    except UnidentifiedImageError as error:
        raise Broken("not an image that is known") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Broken(str(error)) from error


def encoded(image: Image.Image) -> bytes:
    """An image as PNG, which keeps every pixel as it is."""
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def column(frame: pd.DataFrame) -> Iterable[tuple[int, Image.Image]]:
    """The images of a table with the numbers of their rows; a broken one is told."""
    if COLUMN not in frame.columns:
        raise tables.missing_column(list(frame.columns), COLUMN, "data")
    if frame.empty:
        raise ComponentError("The table has no rows", "Check the step before")
    return _each(frame)


def _each(frame: pd.DataFrame) -> Iterable[tuple[int, Image.Image]]:
    for number, content in enumerate(frame[COLUMN]):
        if not isinstance(content, bytes):
            raise ComponentError(
                f"Row {number + 1} of column '{COLUMN}' holds no image",
                "Connect the table of a Load images step",
            )
        try:
            yield number, opened(content)
        except Broken as error:
            raise ComponentError(
                f"The image of row {number + 1} can't be read: {error}",
                "Read the images again with a Load images step",
            ) from error


def grey_or_colour(image: Image.Image) -> Image.Image:
    """One value or three per pixel, whatever the file held; see-through is white."""
    if image.mode in ("L", "1", "I;16", "I", "F"):
        return image.convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        solid = image.convert("RGBA")
        white = Image.new("RGBA", solid.size, "white")
        return Image.alpha_composite(white, solid).convert("RGB")
    return image.convert("RGB")
