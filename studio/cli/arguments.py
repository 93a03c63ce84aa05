"""Arguments of more than one word: `k=v` pairs, inputs, shares of traffic."""

from __future__ import annotations

from collections.abc import Iterable

import typer

JSON = "--json"
WORKSPACE = "--workspace"


def hoisted(arguments: Iterable[str]) -> list[str]:
    """`--json` and `--workspace DIR`, wherever they were written, brought in front."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word == JSON:
            front = [JSON, *(w for w in front if w != JSON)]
        elif word == WORKSPACE and (value := next(words, None)) is not None:
            front += [word, value]
        elif word.startswith(f"{WORKSPACE}="):
            front.append(word)
        else:
            rest.append(word)
    return front + rest


def pairs(texts: Iterable[str] | None, option: str) -> dict[str, str]:
    """`["k=v", ...]` as a mapping; bad usage if one has no `=`."""
    found: dict[str, str] = {}
    for text in texts or ():
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise typer.BadParameter(f"'{text}' isn't of the form {option}")
        found[key] = value
    return found


def run_inputs(texts: Iterable[str] | None) -> dict[str, str]:
    """Values of `--set inputs.NAME=VALUE` by name; `inputs.` may be left out."""
    given = pairs(texts, "inputs.NAME=VALUE")
    return {key.removeprefix("inputs."): value for key, value in given.items()}


def shares(texts: Iterable[str]) -> dict[str, int]:
    """`["blue=90", "green=10"]` in whole per cents."""
    found: dict[str, int] = {}
    for name, value in pairs(texts, "DEPLOYMENT=PERCENT").items():
        number = value.removesuffix("%")
        if not number.removeprefix("-").isdigit():
            raise typer.BadParameter(f"'{value}' isn't a whole number of per cents")
        found[name] = int(number)
    return found
