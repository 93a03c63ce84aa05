"""What components say of columns (`columns.OUTPUT`) is what they really give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from component_steps import COMPONENTS, PENGUINS, Steps

from studio.domain.column_flow import Known, flow
from studio.domain.node import FromPath, Node, Value
from studio.domain.pipeline import Pipeline
from studio.domain.schema import Schema, kind_of_arrow
from studio.interchange.component_yaml import read_component

CASES: list[tuple[str, dict[str, Any]]] = [
    ("clean_missing", {}),
    ("clean_missing", {"method": "drop_columns"}),
    ("convert_types", {"columns": "year", "to": "text"}),
    ("encode", {}),
    ("encode", {"columns": "sex"}),
    ("encode", {"method": "ordinal"}),
    ("normalise", {}),
    ("partition_folds", {}),
    ("remove_duplicates", {}),
    ("sample_rows", {"rows": 5}),
    ("select_columns", {"columns": "bill_*, !bill_depth_mm, species"}),
    ("select_columns", {"columns": "bill_*", "mode": "exclude"}),
    ("split", {}),
    ("filter_rows", {"condition": "year > 2007"}),
    ("sort_rows", {"columns": "year"}),
    ("replace_values", {"columns": "sex", "replacements": "male=m"}),
    ("balance_classes", {"target": "species"}),
    ("fill_by_group", {"group_columns": "species"}),
    ("power_transform", {"columns": "body_mass_g"}),
    ("clip_outliers", {"columns": "body_mass_g"}),
    ("compute_column", {"name": "ratio", "expression": "body_mass_g / 2"}),
    ("join_tables", {"left_keys": "species", "how": "inner"}),
    ("concatenate_rows", {"source_column": "from"}),
    ("concatenate_rows", {"columns": "shared"}),
]
_TABLES = {
    "join_tables": ("left", "right"),
    "concatenate_rows": ("t1", "t2"),
}


def read(path: Path) -> Schema:
    table = pq.read_schema(path / "data.parquet")
    return Schema({f.name: kind_of_arrow(str(f.type)) for f in table})


@pytest.mark.parametrize(("name", "values"), CASES)
def test_that_a_step_gives_the_columns_it_declares(
    steps: Steps, penguins: Path, name: str, values: dict[str, Any]
) -> None:
    ports = dict.fromkeys(_TABLES.get(name, ("data",)), penguins)
    if name == "join_tables":
        keys = {"species": ["Adelie"], "note": ["x"]}
        ports["right"] = steps.table(keys)
    result = steps.ok(name, **ports, **values)
    component = read_component(COMPONENTS / name)
    inputs: dict[str, Any] = {port: FromPath(str(at)) for port, at in ports.items()}
    inputs |= {key: Value(value) for key, value in values.items()}
    pipeline = Pipeline("p", (Node("1", "step", component, inputs),))
    known = Known(lambda path: read(Path(path.path)), lambda node, output: None)
    found = flow(pipeline, lambda node: component, known)
    for output in component.ports_out:
        declared = found.get(("step", output))
        if declared is None:
            continue
        real = read(result.output(output))
        if declared.open:
            assert set(declared.names) <= set(real.names)
        else:
            assert declared.names == real.names


def test_that_the_head_of_a_file_is_what_is_imported(steps: Steps) -> None:
    result = steps.ok("import_data", file=PENGUINS)
    header = PENGUINS.read_text().splitlines()[0].replace('"', "").split(",")
    assert tuple(header) == read(result.output("table")).names
