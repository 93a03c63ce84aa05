"""Environments carried in one file to a home that is empty and has no network."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from docker_engine import TestEngine

from studio.bootstrap import Studio, create_workspace
from studio.domain.container_engine import EngineContext
from studio.domain.environment import Declaration
from studio.domain.errors import InvalidError
from tests.conda_channel import PYTHON, Channel
from tests.conda_channel import served as served_channel
from tests.local_index import LocalIndex

PASSWORD = "planted-word"


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """From now on a home of that name is used: its caches and environments."""

    def use(name: str) -> None:
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / name / "uv-cache"))
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / name / "data"))

    return use


@pytest.fixture
def written(
    home: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Path]:
    """A folder with letters.zip (pip) and drawing.zip (conda and pip), written where
    there was a network; now there is none, and another, empty home."""
    index = LocalIndex(password=PASSWORD)
    index.wheel("alpha", "1.0", ["beta"])
    index.wheel("beta", "1.0")
    channel = Channel(tmp_path / "channel")
    channel.add_python()
    channel.add_module("pip", "24.0")
    channel.add_module("plots", "1.0")
    channel.write()
    home("here")
    folder = tmp_path / "files"
    folder.mkdir()
    monkeypatch.setenv("CHANNEL_TOKEN", PASSWORD)
    with (
        index.served() as url,
        served_channel(channel.root, PASSWORD) as place,
    ):
        secret = url.replace("://", f"://reader:{PASSWORD}@")
        monkeypatch.setenv("UV_DEFAULT_INDEX", secret)
        host = place.removeprefix("http://")
        text = f"""\
channels: ["http://{host}/t/${{CHANNEL_TOKEN}}"]
dependencies: [python={PYTHON}, plots, pip, {{pip: [alpha]}}]
"""
        studio = create_workspace(tmp_path / "one")
        studio.environments.create("letters", Declaration("pip", "alpha\n"))
        studio.environments.create("drawing", Declaration("conda", text))
        studio.bundles.export("letters", folder / "letters.zip")
        told = studio.bundles.export("drawing", folder / "drawing.zip")
        studio.close()
    assert told.packages == 5
    home("there")
    monkeypatch.setenv("UV_OFFLINE", "1")
    yield folder


@pytest.fixture
def there(written: Path, tmp_path: Path) -> Iterator[Studio]:
    studio = create_workspace(tmp_path / "two")
    yield studio
    studio.close()


def seen(python: Path, *modules: str) -> list[str]:
    code = f"import {','.join(modules)}\n" + "".join(
        f"print({name}.__version__)\n" for name in modules
    )
    told = subprocess.run(
        [python, "-c", code], capture_output=True, text=True, check=True
    )
    return told.stdout.split()


def test_that_an_environment_is_built_from_its_file_alone(
    there: Studio, written: Path, tmp_path: Path
) -> None:
    packages = {"letters": ("alpha", "beta"), "drawing": ("plots", "alpha")}
    for name, imported in packages.items():
        read = there.bundles.import_from(written / f"{name}.zip")
        assert (read.environment.reference, read.note) == (f"{name}:1", "")
        built = there.environments.build(read.environment.reference)
        assert seen(built.local.python, *imported) == ["1.0", "1.0"]
        noted = [file.read_bytes() for file in built.local.folder.rglob("*.json")]
        noted.append((written / f"{name}.zip").read_bytes())
        assert not any(PASSWORD.encode() in each for each in noted)
    again = there.bundles.import_from(written / "letters.zip")
    assert again.environment.reference == "letters:1"
    again_written = there.bundles.export("letters", tmp_path / "again.zip")
    assert again_written.file.read_bytes() == (written / "letters.zip").read_bytes()


@pytest.mark.docker
def test_that_an_image_is_built_from_such_a_file_alone(
    there: Studio, written: Path, docker_engine: TestEngine
) -> None:
    there.bundles.import_from(written / "letters.zip")
    context = EngineContext("tests", docker_engine.host)
    built = there.images.build("letters", base=docker_engine.base, context=context)
    try:
        told = "import alpha, beta; print(alpha.__version__)"
        asked = ("run", "--rm", "--network", "none", built.tag, "python", "-c", told)
        assert docker_engine.docker(*asked).strip() == "1.0"
    finally:
        docker_engine.docker("rmi", "--force", built.tag)


def test_that_the_command_line_reads_such_a_file(there: Studio, written: Path) -> None:
    words = ["--json", "--workspace", str(there.workspace.root), "environments"]
    ended = subprocess.run(
        [sys.executable, "-m", "studio", *words, "import", written / "letters.zip"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ended.stdout)["environment"] == "letters:1"
    (lock,) = there.environments.get("letters").locks
    assert lock.version_of("beta") == "1.0"


def test_that_a_file_whose_lock_hides_or_lacks_something_is_refused(
    there: Studio, written: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(written / "letters.zip") as good:
        parts = {name: good.read(name) for name in good.namelist()}
    about = json.loads(parts["environment.json"])
    text = about["lock"]["text"]

    def refused(changed: str) -> str:
        file = tmp_path / "changed.zip"
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in (parts | {"environment.json": changed.encode()}).items():
                archive.writestr(name, data)
        with pytest.raises(InvalidError) as told:
            there.bundles.import_from(file)
        return str(told.value)

    for declared in ({"packages": "gamma\n"}, {"packages": "alpha>1\n"}):
        swapped = about | {"declaration": about["declaration"] | declared}
        assert "contradicts itself" in refused(json.dumps(swapped))
    hidden = about | {"lock": about["lock"] | {"text": f"{text}-r http://x.test/a\n"}}
    assert "contradicts itself" in refused(json.dumps(hidden))
    assert "can't be understood" in refused("[" * 100_000)
    labelled = about | {"tags": {"a\nLABEL b": "c"}}
    assert "can't be understood" in refused(json.dumps(labelled))
    cut = tmp_path / "cut.zip"
    cut.write_bytes((written / "letters.zip").read_bytes()[:200])
    assert there.bundles.is_bundle(cut)
    assert not there.environments.list()


def test_that_a_file_that_was_tampered_with_is_refused_and_nothing_kept(
    there: Studio, written: Path, tmp_path: Path
) -> None:
    good = zipfile.ZipFile(written / "letters.zip")
    parts = {info.filename: good.read(info) for info in good.infolist()}
    good.close()
    package = next(name for name in parts if name.startswith("packages/"))
    about = json.loads(parts["environment.json"])
    outside = about | {"lock": about["lock"] | {"text": "evil==1.0\n"}}

    def link(archive: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo(f"packages/{'0' * 64}/a.whl")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")

    def bomb(archive: zipfile.ZipFile) -> None:
        name = f"packages/{'0' * 64}/a.whl"
        archive.writestr(name, b"0" * 10**6, zipfile.ZIP_DEFLATED)

    def more(name: str) -> Callable[[zipfile.ZipFile], None]:
        return lambda archive: archive.writestr(name, b"x")

    nothing = more(f"packages/{'1' * 64}/a.whl")
    wrong: dict[str, tuple[dict[str, bytes], Callable[[zipfile.ZipFile], None]]] = {
        "another content": (parts | {package: b"other"}, lambda _: None),
        "doesn't belong": (parts, more("../../outside.whl")),
        "an ordinary file": (parts, link),
        "compressed": (parts, bomb),
        "isn't a package": (parts, nothing),
        "isn't in it": (
            {k: v for k, v in parts.items() if k != package},
            lambda _: None,
        ),
        "contradicts itself": (
            parts | {"environment.json": json.dumps(outside).encode()},
            lambda _: None,
        ),
        "can't be understood": (parts | {"environment.json": b"[]"}, lambda _: None),
    }
    file = tmp_path / "wrong.zip"
    for words, (content, change) in wrong.items():
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in content.items():
                archive.writestr(name, data)
            change(archive)
        with pytest.raises(InvalidError, match=words):
            there.bundles.import_from(file)
    file.write_bytes((written / "letters.zip").read_bytes()[:-100])
    with pytest.raises(InvalidError, match="can't be used"):
        there.bundles.import_from(file)
    assert not there.environments.list()
    shelf = there.environments.shelf.staging
    assert list(shelf.iterdir()) == []
    assert not (tmp_path / "outside.whl").exists()
