"""What the endpoints page says and suggests, without a window."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace

import pytest

from studio.domain.endpoint import Deployment, DeploymentState, Endpoint, Phase
from studio.domain.errors import InvalidError
from studio.gui.endpoints.deploy_form import consequence, variables_of
from studio.gui.endpoints.facts import (
    endpoint_state,
    milliseconds,
    suggested_deployment,
    suggested_endpoint,
)
from studio.gui.endpoints.following import has_settled
from studio.gui.endpoints.request_table import rows_of, typed, with_rows
from studio.gui.endpoints.snippets import masked, snippet

RUNNING = DeploymentState.RUNNING
BODY = '{"input_data": {"columns": ["a", "b"], "data": [[1, "x"], [2, null]]}}'
BLUE = Deployment("shop", "blue", "churn:1", RUNNING, pid=10)
SHOP = Endpoint("shop", "RUNNING", traffic={"blue": 100}, deployments=(BLUE,))


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("penguins:1", "penguins"),
        ("churn_model@prod", "churn-model"),
        ("3d", "d-endpoint"),
        ("", ""),
        ("a" * 40, "a" * 32),
    ],
)
def test_that_a_suggested_endpoint_name_is_legal(model: str, name: str) -> None:
    assert suggested_endpoint(model) == name


def test_that_green_is_suggested_beside_blue() -> None:
    assert suggested_deployment(None) == "blue"
    assert suggested_deployment(SHOP) == "green"
    both = replace(SHOP, deployments=(BLUE, replace(BLUE, name="green")))
    assert suggested_deployment(both) == "green"


def test_that_an_endpoint_is_what_the_deployment_with_its_traffic_is() -> None:
    sick = replace(BLUE, state=DeploymentState.FAILED)
    idle = replace(BLUE, name="green")
    assert endpoint_state(replace(SHOP, deployments=(sick, idle))) == "FAILED"
    assert endpoint_state(replace(SHOP, state="STOPPED")) == "STOPPED"


def test_that_a_deployment_says_what_it_will_do_before_it_does() -> None:
    assert "Makes the endpoint new" in consequence(None, "new", "blue")
    assert "Replaces blue (churn:1)" in consequence(SHOP, "shop", "blue")
    assert "beside blue" in consequence(SHOP, "shop", "green")


def test_that_a_replaced_server_is_ready_only_with_another_process() -> None:
    assert not has_settled(BLUE, pid_before=10)
    assert has_settled(replace(BLUE, pid=11), pid_before=10)
    assert has_settled(replace(BLUE, message="It didn't start"), pid_before=10)
    assert has_settled(replace(BLUE, state=DeploymentState.FAILED), pid_before=10)


def test_that_environment_variables_are_read_and_a_wrong_line_is_named() -> None:
    assert variables_of("A=1\n\nB = two = 2") == {"A": "1", "B": "two = 2"}
    with pytest.raises(InvalidError, match="Line 2"):
        variables_of("A=1\nnonsense")


def test_that_a_request_s_rows_go_to_a_table_and_back_unchanged() -> None:
    found = rows_of(BODY)
    assert found is not None
    assert found.columns == ("a", "b")
    assert json.loads(with_rows(BODY, found.rows)) == json.loads(BODY)


@pytest.mark.parametrize(
    "text", ["", "{", "[1, 2]", '{"input_data": [[1]]}', '{"inputs": {}}']
)
def test_that_a_request_without_a_table_is_left_as_it_is(text: str) -> None:
    assert rows_of(text) is None
    assert with_rows(text, [[1]]) == text


def test_that_typed_cells_keep_their_kind() -> None:
    assert typed("3", 1.5) == 3
    assert typed("007", "x") == "007"
    assert typed("", 1) is None
    assert typed("true", None) is True
    assert typed("Biscoe", None) == "Biscoe"


def test_that_a_curl_line_survives_quotes_and_hides_the_key() -> None:
    body = '{"name": "it\'s $HOME"}'
    line = snippet("curl", "http://127.0.0.1:1/score", body)
    words = shlex.split(line.replace("\\\n", " "))
    assert json.loads(words[words.index("-d") + 1]) == json.loads(body)
    assert "$ENDPOINT_KEY" in line
    assert "secret" in snippet("curl", "http://127.0.0.1:1/score", body, "secret")


def test_that_copied_python_is_python_for_any_json() -> None:
    for body in (BODY, "not json", '{"a": [true, false, null]}'):
        compile(snippet("python", "http://127.0.0.1:1/score", body), "copied", "exec")


def test_that_a_masked_key_tells_only_its_last_four_characters() -> None:
    assert masked("abcdefghijkl").endswith("ijkl")
    assert "abcd" not in masked("abcdefghijkl")
    assert masked(None) == ""


def test_that_latencies_are_written_to_be_compared() -> None:
    assert milliseconds(4.123) == "4.1 ms"
    assert milliseconds(38.4) == "38 ms"
    assert milliseconds(None) is None


def test_that_phases_fill_the_whole_bar_and_short_ones_are_seen(qtbot: object) -> None:
    from studio.gui.endpoints.phase_bar import PhaseBar

    bar = PhaseBar()
    bar.set_phases([Phase("import", 2.0), Phase("load", 0.001)])
    assert sum(bar.shares()) == pytest.approx(1.0)
    assert min(bar.shares()) > 0.03
    assert "Load the model" in bar.accessibleName()
