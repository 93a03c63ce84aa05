"""The workspace's own components: made from templates, taken, copied and saved."""

from __future__ import annotations

from pathlib import Path

import pytest
from workspaces import SharedTarget, run_here, states

from studio.bootstrap import Studio
from studio.domain.errors import InvalidError, RefusedError
from studio.domain.node import FromPath, Node
from studio.domain.pipeline import Pipeline, new_id

PASTED = '''
@step(title="Double it")
def double_it(data: pd.DataFrame, column: str = "a") -> pd.DataFrame:
    """Doubles a column."""
    return data.assign(**{column: data[column] * 2})
'''


def test_that_what_is_made_from_templates_and_pasted_text_runs_as_it_stands(
    studio: Studio, target: SharedTarget
) -> None:
    own = studio.own_components
    assert own.new_function("First rows").name == "first_rows.py"
    assert own.new_folder("Größere Tabelle").name == "grossere_tabelle"
    _, names = own.take_functions(PASTED)
    (studio.workspace.root / "rows.csv").write_text("a,b\n1,2\n3,4\n")
    rows = FromPath(str(studio.workspace.root / "rows.csv"), "mltable")
    made = ("first_rows", "grossere_tabelle", *names)
    nodes = tuple(
        Node(new_id(), name, f"azureml:{name}@latest", {"data": rows}) for name in made
    )
    done = run_here(studio, target, Pipeline("mine", nodes))
    assert states(done) == dict.fromkeys(made, "SUCCEEDED")
    folder_step = done.step("grossere_tabelle")
    assert folder_step is not None and folder_step.metrics["rows"] == 2


@pytest.mark.parametrize("name", ["split", "pandas", "json", "tables"])
def test_that_a_name_that_would_hide_something_is_refused(
    studio: Studio, name: str
) -> None:
    with pytest.raises(RefusedError):
        studio.own_components.new_function(name)


@pytest.mark.parametrize("name", ["", "  ", "4 rows", "class", "../out", "列"])
def test_that_a_name_that_python_cannot_take_is_refused_or_made_safe(
    studio: Studio, name: str
) -> None:
    own = studio.own_components
    try:
        made = own.new_function(name)
    except InvalidError as error:
        assert "can't name a component" in error.message
        assert list(own.stamp()) == []
    else:
        assert made == own.folder / "out.py"


def test_that_pasted_text_twice_is_one_file_and_other_text_is_refused(
    studio: Studio,
) -> None:
    own = studio.own_components
    file, names = own.take_functions(PASTED)
    assert own.take_functions(PASTED) == (file, names)
    with pytest.raises(RefusedError):
        own.take_functions(PASTED.replace("* 2", "* 3"))
    with pytest.raises(InvalidError, match="no type hint"):
        own.take_functions("@step\ndef bare(x) -> dict: ...\n")
    assert "* 2" in file.read_text()


def test_that_imports_come_after_those_from_the_future(studio: Studio) -> None:
    text = "from __future__ import annotations\n" + PASTED
    file, _ = studio.own_components.take_functions(text)
    lines = file.read_text().splitlines()
    assert lines[:3] == [
        "from __future__ import annotations",
        "import pandas as pd",
        "from studio.step import step",
    ]
    compile(file.read_text(), str(file), "exec")


def test_that_a_copy_of_a_built_in_component_takes_its_place(studio: Studio) -> None:
    place = studio.own_components.copy_of(studio.components.get("split"))
    mine = studio.components.get("azureml:split@latest")
    assert (mine.built_in, mine.source) == (False, place / "component.yml")
    assert (place / "tables.py").is_file()
    assert studio.own_components.copy_of(mine) == place
    files = studio.own_components.files(place)
    assert [file.name for file in files][:1] == ["component.yml"]


def test_that_saving_refuses_to_lose_what_was_written_outside(studio: Studio) -> None:
    own = studio.own_components
    file = own.new_function("Mine")
    before = own.read(file)
    own.save(file, before + "# one\n", before=before)
    with pytest.raises(RefusedError, match="changed outside"):
        own.save(file, "# two\n", before=before)
    own.save(file, "# two\n", before=None)
    assert file.read_text() == "# two\n"
    with pytest.raises(RefusedError):
        own.save(Path(studio.workspace.root / "studio.toml"), "x", before=None)


def test_that_a_function_hides_a_built_in_component_for_pipelines_too(
    studio: Studio,
) -> None:
    file = studio.workspace.components / "mine.py"
    file.write_text("@step\ndef split(data: Table) -> Table: ...\n")
    assert studio.components.get("split").source == file
    listed = {c.name: c.source for c in studio.components.list()}
    assert listed["split"] == file


def test_that_two_of_one_name_are_told_not_mixed_up(studio: Studio) -> None:
    own = studio.own_components
    place = own.new_folder("Mine")
    file = own.folder / "other.py"
    file.write_text("@step\ndef mine(data: Table) -> Table: ...\n")
    survey = studio.components.survey()
    assert {c.name: c.source for c in survey.components}["mine"] == file
    (told,) = survey.broken
    assert told.source == str(place / "component.yml")
    assert "is that of other.py, too" in told.reason
