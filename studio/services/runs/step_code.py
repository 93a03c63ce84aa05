"""The code of a step as it ran, read to be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.domain.errors import RefusedError
from studio.engine.step_folder import StepFolder

_MOST_BYTES = 2 << 20


@dataclass(frozen=True)
class CodeFile:
    """`name` is short where the file is the step's own."""

    name: str
    path: Path
    text: str


def read_code(folder: Path, file: str) -> CodeFile:
    """A file that an error or a traceback names, for a step's folder in its run.

    RefusedError where it isn't a file, or is gone.
    """
    code = StepFolder(folder).code
    path = code / file  # an absolute path stays as it is
    if file.startswith("<") or not path.is_file():
        raise RefusedError(
            f"The code '{file}' is no longer there",
            hint="Run the pipeline again, and open the line of that run"
            if not file.startswith("<")
            else "It was made while the step ran, and stands in no file",
        )
    with path.open("rb") as stream:
        text = stream.read(_MOST_BYTES).decode(errors="replace")
    own = path.is_relative_to(code)
    return CodeFile(str(path.relative_to(code)) if own else str(path), path, text)
