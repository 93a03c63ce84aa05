"""What a new component begins as: short, and it runs as it stands."""

from __future__ import annotations

import json
import re
import unicodedata
from string import Template

_FUNCTION = Template('''"""A step of your own: save it, and the palette follows."""

import pandas as pd

from studio.step import step


@step(title=$title, category="Your components")
def $name(data: pd.DataFrame, rows: int = 100) -> pd.DataFrame:
    """Keeps the first rows of a table.

    Args:
        data: The table
        rows: How many rows to keep
    """
    return data.head(rows)
''')

_YAML = Template("""name: $name
version: "1"
display_name: $title
type: command
description: Keeps the first rows of a table.
is_deterministic: true
tags:
  category: Your components
  icon: code
  subtitle: "first $${{inputs.rows}} rows"
  columns.table: data
inputs:
  data: {type: mltable, description: The table}
  rows: {type: integer, default: 100, min: 1, description: How many rows to keep}
outputs:
  table: {type: mltable, description: The first rows}
code: .
command: >-
  python $name.py --data $${{inputs.data}} --rows $${{inputs.rows}}
  --table $${{outputs.table}}
""")

_SCRIPT = '''"""Keeps the first rows of a table."""

import argparse
import json
import os
from pathlib import Path

import pandas as pd


def main() -> None:
    given = argparse.ArgumentParser()
    given.add_argument("--data", type=Path)
    given.add_argument("--rows", type=int, default=100)
    given.add_argument("--table", type=Path)
    options = given.parse_args()

    table = read(options.data).head(options.rows)
    options.table.mkdir(parents=True, exist_ok=True)
    table.to_parquet(options.table / "data.parquet", index=False)
    metric("rows", len(table))


def read(path: Path) -> pd.DataFrame:
    """A CSV or Parquet file, or a folder with Parquet files."""
    if path.suffix.lower() in (".csv", ".tsv"):
        return pd.read_csv(path, sep=None, engine="python")
    return pd.read_parquet(path)


def metric(name: str, value: float) -> None:
    """One line of JSON a metric: it shows up while the step runs."""
    if target := os.environ.get("STUDIO_METRICS"):
        with open(target, "a") as file:
            file.write(json.dumps({"key": name, "value": value}) + "\\n")


if __name__ == "__main__":
    main()
'''


def component_name(title: str) -> str:
    """`Größe in cm` as a name: "grosse_in_cm"."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    ascii_only = plain.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_")


def function_text(name: str, title: str) -> str:
    """A Python file with one function that is a step."""
    return _FUNCTION.substitute(name=name, title=_quoted(title))


def folder_texts(name: str, title: str) -> dict[str, str]:
    """File name -> text of a component's folder."""
    return {
        f"{name}.py": _SCRIPT,
        "component.yml": _YAML.substitute(name=name, title=_quoted(title)),
    }


def _quoted(title: str) -> str:
    """A string that YAML and Python read alike."""
    return json.dumps(title, ensure_ascii=False)
