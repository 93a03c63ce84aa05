"""Pictures, which may be hostile, decoded here and handed over as a few pixels."""

from __future__ import annotations

import base64
import io
import warnings
from pathlib import Path
from typing import Any, Dict, List, Sequence

from .desk import Job

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
MOST_PIXELS, MOST_BYTES, LARGEST = 100_000_000, 256 << 20, 2048


def pictures_of_files(
    files: Sequence[str], size: int, job: Job
) -> List[Dict[str, Any]]:
    """One entry for each file: {"size", "shown", "rgba"} or {"error"}."""
    found = []
    for file in files:
        job.check()
        found.append(_picture(lambda file=file: _read(file), size))
    return found


def pictures_of_column(
    values: Sequence[Any], size: int, job: Job
) -> List[Dict[str, Any]]:
    """The same of bytes in a table's column."""
    found = []
    for value in values:
        job.check()
        found.append(_picture(lambda value=value: value, size))
    return found


def _read(file: str) -> bytes:
    if Path(file).stat().st_size > MOST_BYTES:
        raise ValueError("the file is too large for a picture")
    return Path(file).read_bytes()


def _picture(read: Any, size: int) -> Dict[str, Any]:
    try:
        content = read()
        if content is None:
            return {"error": "missing"}
        return _small(bytes(content), min(size, LARGEST))
    except Exception as error:  # a broken picture may fail anywhere in its decoder
        return {"error": _words(error)}


def _words(error: Exception) -> str:
    from PIL import UnidentifiedImageError

    if isinstance(error, UnidentifiedImageError):
        return "it is no image of a known kind"
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    return " ".join(str(error).split())[:200] or type(error).__name__


def _small(content: bytes, size: int) -> Dict[str, Any]:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        opened = Image.open(io.BytesIO(content), formats=FORMATS)
        with opened as image:
            whole = image.size
            image.draft("RGB", (size, size))  # a JPEG is decoded small at once
            shown = ImageOps.exif_transpose(image)
            if (shown.width > shown.height) != (whole[0] > whole[1]):
                whole = (whole[1], whole[0])
            if shown.mode not in ("RGB", "RGBA", "L"):  # else colours can't be mixed
                shown = _eight_bits(shown).convert("RGBA")
            shown.thumbnail((size, size))
            made = shown.convert("RGBA")
    pixels = base64.b64encode(made.tobytes()).decode()
    return {"size": list(whole), "shown": list(made.size), "rgba": pixels}


def _eight_bits(image: Any) -> Any:
    """Grey of 16 bits or floats spread over what can be seen."""
    if not image.mode.startswith(("I", "F")):
        return image
    low, high = image.convert("F").getextrema()
    scale = 255 / (high - low) if high > low else 0.0
    return image.convert("F").point(lambda v: v * scale - low * scale).convert("L")
