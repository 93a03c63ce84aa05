"""All benchmarks, printed and written to docs/benchmarks.md.

python -m tests.bench [pipeline] [registry] [startup] [opening] [canvas] [tables]
    [images] [pip] [conda]

python -m tests.bench peers     # ten minutes, needs a network: not part of "all"
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import (
    canvas,
    conda_environments,
    data_tables,
    images,
    opening,
    peer_images,
    pip_environments,
    pipeline_overhead,
    registry,
    startup,
)
from tests.bench.tables import machine

DOCUMENT = Path(__file__).parents[2] / "docs" / "benchmarks.md"
ALL = {
    "pipeline": pipeline_overhead.tables,
    "registry": registry.tables,
    "startup": startup.tables,
    "opening": opening.tables,
    "canvas": canvas.tables,
    "tables": data_tables.tables,
    "images": images.tables,
    "pip": pip_environments.tables,
    "conda": conda_environments.tables,
}
RARE = {"peers": peer_images.tables}


def main() -> int:
    wanted = sys.argv[1:] or list(ALL)
    parts = [
        "# Benchmarks",
        "",
        f"Measured {datetime.now(UTC):%Y-%m-%d} by `make bench`: {machine()}. "
        "Absolute figures change from machine to machine; the ratios to what was "
        "measured in the same run say more.",
        "",
    ]
    with tempfile.TemporaryDirectory() as home:
        os.environ["XDG_DATA_HOME"] = home
        for name in wanted:
            for table in (ALL | RARE)[name]():
                table.show()
                parts.append(table.markdown())
    if set(wanted) == set(ALL):
        _write("\n".join(parts), _kept(peer_images.TITLE))
    elif wanted == list(RARE):
        text = DOCUMENT.read_text(encoding="utf-8")
        _write(text.replace(_kept(peer_images.TITLE), ""), "\n".join(parts[4:]))
    return 0


def _kept(title: str) -> str:
    """The section of what wasn't measured this time, as the document has it."""
    text = DOCUMENT.read_text(encoding="utf-8")
    found = re.search(rf"^## {title}\n.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return found[0] if found else ""


def _write(text: str, last: str) -> None:
    parts = [text.rstrip(), last.rstrip()]
    DOCUMENT.write_text("\n\n".join(parts).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
