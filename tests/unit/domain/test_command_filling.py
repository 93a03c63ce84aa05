"""Commands are filled so that a real shell sees each value as one argument."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.command import fill, placeholders, unknown_expressions

PRINT = f'{sys.executable} -c "import json,sys; print(json.dumps(sys.argv[1:]))" '
HOSTILE = [
    "plain",
    "two words",
    "it's",
    'say "hi"',
    "$(touch pwned)",
    "`id`",
    "a;b && c | d",
    "back\\slash",
    "*",
    "~",
    "",
    "line\nbreak",
    "${{inputs.y}}",
    "$[[x]]",
    "ünï¢ode",
    "-rf",
]


def seen_by_a_shell(command: str) -> list[str]:
    answer = subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, text=True, check=True
    )
    return list(json.loads(answer.stdout))


@pytest.mark.parametrize("quotes", ["", "'", '"'])
def test_that_hostile_values_reach_the_program_as_one_argument_each(
    quotes: str,
) -> None:
    inputs = {f"v{n}": value for n, value in enumerate(HOSTILE)}
    words = " ".join(f"{quotes}${{{{inputs.{name}}}}}{quotes}" for name in inputs)
    assert seen_by_a_shell(fill(PRINT + words, inputs, {})) == HOSTILE


@given(st.text(st.characters(blacklist_characters="\0", codec="utf-8"), max_size=40))
@settings(max_examples=60, deadline=None)
def test_that_any_text_survives_the_shell_in_each_kind_of_quotes(text: str) -> None:
    template = (
        PRINT + "${{inputs.x}} '${{inputs.x}}' \"${{inputs.x}}\" -a=${{ inputs.x }}"
    )
    seen = seen_by_a_shell(fill(template, {"x": text}, {}))
    assert seen == [text, text, text, f"-a={text}"]


def test_that_an_optional_part_without_its_value_is_left_out() -> None:
    template = "run $[[--a ${{inputs.a}}]] $[[--b ${{inputs.b}}]] ${{outputs.o}}"
    assert fill(template, {"b": "1"}, {"o": "/x"}) == "run  --b 1 /x"


def test_that_placeholders_tell_whether_they_are_optional() -> None:
    found = list(placeholders("${{inputs.a}} $[[ ${{inputs.b.path}} ]] ${{outputs.c}}"))
    assert found == [
        ("inputs", "a", False),
        ("inputs", "b", True),
        ("outputs", "c", False),
    ]


def test_that_other_expressions_are_reported_as_they_were_written() -> None:
    assert unknown_expressions("${{inputs.a}} ${{ search.x }} ${{parent.y}}") == [
        "${{ search.x }}",
        "${{parent.y}}",
    ]
