"""A bill of materials names every locked package."""

from __future__ import annotations

import json

from studio.domain.environment import Lock, LockedPackage
from studio.environments.software_bill import software_bill

LOCK = Lock(
    "3.11",
    "linux-64",
    (
        LockedPackage("Alpha_One", "1.0", hashes=("sha256:" + "a" * 64,)),
        LockedPackage(
            "beta",
            "2.0",
            needed_by=("alpha-one",),
            hashes=("sha256:" + "b" * 64, "sha256:" + "c" * 64),
        ),
        LockedPackage("libgamma", "3", manager="conda", needed_by=("gone",)),
        LockedPackage(
            "Delta_D",
            "4",
            manager="conda",
            build="h1_0",
            url="https://me:word@host/t/${TOKEN}/forge/linux-64/Delta_D-4-h1_0.conda",
        ),
    ),
    "uv",
    "",
)


def test_that_a_bill_names_every_package_and_what_needs_it() -> None:
    text = software_bill("iris", "3", LOCK, licences={"beta": "MIT"})
    bill = json.loads(text)
    parts = {each["name"]: each for each in bill["components"]}
    assert parts["Alpha_One"]["purl"] == "pkg:pypi/alpha-one@1.0"
    assert parts["Alpha_One"]["hashes"][0]["content"] == "a" * 64
    assert parts["libgamma"]["purl"] == "pkg:conda/libgamma@3"
    assert parts["Delta_D"]["purl"] == (
        "pkg:conda/delta_d@4?build=h1_0&channel=forge&subdir=linux-64&type=conda"
    )
    assert "word" not in text and "TOKEN" not in text
    assert parts["beta"]["licenses"] == [{"expression": "MIT"}]
    assert "hashes" not in parts["beta"]
    needs = {each["ref"]: each.get("dependsOn", []) for each in bill["dependencies"]}
    assert needs["iris"] == [
        parts["Delta_D"]["purl"],
        "pkg:conda/libgamma@3",
        "pkg:pypi/alpha-one@1.0",
    ]
    assert needs["pkg:pypi/alpha-one@1.0"] == ["pkg:pypi/beta@2.0"]


def test_that_the_same_lock_gives_the_same_bill() -> None:
    assert software_bill("iris", "3", LOCK) == software_bill("iris", "3", LOCK)


def test_that_a_bill_says_what_it_is() -> None:
    bill = json.loads(software_bill("iris", "3", LOCK))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["component"]["name"] == "iris"
