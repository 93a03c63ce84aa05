"""environment.yml: read with lines, its key canonical, written and read again."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.conda import Asked, CondaDeclaration
from studio.domain.environment import Declaration, declaration_key
from studio.domain.errors import InvalidError
from studio.interchange import located
from studio.interchange.conda_yaml import (
    conda_mapping,
    conda_part,
    read_conda_file,
    read_conda_yaml,
    write_conda_yaml,
)

GOOD = dedent("""\
    name: train
    channels:
      - conda-forge
      - nodefaults
    dependencies:
      - python=3.11
      - numpy >=1.26,<3  # both work
      - pip
      - pip:
          - mlflow-skinny==3.5.0
    variables:
      OMP_NUM_THREADS: 1
    """)


def key(text: str) -> str:
    asked = read_conda_yaml(text).declared()
    return declaration_key(Declaration("conda", text), asked.canonical_lines())


def test_that_a_file_is_read_whole() -> None:
    read = read_conda_yaml(GOOD)
    asked = read.declaration
    assert read.problems == ()
    assert [each.text for each in asked.channels] == ["conda-forge"]
    assert asked.specs == (
        Asked("python=3.11", 6),
        Asked("numpy >=1.26,<3", 7),
        Asked("pip", 8),
    )
    assert asked.pip == (Asked("mlflow-skinny==3.5.0", 10),)
    assert (asked.name, asked.python) == ("train", "3.11")
    assert asked.variables == {"OMP_NUM_THREADS": "1"}
    assert asked.asked_names == {"python", "numpy", "pip"}
    assert asked.pip_text == "mlflow-skinny==3.5.0\n"


def test_that_order_comments_and_spelling_do_not_change_the_key() -> None:
    other = dedent("""\
        # the same
        dependencies:
          - pip:
              - "mlflow-skinny == 3.5.0"
          - pip
          - numpy <3, >=1.26
          - python 3.11.*
        variables: {OMP_NUM_THREADS: '1'}
        channels: [conda-forge/]
        name: another
        """)
    assert key(other) == key(GOOD)
    assert key(GOOD.replace("1.26", "1.25")) != key(GOOD)
    assert key(GOOD.replace("3.5.0", "3.5.1")) != key(GOOD)


def test_that_the_order_of_channels_is_a_choice() -> None:
    two = "channels: [{}]\ndependencies: [python=3.11]\n"
    assert key(two.format("a, b")) != key(two.format("b, a"))


WRONG = [
    ("", 1, "is empty"),
    ("[1]", 1, "no environment"),
    ("a: [\n", 2, "valid YAML"),
    ("name: a\nname: b\n", 2, "written twice"),
    ("channels: [c]\ndependencies:\n  - numpy\n", 2, "No Python"),
    ("channels: [c]\ndependencies: []\n", 2, "no packages"),
    ("channels: [c]\ndependencies: {a: 1}\n", 2, "must be a list"),
    ("channels: c\ndependencies: [python]\n", 1, "must be a list"),
    ("channels: [c]\ndependences: [python]\n", 2, "'dependences' isn't known"),
    ("channels: [c]\ndependencies:\n- python\n- numpy >=\n", 4, "no version"),
    ("channels: [c]\ndependencies:\n- python\n- 3.1\n", 4, "no package"),
    ("channels: [c]\ndependencies:\n- python\n- scipy:\n", 4, "'scipy:'"),
    ("channels: [c]\ndependencies:\n- python\n- numpy[x]\n", 4, "has extras"),
    ("channels:\n- a\n- https://u:p@h/c\ndependencies: [python]\n", 3, "password"),
    ("channels:\n- https://h/t/tk-1/c\ndependencies: [python]\n", 2, "password"),
    (
        "channels: [c]\ndependencies:\n- python\n- pip:\n  - a\n  - -r b.txt\n",
        6,
        "names a file",
    ),
    ("channels: [c]\ndependencies:\n- python\n- pip:\n  - a b\n", 5, "no requirement"),
    ("channels: [c]\ndependencies:\n- python\n- pip:\n  - -e .\n", 5, "can change"),
    (
        "channels: [c]\ndependencies:\n- python\n- pip:\n  - https://u:p@h/a.whl\n",
        5,
        "password",
    ),
    ("channels: [c]\ndependencies: [python]\nvariables: [a]\n", 3, "a mapping"),
    ("channels: [c]\ndependencies: [python]\nvariables:\n  A: [1]\n", 4, "one value"),
]


@pytest.mark.parametrize(("text", "line", "why"), WRONG)
def test_that_what_is_wrong_is_told_at_its_line(text: str, line: int, why: str) -> None:
    read = read_conda_yaml(text)
    assert [each.line for each in read.errors if why in each.message] == [line]
    assert all(each.hint for each in read.problems)
    with pytest.raises(InvalidError, match=r"environment\.yml, line \d+: "):
        read.declared()


def test_that_what_is_only_odd_is_a_warning() -> None:
    read = read_conda_yaml(
        dedent("""\
        prefix: /opt/env
        dependencies:
          - python
          - numpy
          - numpy >=2
          - pip:
              - Numpy==2.0
        """)
    )
    assert read.errors == ()
    assert [(each.line, each.message.split(":")[0]) for each in read.problems] == [
        (1, "'prefix' is left out"),
        (1, "No channel is named"),
        (5, "'numpy' is asked for twice (also in line 4)"),
        (6, "There is a pip part, but no pip among the packages"),
        (7, "'numpy' is also asked of conda, in line 4"),
    ]
    assert [each.text for each in read.declaration.channels] == ["conda-forge"]


def test_that_a_part_of_another_file_is_told_at_the_lines_of_that_file() -> None:
    document = located.parse(
        dedent("""\
        image: base
        conda_file:
          channels: [conda-forge]
          dependencies:
            - python=3.11
            - numpy >=
        """)
    )
    read = conda_part(document, "conda_file")
    assert [each.line for each in read.errors] == [6]
    assert read.declaration.specs == (Asked("python=3.11", 5),)


def test_that_what_is_written_is_read_as_the_same() -> None:
    asked = read_conda_yaml(GOOD).declared()
    again = read_conda_yaml(write_conda_yaml(asked)).declared()
    assert again.canonical_lines() == asked.canonical_lines()
    assert conda_mapping(again) == conda_mapping(asked)
    assert conda_mapping(CondaDeclaration()) == {"dependencies": []}


def test_that_a_file_is_read_within_bounds(tmp_path: Path) -> None:
    file = tmp_path / "environment.yml"
    file.write_bytes(b"\xff\xfe bad")
    with pytest.raises(InvalidError):
        read_conda_file(file)
    file.write_text(GOOD)
    assert read_conda_file(file).declared().python == "3.11"


WORDS = st.sampled_from(
    [
        *("name: ", "channels:", "dependencies:", "variables:", "pip:", "- ", "  - "),
        *("python=3.11", "numpy >=", "conda-forge", "://u:p@", "[", "]", "{", "}", "é"),
        *("\n", "\n\n", "&a", "*a", "'", '"', "\t", " ", "=", ",", "#", "\x00"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=30))
def test_that_no_text_makes_it_fail(words: list[str]) -> None:
    text = "".join(words)
    read = read_conda_yaml(text)
    lines = text.count("\n") + 1
    assert all(1 <= each.line <= lines + 1 for each in read.problems)


@pytest.mark.parametrize(
    "spec",
    [
        "https://me:word@packages.test/channel::numpy",
        "https://packages.test/t/word/channel::numpy",
        "numpy[url='https://packages.test/numpy.conda?token=word']",
    ],
)
def test_that_a_package_named_with_a_password_is_refused_and_not_repeated(
    spec: str,
) -> None:
    found = read_conda_yaml(f'dependencies: [python=3.11, "{spec}"]\n')
    assert [each.line for each in found.errors] == [1]
    assert "word" not in f"{found.errors[0].message}{found.declaration}".replace(
        "password", ""
    )
