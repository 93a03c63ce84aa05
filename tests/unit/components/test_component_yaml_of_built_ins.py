"""The built-in components' YAML is Azure ML's, and its parts fit together."""

from __future__ import annotations

import ast
import re

import pytest
import yaml
from component_steps import COMPONENTS, NAMES

from studio.domain.schema import parse_effect
from studio.domain.usual_steps import CATEGORIES
from studio.interchange.component_yaml import read_component
from studio.resources import resource_path

# The keys of Azure ML's commandComponent.schema.json.
KEYS = {
    "$schema",
    "name",
    "version",
    "display_name",
    "type",
    "description",
    "tags",
    "inputs",
    "outputs",
    "code",
    "additional_includes",
    "command",
    "environment",
    "environment_variables",
    "distribution",
    "resources",
    "is_deterministic",
}
INPUT_KEYS = {"type", "description", "optional", "default", "min", "max", "enum"}
OUTPUT_KEYS = {"type", "description", "mode"}
TAGS = {"category", "icon", "synonyms", "subtitle", "adapter"}


def raw(name: str) -> dict:
    return yaml.safe_load((COMPONENTS / name / "component.yml").read_text())


def test_that_no_step_of_the_palette_is_lost() -> None:
    assert len(NAMES) >= 60


@pytest.mark.parametrize("name", NAMES)
def test_that_only_keys_of_azure_mls_schema_are_used(name: str) -> None:
    data = raw(name)
    assert set(data) <= KEYS
    assert data["type"] == "command"
    for declared in data["inputs"].values():
        assert set(declared) <= INPUT_KEYS
        if declared["type"] not in ("number", "integer"):
            assert not {"min", "max"} & set(declared)
    for declared in data["outputs"].values():
        assert set(declared) <= OUTPUT_KEYS
    assert all(isinstance(value, str) for value in data["tags"].values())


@pytest.mark.parametrize("name", NAMES)
def test_that_everything_a_person_sees_is_described(name: str) -> None:
    data = raw(name)
    assert data["display_name"] and data["description"].strip()
    for side in ("inputs", "outputs"):
        for key, declared in data[side].items():
            assert declared.get("description", "").strip(), f"{side}.{key}"


def test_that_no_two_steps_of_the_palette_share_a_name() -> None:
    titles = [raw(name)["display_name"].casefold() for name in NAMES]
    assert sorted(titles) == sorted(set(titles))


@pytest.mark.parametrize("name", NAMES)
def test_that_an_optional_input_has_no_default(name: str) -> None:
    """Azure ML refuses a default that `$[[ ]]` would drop."""
    for declared in raw(name)["inputs"].values():
        assert not (declared.get("optional") and "default" in declared)


@pytest.mark.parametrize("name", NAMES)
def test_that_every_input_and_output_reaches_the_command(name: str) -> None:
    component = read_component(COMPONENTS / name)
    for side, declared in (
        ("inputs", [*component.ports_in, *component.parameters_by_name]),
        ("outputs", [*component.ports_out]),
    ):
        for each in declared:
            assert f"--{each} ${{{{{side}.{each}}}}}" in component.command


@pytest.mark.parametrize("name", NAMES)
def test_that_the_tags_name_what_exists(name: str) -> None:
    component = read_component(COMPONENTS / name)
    data = raw(name)
    assert component.name == name
    assert component.category in CATEGORIES
    assert resource_path(f"icons/regular/{component.icon}.svg").is_file()
    for tag, value in component.tags.items():
        family, _, subject = tag.partition(".")
        if family == "port":
            assert subject in component.ports_in or subject in component.ports_out
        elif family == "model_for":
            ports = {**component.ports_in, **component.ports_out}
            assert ports[subject].kind == "model"
        elif family == "choices_from":
            assert subject in component.parameters_by_name
            assert component.ports_in[value].kind == "table"
        elif family == "pattern":
            named = component.parameters_by_name[subject.removesuffix(".hint")]
            assert named.pattern and named.pattern_hint
        elif family == "columns":
            effect = parse_effect(value)
            verbs = {"keep", "drop", "rename"}
            named = [c.words[0] for c in effect.changes if c.verb in verbs]
            named += [change.name for change in effect.changes if change.way]
            assert {*named} <= {*component.parameters_by_name, *component.ports_in}
        else:
            assert tag in TAGS
    for used in re.findall(r"\$\{\{inputs\.(\w+)\}\}", component.tags["subtitle"]):
        assert used in data["inputs"]


@pytest.mark.parametrize("name", NAMES)
def test_that_the_code_imports_nothing_that_is_not_sent_along(name: str) -> None:
    component = read_component(COMPONENTS / name)
    assert component.code is not None
    sent = [*component.code.glob("*.py"), *component.additional_includes]
    assert all(file.is_file() for file in sent)
    modules = {file.stem for file in sent}
    shared = {file.stem for file in (COMPONENTS / "_shared").glob("*.py")}
    for file in sent:
        for node in ast.walk(ast.parse(file.read_text())):
            imported = []
            if isinstance(node, ast.Import):
                imported = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                imported = [node.module or ""]
            assert not (set(imported) & shared) - modules, (file.name, imported)
            assert not any(each.startswith("studio") for each in imported)
