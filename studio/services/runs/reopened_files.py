"""The files of a reopened step: scripts, an editor's launch file, a notebook."""

from __future__ import annotations

import ast
import json
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studio.domain.reopened import HOST, Reopened

_ENGLISH = "utf-8"


def write_files(opened: Reopened) -> None:
    """Everything beside the code; existing files are replaced."""
    shim = opened.folder / "bin" / "python"
    for name in ("python", "python3"):
        _write_program(shim.with_name(name), _shim(opened))
    _write_program(opened.script, _script(opened, ""))
    _write_program(opened.debug_script, _script(opened, str(shim.parent)))
    opened.launch.parent.mkdir(exist_ok=True)
    opened.launch.write_text(json.dumps(_launch(opened), indent=2) + "\n", _ENGLISH)
    opened.notebook.write_text(json.dumps(_notebook(opened), indent=1) + "\n", _ENGLISH)


def script_and_arguments(command: str) -> tuple[str, list[str]]:
    """The script of a plain `python SCRIPT ...` and its arguments; "" if it is more."""
    try:
        words = shlex.split(command)
    except ValueError:
        return "", []
    operators = {"&&", "||", ";", "|", ">", "<", ">>", "&"}
    plain = words[:1] in (["python"], ["python3"]) and not operators & {*words}
    rest = words[2:] if words[1:2] == ["-u"] else words[1:]
    if not plain or not rest or not rest[0].endswith(".py"):
        return "", []
    return rest[0], rest[1:]


def _write_program(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, _ENGLISH)
    file.chmod(0o755)


def _shim(opened: Reopened) -> str:
    """A `python` that waits for a debugger and then is the real one."""
    debugpy = f"-m debugpy --listen {HOST}:{opened.port} --wait-for-client"
    return (
        "#!/bin/sh\n"
        'while [ "$1" = "-u" ]; do shift; done\n'
        f'exec {shlex.quote(sys.executable)} -Xfrozen_modules=off {debugpy} "$@"\n'
    )


def _script(opened: Reopened, first: str) -> str:
    exports = "".join(
        f"export {name}={shlex.quote(value)}\n"
        for name, value in opened.environment.items()
    )
    path = [first] if first else []
    path.append(str(Path(sys.executable).parent))
    return (
        "#!/bin/sh\n"
        f"# Step {opened.step} of run {opened.run_id}\n"
        f"cd {shlex.quote(str(opened.code))} || exit 1\n"
        f"{exports}"
        f"export PATH={shlex.quote(':'.join(path))}:$PATH\n"
        f"{opened.command}\n"
    )


def _launch(opened: Reopened) -> dict[str, Any]:
    maps = [{"localRoot": "${workspaceFolder}/code", "remoteRoot": str(opened.code)}]
    attach = {
        "name": f"Attach to {opened.step}",
        "type": "debugpy",
        "request": "attach",
        "connect": {"host": HOST, "port": opened.port},
        "pathMappings": maps,
        "justMyCode": False,
    }
    found: list[dict[str, Any]] = [attach]
    script, arguments = script_and_arguments(opened.command)
    if script:
        found.append(
            {
                "name": f"Run {opened.step}",
                "type": "debugpy",
                "request": "launch",
                "program": f"${{workspaceFolder}}/code/{script}",
                "args": arguments,
                "cwd": "${workspaceFolder}/code",
                "python": sys.executable,
                "env": dict(opened.environment),
                "console": "integratedTerminal",
                "justMyCode": False,
            }
        )
    return {"version": "0.2.0", "configurations": found}


def _notebook(opened: Reopened) -> dict[str, Any]:
    script, arguments = script_and_arguments(opened.command)
    cells = [_words(_introduction(opened)), _code(_parameters(opened))]
    if script and (opened.code / script).is_file():
        cells.append(_code(_start(opened, script, arguments)))
        source = (opened.code / script).read_text(errors="replace")
        cells += [_code(part) for part in pieces(source)]
    else:
        cells.append(_code(_shell(opened)))
    return {
        "cells": [{**cell, "id": f"cell-{n}"} for n, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {
                "display_name": "Python 3",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _introduction(opened: Reopened) -> str:
    notes = "".join(f"\n* {note}" for note in opened.notes)
    return (
        f"# {opened.step}\n\n"
        f"Component `{opened.component}`, run `{opened.run_id}`, with the inputs, "
        f"code and parameters of that run. Interpreter: `{sys.executable}`{notes}"
    )


def _parameters(opened: Reopened) -> str:
    lines = [f"parameters = {dict(opened.parameters)!r}"]
    lines += [f"inputs = {dict(opened.inputs)!r}"]
    lines += [f"outputs = {dict(opened.outputs)!r}"]
    return "\n".join(lines)


def _start(opened: Reopened, script: str, arguments: list[str]) -> str:
    return (
        "import os\nimport sys\n\n"
        f"os.chdir({str(opened.code)!r})\n"
        f"os.environ.update({dict(opened.environment)!r})\n"
        f"sys.path.insert(0, {str((opened.code / script).parent)!r})\n"
        f"__file__ = {str(opened.code / script)!r}\n"
        f"sys.argv = {[script, *arguments]!r}"
    )


def _shell(opened: Reopened) -> str:
    return (
        "import subprocess\n\n"
        f"subprocess.run(['sh', {str(opened.script)!r}], check=True)"
    )


def pieces(source: str) -> Iterator[str]:
    """A script cut before each function, class and `if` of its top level."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        yield source
        return
    lines = source.splitlines()
    cuts = [0]
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If)
    before: ast.stmt | None = None
    for node in body:
        if isinstance(node, kinds) or isinstance(before, kinds):
            decorated = getattr(node, "decorator_list", [])
            first = min([node.lineno, *(one.lineno for one in decorated)])
            cuts.append(_with_comments(lines, first - 1))
        before = node
    ends = [*cuts[1:], len(lines)]
    for start, end in zip(cuts, ends, strict=True):
        if part := "\n".join(lines[start:end]).strip("\n"):
            yield part


def _with_comments(lines: list[str], at: int) -> int:
    """Comments right above belong to what follows."""
    while at > 0 and lines[at - 1].startswith("#"):
        at -= 1
    return at


def _words(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": _lines(text)}


def _code(text: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": _lines(text),
    }


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
