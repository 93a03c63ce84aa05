"""Images are decoded by another process; what comes back are a few pixels."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from studio.services.tables.service import TableService
from studio.storage.profiles import ProfileStore


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TableService]:
    service = TableService(ProfileStore(tmp_path_factory.mktemp("profiles")))
    yield service
    service.close()


@pytest.mark.parametrize("ending", ["png", "jpg", "gif", "bmp", "webp", "tif"])
def test_that_every_kind_of_image_comes_small_with_its_own_size(
    tables: TableService, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / f"red.{ending}"
    Image.new("RGB", (400, 200), "red").save(file)
    (found,) = tables.pictures([file], 100)
    assert (found.width, found.height) == (400, 200)
    assert (found.shown_width, found.shown_height) == (100, 50)
    assert len(found.rgba) == 100 * 50 * 4
    red, green, blue, alpha = found.rgba[:4]
    assert red > 240
    assert max(green, blue) < 15
    assert alpha == 255


def test_that_greys_of_sixteen_bits_are_spread_over_what_can_be_seen(
    tables: TableService, tmp_path: Path
) -> None:
    values = np.linspace(1000, 3000, 64, dtype=np.uint16).reshape(8, 8)
    Image.fromarray(values).save(tmp_path / "scan.png")
    (found,) = tables.pictures([tmp_path / "scan.png"], 8)
    assert found.rgba[0] < 5
    assert found.rgba[-4] > 250


def test_that_a_photo_taken_sideways_stands_upright(
    tables: TableService, tmp_path: Path
) -> None:
    image = Image.new("RGB", (400, 200), "blue")
    turned = image.getexif()
    turned[0x0112] = 6
    image.save(tmp_path / "photo.jpg", exif=turned)
    (found,) = tables.pictures([tmp_path / "photo.jpg"], 100)
    assert (found.width, found.height) == (200, 400)
    assert (found.shown_width, found.shown_height) == (50, 100)


def test_that_broken_and_monstrous_images_are_told_and_the_others_come(
    tables: TableService, tmp_path: Path
) -> None:
    Image.new("RGB", (10, 10)).save(tmp_path / "good.png")
    (tmp_path / "torn.png").write_bytes((tmp_path / "good.png").read_bytes()[:30])
    content = (tmp_path / "good.png").read_bytes()
    chunk = b"IHDR" + struct.pack(">II", 100_000, 100_000) + content[24:29]
    head = content[:12] + chunk + struct.pack(">I", zlib.crc32(chunk))
    (tmp_path / "bomb.png").write_bytes(head + content[33:])
    names = ["torn.png", "bomb.png", "none.png", "good.png"]
    found = tables.pictures([tmp_path / name for name in names], 64)
    assert [bool(one.error) for one in found] == [True, True, True, False]
    assert "decompression bomb" in found[1].error
    assert found[2].error == "there is no such file"


def test_that_images_in_a_table_are_read_by_row(
    tables: TableService, tmp_path: Path
) -> None:
    Image.new("RGB", (30, 20), "green").save(tmp_path / "a.png")
    content = [(tmp_path / "a.png").read_bytes(), None, b"no image"]
    pq.write_table(pa.table({"n": [1, 2, 3], "image": content}), tmp_path / "t.parquet")
    table = tables.open(tmp_path / "t.parquet")
    found = table.pictures(1, 0, 5, 16)
    assert [one.width for one in found] == [30, 0, 0]
    assert [one.error for one in found[:2]] == ["", "missing"]
    assert found[2].error == "it is no image of a known kind"
