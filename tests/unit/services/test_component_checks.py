"""What is wrong with a component's texts, with the line, before they are saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.interchange.component_templates import folder_texts, function_text
from studio.services.components.checks import Inspected, Slip, inspect

FILE = Path("/w/components/mine.py")
PLACE = Path("/w/components/mine")


def of_function(text: str) -> Inspected:
    return inspect(FILE, {FILE: text})


def of_folder(tmp_path: Path, **other: str) -> Inspected:
    texts = {tmp_path / k: v for k, v in folder_texts("mine", "Mine").items()}
    named = {tmp_path / k.replace("__", "."): v for k, v in other.items()}
    return inspect(tmp_path, texts | named)


def test_that_templates_have_no_slips(tmp_path: Path) -> None:
    assert of_folder(tmp_path).slips == ()
    found = of_function(function_text("mine", 'Say "Größe"'))
    assert found.slips == ()
    assert found.components[0].title == 'Say "Größe"'


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("@step\ndef f(x: int) -> dict:\nreturn {}\n", 3, "Expected an indented block"),
        ("@step\ndef f(x) -> dict: ...\n", 2, "'x' has no type hint"),
        ("@step\ndef f(x: 'a b') -> dict: ...\n", 2, "can't be understood"),
        ("@step\ndef f(x: Literal[a]) -> dict: ...\n", 2, "can't be understood"),
        ("@step\ndef f(x: None | None) -> dict: ...\n", 2, "can't be understood"),
        ("def f(x): ...\n", 0, "No function is marked as a step"),
        ("@step\ndef f(x: int) -> dict:\n    return '\x00'\n", 0, "null bytes"),
    ],
)
def test_that_slips_in_functions_have_their_line(
    text: str, line: int, message: str
) -> None:
    (slip,) = of_function(text).slips
    assert message in slip.message
    assert (slip.file, slip.line) == (FILE, line)
    assert slip.hint


def test_that_one_wrong_function_leaves_the_others(tmp_path: Path) -> None:
    text = "@step\ndef f(x): ...\n\n@step\ndef g(x: int) -> dict: ...\n"
    found = of_function(text)
    assert [c.name for c in found.components] == ["g"]
    assert len(found.slips) == 1


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("type: integer", "type: whole", 14, "Type 'whole' of 'rows' isn't known"),
        ("python mine.py", "python their.py", 18, "runs their.py, which isn't there"),
        ("code: .\n", "", 17, "runs mine.py, but no code goes along"),
        ("inputs.data}}", "inputs.date}}", 18, "there is no such input"),
        ("tags:", "tags: [", 9, ""),
    ],
)
def test_that_slips_in_yaml_have_their_line(
    tmp_path: Path, old: str, new: str, line: int, message: str
) -> None:
    text = folder_texts("mine", "Mine")["component.yml"]
    assert old in text
    (slip, *_) = of_folder(tmp_path, component__yml=text.replace(old, new, 1)).slips
    assert message in slip.message
    assert (slip.file.name, slip.line) == ("component.yml", line)


def test_that_a_script_is_checked_too(tmp_path: Path) -> None:
    found = of_folder(tmp_path, mine__py="import os\nif True print(1)\n")
    (slip,) = found.slips
    assert isinstance(slip, Slip) and (slip.file.name, slip.line) == ("mine.py", 2)
    assert len(found.components) == 1
