"""Images: handwritten digits as files, from a folder to a served classifier."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from component_steps import Steps
from PIL import Image
from sklearn.datasets import load_digits


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first 400 digits as PNG files, in a folder for each digit."""
    root = tmp_path_factory.mktemp("digits")
    digits = load_digits()
    for number in range(400):
        image = Image.fromarray((digits.images[number] * 15.9375).astype("uint8"))
        place = root / str(digits.target[number])
        place.mkdir(exist_ok=True)
        image.save(place / f"{number:04}.png")
    return root


@pytest.fixture
def digits(steps: Steps, folder: Path) -> Path:
    return steps.ok("load_images", folder=folder).output("table")


def png(width: int, height: int, colour: Any, mode: str = "RGB") -> bytes:
    stream = io.BytesIO()
    Image.new(mode, (width, height), colour).save(stream, "PNG")
    return stream.getvalue()


def test_that_a_folder_of_digits_is_a_table(steps: Steps, folder: Path) -> None:
    result = steps.ok("load_images", folder=folder)
    table = result.table()
    assert result.metrics == {"images": 400, "skipped": 0, "labels": 10}
    assert set(table.label) == {str(n) for n in range(10)}
    assert set(table.width) == set(table.height) == {8}
    first = np.asarray(Image.open(io.BytesIO(table.image[0])))
    assert table.path[0] == "0/0000.png"
    np.testing.assert_allclose(first, load_digits().images[0] * 15.9375, atol=1)


@pytest.mark.parametrize("fit", ["stretch", "crop", "pad"])
def test_that_digits_get_one_size(steps: Steps, digits: Path, fit: str) -> None:
    given = {"data": digits, "width": 20, "height": 16, "fit": fit}
    table = steps.ok("resize_images", **given, contrast="stretch").table()
    for content in table.image[:5]:
        image = Image.open(io.BytesIO(content))
        assert (image.size, image.mode) == ((20, 16), "L")
        low, high = image.getextrema()
        assert (low, high) == (0, 255)


def test_that_see_through_and_palette_images_become_plain(steps: Steps) -> None:
    for name, content in {
        "clear.png": png(4, 4, (255, 0, 0, 0), "RGBA"),
        "grey.png": png(9, 3, 100, "L"),
        "palette.png": png(5, 5, 1, "P"),
    }.items():
        steps.file(f"mixed/{name}", content)
    loaded = steps.ok("load_images", folder=steps.root / "files/mixed").output("table")
    given = {"data": loaded, "width": 4, "height": 4, "colours": "colour"}
    table = steps.ok("resize_images", **given).table()
    images = [Image.open(io.BytesIO(content)) for content in table.image]
    assert {image.mode for image in images} == {"RGB"}
    assert images[0].getpixel((0, 0)) == (255, 255, 255)
    assert images[1].getpixel((0, 0)) == (100, 100, 100)


@pytest.mark.parametrize(
    ("settings", "columns"),
    [
        ({"method": "pixels"}, 64),
        ({"method": "hog", "cell": 4}, 36),
        ({"method": "colours", "shades": 4}, 12),
    ],
)
def test_that_digits_become_columns(
    steps: Steps, digits: Path, settings: dict[str, Any], columns: int
) -> None:
    table = steps.ok("image_features", data=digits, **settings).table()
    made = table.drop(columns=["path", "label", "width", "height", "mode"])
    assert made.shape == (400, columns)
    assert made.to_numpy().min() >= 0
    assert made.to_numpy().max() <= 1


def test_that_the_direction_of_an_edge_is_seen_and_its_light_is_not(
    steps: Steps,
) -> None:
    across = np.zeros((16, 16), dtype="uint8")
    across[:, 8:] = 200
    for name, pixels in {"1": across, "2": across // 2, "3": across.T}.items():
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, "PNG")
        steps.file(f"edges/{name}.png", stream.getvalue())
    loaded = steps.ok("load_images", folder=steps.root / "files/edges").output("table")
    table = steps.ok("image_features", data=loaded, cell=8).table()
    one, darker, turned = table.filter(like="hog_").to_numpy()
    np.testing.assert_allclose(one, darker, atol=0.05)
    assert np.abs(one - turned).max() > 0.3


@pytest.mark.parametrize("estimator", ["svm", "k_nearest_neighbours"])
def test_that_a_classifier_reads_digits_it_has_not_seen(
    steps: Steps, digits: Path, estimator: str
) -> None:
    features = steps.ok("image_features", data=digits, method="pixels")
    split = steps.ok("split", data=features.output("table"), test_fraction=0.3)
    result = steps.ok(
        "image_classifier",
        data=split.output("train"),
        validation=split.output("test"),
        estimator=estimator,
    )
    assert result.metrics["validation_accuracy"] > 0.9
    scored = steps.ok(
        "score_model", model=result.output("model"), data=split.output("test")
    ).table()
    assert (scored.prediction == scored.label).mean() > 0.9


def test_that_a_broken_image_is_named_or_skipped(steps: Steps) -> None:
    steps.file("some/a/good.png", png(4, 4, "red"))
    steps.file("some/a/bad.png", png(4, 4, "red")[:30])
    steps.file("some/b/text.jpg", "no image at all")
    given = {"folder": steps.root / "files/some"}
    error = steps.fails("load_images", **given).error
    assert "a/bad.png can't be read as an image" in error["message"]
    assert "set 'Broken' to skip" in error["hint"]
    result = steps.ok("load_images", **given, broken="skip")
    assert result.metrics["skipped"] == 2
    assert result.table().path.tolist() == ["a/good.png"]


@pytest.mark.parametrize(
    ("card", "inputs", "message"),
    [
        ("resize_images", {}, "Column 'image' is not in the table"),
        ("image_features", {}, "Column 'image' is not in the table"),
        ("image_classifier", {"target": "species"}, "no columns of image features"),
    ],
)
def test_that_tables_without_images_are_told(
    steps: Steps, penguins: Path, card: str, inputs: dict[str, Any], message: str
) -> None:
    assert message in steps.fails(card, data=penguins, **inputs).err


def test_that_images_of_several_sizes_are_told(steps: Steps) -> None:
    steps.file("sizes/1.png", png(16, 16, "red"))
    steps.file("sizes/2.png", png(16, 9, "red"))
    loaded = steps.ok("load_images", folder=steps.root / "files/sizes").output("table")
    error = steps.fails("image_features", data=loaded).error
    assert "row 2 is 16 x 9 in colour, the first is 16 x 16" in error["message"]
    assert "Resize images" in error["hint"]
    error = steps.fails("image_features", data=loaded, cell=20).error
    assert "smaller than a cell" in error["message"]
