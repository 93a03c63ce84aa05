"""Whatever lies in the components folder: it is listed with its error, and the
others work; nothing in it is run, and nothing is waited for."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studio.bootstrap import Studio
from studio.domain.component import Component
from studio.domain.errors import StudioError
from studio.engine import code
from studio.services.components import own as own_components
from studio.services.components.checks import inspect
from studio.services.components.service import BrokenComponent, ComponentService

WHOLE = """name: bad
type: command
inputs:
  data: {type: mltable}
  rows: {type: integer, default: 1}
outputs:
  out: {type: mltable}
code: .
command: python go.py ${{inputs.data}} ${{inputs.rows}} ${{outputs.out}}
"""
HEAD = "import pandas as pd\nfrom studio.step import step\n\n"
STEP = "@step\ndef bad(x: int) -> dict:\n    return {}\n"


def write(folder: Path, yaml: str | bytes, script: str | None = "x = 1\n") -> Path:
    folder.mkdir(parents=True)
    text = yaml.encode() if isinstance(yaml, str) else yaml
    (folder / "component.yml").write_bytes(text)
    if script is not None:
        (folder / "go.py").write_text(script)
    return folder


@pytest.fixture
def components(studio: Studio) -> Iterator[Path]:
    """The folder of own components, with one in it that works."""
    folder = studio.own_components.folder
    write(folder / "good", WHOLE.replace("name: bad", "name: good"))
    yield folder
    assert isinstance(studio.components.get("azureml:good@latest"), Component)
    assert "good" in {c.name for c in studio.components.list()}


def only_broken(studio: Studio) -> BrokenComponent:
    (broken,) = studio.components.survey().broken
    assert broken.message and broken.hint
    assert len(broken.message) < 400
    return broken


def changed(old: str, new: str) -> str:
    assert WHOLE.count(old) == 1
    return WHOLE.replace(old, new)


BAD_YAML = {
    "empty": ("", "component.yml is empty"),
    "truncated": (WHOLE[:60], ": this isn't valid YAML"),
    "binary": (bytes(range(256)) * 9, "isn't UTF-8 text"),
    "zeros": (b"\0" * 999, "isn't valid YAML"),
    "utf-16": (WHOLE.encode("utf-16"), "isn't UTF-8 text"),
    "deep": ("a: " + "[" * 90_000, "line 1: the values are nested too deeply"),
    "a list": ("- a\n", "line 1: 'the file' must be a mapping"),
    "alias bomb": ("a: &a [1, *a]\n", "line 1: too many or too deeply nested"),
    "large": (b"#" + b"x" * 50_000_000, "larger than 1 MiB"),
    "no name": (changed("name: bad\n", ""), "line 1: there is no 'name'"),
    "capitals": (changed("name: bad", "name: Bad"), "line 1: 'Bad' can't be"),
    "other kind": (changed("type: command", "type: sweep"), "line 2: components"),
    "misspelt": (changed("code:", "cod:"), "line 8: 'cod' isn't known here"),
    "reserved": (changed("  data:", "  PATH:"), "line 4: 'PATH' is a reserved"),
    "list output": (changed("out: {type: mltable}", "out: [a]"), "line 7: 'outp"),
    "min over max": (changed("default: 1", "min: 3, max: 1"), "line 5: 'min' (3)"),
    "enum": (changed("default: 1", "enum: [[1]]"), "line 5: 'enum' must hold"),
    "huge max": (changed("default: 1", f"max: {'9' * 400}"), "line 5: 'max' must"),
    "no number": (changed("default: 1", f"max: {'9' * 5000}"), "can't be read"),
    "null in code": (
        changed("code: .", 'code: "a\\0b"'),
        "line 8: 'a\0b' can",
    ),
    "long code": (changed("code: .", f"code: {'a' * 5000}"), "line 8: 'aaa"),
    "no folder": (changed("code: .", "code: there"), "line 8: 'code' names there"),
    "no script": (changed("go.py", "came.py"), "line 9: The command runs came.py"),
    "no code": (changed("code: .\n", ""), "line 8: The command runs go.py, but no"),
    "include": (f"{WHOLE}additional_includes: [../a.py]\n", "line 10: 'additional"),
    "includes": (f"{WHOLE}additional_includes: [{{a: b}}]\n", "line 10: 'additio"),
}


@pytest.mark.parametrize(("yaml", "message"), BAD_YAML.values(), ids=BAD_YAML)
def test_that_a_bad_yaml_is_listed_with_its_line_and_refused_by_import(
    studio: Studio, components: Path, tmp_path: Path, yaml: str | bytes, message: str
) -> None:
    folder = write(components / "bad", yaml)
    broken = only_broken(studio)
    assert (broken.source, broken.title) == (str(folder), "bad")
    assert message in broken.message
    assert broken.reason.startswith("bad/component.yml")
    with pytest.raises(StudioError) as caught:
        studio.components.get("azureml:bad@latest")
    assert caught.value.message == broken.message
    shutil.move(folder, tmp_path / "bad")
    with pytest.raises(StudioError) as caught:
        studio.components.import_folder(tmp_path / "bad")
    assert message in caught.value.message
    assert not folder.exists()


BAD_PYTHON = {
    "syntax": (
        STEP.replace("    return", "return"),
        "line 6: expected an in",
    ),
    "twice": (STEP.replace("x: int", "x: int, x: int"), "line 5: duplicate arg"),
    "no module": (f"import no_such_thing\n{STEP}", "line 4: It imports 'no"),
    "async": (STEP.replace("def bad", "async def bad"), "isn't a plain function"),
    "class": (
        STEP.replace("def bad(x: int) -> dict", "class bad"),
        "n't a plain",
    ),
    "default": (STEP.replace("x: int", "x: int = 'a'"), "line 5: 'x' must be a n"),
    "name": (
        STEP.replace("def bad", "def größe"),
        "'größe' can't name a",
    ),
    "null": (f"{STEP}x = '\0'\n", "null bytes"),
    "deep": (f"{STEP}x = {'-' * 90_000}1\n", "too large for Python"),
    "latin": (f"{STEP}# é\n".encode("latin-1"), "isn't UTF-8 text"),
    "large": (STEP + "x = [1, 2, 3]\n" * 90_000, "larger than 1 MiB"),
}


@pytest.mark.parametrize(("text", "message"), BAD_PYTHON.values(), ids=BAD_PYTHON)
def test_that_a_bad_python_file_is_listed_with_its_line(
    studio: Studio, components: Path, text: str | bytes, message: str
) -> None:
    raw = text if isinstance(text, bytes) else (HEAD + text).encode()
    file = components / "bad.py"
    file.write_bytes(raw if isinstance(text, str) else HEAD.encode() + raw)
    broken = only_broken(studio)
    assert (broken.source, broken.title) == (str(file), "bad.py")
    assert message in broken.message
    with pytest.raises(StudioError) as caught:
        studio.components.get("azureml:bad@latest")
    assert caught.value.message == broken.message


@pytest.mark.parametrize(
    "first", ["import sys\nsys.exit(3)", "while True: pass", "import os\nos._exit(4)"]
)
def test_that_nothing_of_a_python_file_is_run_to_list_it(
    studio: Studio, components: Path, first: str
) -> None:
    (components / "bad.py").write_text(f"{HEAD}{first}\n\n{STEP}")
    assert studio.components.survey().broken == ()
    assert studio.components.get("azureml:bad@latest").title


@pytest.mark.parametrize(
    "first",
    [
        "try:\n    import no_such\nexcept ImportError:\n    pass",
        "import beside",
        "\ufeff",
    ],
)
def test_that_what_python_can_read_stays_usable(
    studio: Studio, components: Path, first: str
) -> None:
    (components / "beside.py").write_text("x = 1\n")
    text = f"{first}{HEAD}" if first == "\ufeff" else f"{HEAD}{first}\n\n"
    (components / "bad.py").write_text(text + STEP)
    assert studio.components.survey().broken == ()
    assert studio.components.get("azureml:bad@latest").inputs == ()


def _pipe(folder: Path) -> None:
    folder.mkdir()
    os.mkfifo(folder / "component.yml")


def _pipe_of_python(folder: Path) -> None:
    folder.with_suffix(".py").write_text(HEAD)
    os.mkfifo(folder.with_name("pipe.py"))
    write(folder, "")


def _ring(folder: Path) -> None:
    folder.mkdir()
    (folder / "component.yml").symlink_to(folder / "component.yml")


def _device(folder: Path) -> None:
    folder.mkdir()
    (folder / "component.yml").symlink_to("/dev/zero")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder.symlink_to(folder.with_name("gone")), "leads nowhere"),
        (lambda folder: folder.symlink_to(folder), "a link that leads nowhere"),
        (lambda folder: folder.symlink_to(folder.parent), "holds no component.yml"),
        (lambda folder: folder.mkdir(), "holds no component.yml"),
        (lambda folder: (folder / "component.yml").mkdir(parents=True), "is no file"),
        (_ring, "is no file, or a link that leads nowhere"),
        (_pipe, "is no file, or a link that leads nowhere"),
        (_device, "is no file, or a link that leads nowhere"),
        (_pipe_of_python, "is empty"),
    ],
)
def test_that_links_pipes_and_devices_are_listed_and_not_waited_for(
    studio: Studio,
    components: Path,
    make: Callable[[Path], object],
    message: str,
) -> None:
    make(components / "bad")
    assert message in only_broken(studio).message
    assert studio.own_components.stamp()


def test_that_folders_linked_to_each_other_are_looked_into_once(
    studio: Studio, components: Path, tmp_path: Path
) -> None:
    bad = write(components / "bad", WHOLE)
    for name in ("a", "b", "c"):
        (bad / name).mkdir()
        for other in ("up", "over"):
            (bad / name / other).symlink_to(bad)
    component = studio.components.get("azureml:bad@latest")
    assert set(code.code_files(component)) == {"component.yml", "go.py"}
    assert {f.name for f in studio.own_components.stamp()} == {"component.yml", "go.py"}
    shutil.move(bad, tmp_path / "bad")
    assert studio.components.import_folder(tmp_path / "bad").name == "bad"


def test_that_a_link_to_a_whole_disk_is_not_followed_to_its_end(
    studio: Studio, components: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    for number in range(60):
        (disk / f"{number}.txt").touch()
    bad = write(components / "bad", WHOLE)
    (bad / "linked").symlink_to(disk)
    monkeypatch.setattr(own_components, "MOST_FILES", 20)
    monkeypatch.setattr(code, "MOST_FILES", 20)
    assert len(studio.own_components.stamp()) == 20
    with pytest.raises(StudioError, match="more than 20 files"):
        code.code_files(studio.components.get("azureml:bad@latest"))


def test_that_a_folder_that_may_not_be_entered_is_listed() -> None:
    """Without a workspace: whoever is no administrator can't open the one of a test."""
    place = Path(tempfile.mkdtemp())
    shut = write(place / "shut", WHOLE)
    write(place / "good", WHOLE.replace("name: bad", "name: good"))
    place.chmod(0o755)
    shut.chmod(0)
    administrator = os.geteuid() == 0
    if administrator:
        os.seteuid(65534)
    try:
        found = ComponentService(place).survey()
    finally:
        if administrator:
            os.seteuid(0)
        shut.chmod(0o755)
        shutil.rmtree(place)
    (broken,) = found.broken
    assert broken.title == "shut"
    assert "can't be read: Permission denied" in broken.message
    assert "good" in {c.name for c in found.components}


def test_that_two_of_one_name_are_told(studio: Studio, components: Path) -> None:
    write(components / "one", WHOLE)
    write(components / "two", WHOLE)
    assert "is that of two, too" in only_broken(studio).message


def test_that_the_editor_tells_the_same_of_code_that_is_missing(
    studio: Studio, components: Path
) -> None:
    file = components / "bad.py"
    text = f"{HEAD}import no_such_thing\n{STEP}"
    file.write_text(text)
    (slip,) = inspect(file, {file: text}).slips
    assert slip.line == 4
    assert slip.message == "It imports 'no_such_thing', which isn't installed"
    broken = only_broken(studio)
    assert (slip.hint, slip.message) == (broken.hint, broken.message.split(": ")[1])
