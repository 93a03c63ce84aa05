"""Makes pictures of windows small: 256 colours are enough for flat surfaces and text.

python shrink.py FOLDER   rewrites every PNG file that gets smaller by it
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy
from PySide6.QtGui import QGuiApplication, QImage

COLOURS, FREQUENT = 256, 128


def shrink(file: Path) -> int:
    """Write a picture with its most frequent colours; its size in bytes."""
    picture = QImage(str(file)).convertToFormat(QImage.Format.Format_RGB32)
    pixels = numpy.frombuffer(picture.constBits(), dtype=numpy.uint32)
    found, first = numpy.unique(pixels, return_inverse=True)
    counts = numpy.bincount(first)
    kept = _palette(found, counts)
    nearest = _nearest(found, kept)[first].astype(numpy.uint8)
    width, height = picture.width(), picture.height()
    indexed = QImage.Format.Format_Indexed8
    small = QImage(nearest.tobytes(), width, height, width, indexed)
    small.setColorTable([int(colour) for colour in kept])
    trial = file.with_suffix(".small.png")
    small.save(str(trial), "PNG", 0)
    if trial.stat().st_size < file.stat().st_size:
        trial.replace(file)
    else:
        trial.unlink()
    return file.stat().st_size


def _palette(colours: numpy.ndarray, counts: numpy.ndarray) -> numpy.ndarray:
    """The most frequent ones, then those that would be missed most: far from all
    that are kept, as the one orange port of a picture is."""
    parts = _parts(colours)
    kept = list(numpy.argsort(counts)[::-1][:FREQUENT])
    apart = ((parts[:, None, :] - parts[None, kept, :]) ** 2).sum(axis=2).min(axis=1)
    while len(kept) < min(COLOURS, len(colours)):
        missed = int((apart * numpy.sqrt(counts)).argmax())
        kept.append(missed)
        apart = numpy.minimum(apart, ((parts - parts[missed]) ** 2).sum(axis=1))
    return colours[kept]


def _nearest(colours: numpy.ndarray, kept: numpy.ndarray) -> numpy.ndarray:
    """For each colour the number of the kept one that is least away in RGB."""
    apart = _parts(colours)[:, None, :] - _parts(kept)[None, :, :]
    return (apart**2).sum(axis=2).argmin(axis=1)


def _parts(colours: numpy.ndarray) -> numpy.ndarray:
    return numpy.stack([colours >> shift & 255 for shift in (16, 8, 0)], 1).astype(int)


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = QGuiApplication(sys.argv)
    for picture in sorted(Path(sys.argv[1]).glob("*.png")):
        print(f"{shrink(picture) / 1000:6.1f} kB  {picture.name}")
