"""New versions and traffic: what callers see while deployments change."""

from __future__ import annotations

import os
import signal

from endpoint_process import Callers, EndpointProcess, is_alive, wait_until

from studio.supervisor.gateway import SharedSocketGateway


def test_that_a_new_version_takes_over_without_a_failed_request(
    running: EndpointProcess,
) -> None:
    old = running.seen()["pid"]
    with Callers(running) as callers:
        for version in range(2, 5):
            running.want(deployments={"blue": running.deployment(version)})
            running.wait_for("RUNNING", generation=version)
            wait_until(lambda v=str(version): callers.versions[-1] == v)
    assert callers.failures == []
    assert set(callers.versions) == {"1", "2", "3", "4"}
    assert running.version() == "4" and not is_alive(old)
    assert running.seen()["restarts"] == 0


def test_that_traffic_moves_without_a_failed_request(running: EndpointProcess) -> None:
    green = running.deployment(2)
    both = {"blue": running.deployment(1), "green": green}
    running.want(deployments=both)
    running.wait_for("RUNNING", "green")
    assert running.version() == "1"
    with Callers(running) as callers:
        for turn in range(6):
            name, version = (("green", "2"), ("blue", "1"))[turn % 2]
            running.want(traffic={name: 100})
            wait_until(lambda v=version: callers.versions[-3:] == [v] * 3)
    assert callers.failures == []
    assert running.version() == "1"


def test_that_traffic_waits_for_a_deployment_that_is_still_starting(
    running: EndpointProcess,
) -> None:
    slow = running.deployment(2, env={"VERSION": "2", "SLOW": "1.5"})
    blue = running.deployment(1)
    with Callers(running) as callers:
        running.want(traffic={"green": 100}, deployments={"blue": blue, "green": slow})
        running.wait_for("STARTING", "green")
        assert running.version() == "1"
        running.wait_for("RUNNING", "green")
        wait_until(lambda: callers.versions[-20:] == ["2"] * 20)
        count = len(callers.versions)
        wait_until(lambda: len(callers.versions) > count + 50)
        assert set(callers.versions[count:]) == {"2"}  # the old one no longer accepts
    assert callers.failures == []


def test_that_a_version_that_does_not_start_leaves_the_old_one_serving(
    running: EndpointProcess,
) -> None:
    pid = running.seen()["pid"]
    broken = running.deployment(2, env={"CRASH": "1"})
    with Callers(running) as callers:
        running.want(deployments={"blue": broken})
        wait_until(lambda: "didn't start" in running.seen()["message"])
    told = running.seen()
    assert (told["state"], told["pid"]) == ("RUNNING", pid)
    assert callers.failures == [] and set(callers.versions) == {"1"}


def test_that_a_split_is_refused_and_changes_nothing(running: EndpointProcess) -> None:
    both = {"blue": running.deployment(1), "green": running.deployment(2)}
    running.want(deployments=both)
    running.wait_for("RUNNING", "green")
    running.want(traffic={"blue": 50, "green": 50})
    wait_until(lambda: "split" in running.state["message"])
    assert running.version() == "1"
    running.want(traffic={"green": 100})
    wait_until(lambda: running.version() == "2")
    assert running.state["message"] == ""


def test_that_a_deployment_is_stopped_started_removed_and_added_again(
    running: EndpointProcess,
) -> None:
    pid = running.seen()["pid"]
    running.want(deployments={"blue": running.deployment(1, stopped=True)})
    running.wait_for("STOPPED")
    assert not is_alive(pid)
    running.want(deployments={"blue": running.deployment(1)})
    running.wait_for("RUNNING")
    assert running.version() == "1"
    running.want(deployments={})
    running.want(deployments={"blue": running.deployment(2)})
    running.wait_for("RUNNING", generation=2)
    wait_until(lambda: running.version() == "2")


def test_that_other_deployments_survive_the_crash_of_one(
    running: EndpointProcess,
) -> None:
    both = {"blue": running.deployment(1), "green": running.deployment(2)}
    running.want(deployments=both)
    green = running.wait_for("RUNNING", "green")["pid"]
    with Callers(running) as callers:
        os.kill(green, signal.SIGKILL)
        running.wait_for("RUNNING", "green", restarts=1)
    assert callers.failures == [] and set(callers.versions) == {"1"}


def test_that_a_gateway_with_nothing_ready_waits() -> None:
    gateway = SharedSocketGateway()
    assert gateway.apply({"blue": 100}, {}) == ""
    assert "split" in gateway.apply({"blue": 10, "green": 90}, {})
