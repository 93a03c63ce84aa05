"""An endpoint's processes: started, killed, restarted, given up, stopped."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from endpoint_process import (
    KEY,
    EndpointProcess,
    children,
    is_alive,
    key_hash,
    listening_addresses,
    wait_until,
)


def test_that_a_wished_deployment_serves(running: EndpointProcess) -> None:
    told = running.seen()
    assert running.version() == "1"
    assert running.score(port=told["port"])[1] == ["1", told["pid"]]
    assert [phase["name"] for phase in told["phases"]] == ["import", "load", "warm_up"]
    state = running.state
    assert running.process is not None
    assert (state["pid"], state["state"]) == (running.process.pid, "RUNNING")
    assert state["generation"] == 1 and told["generation"] == 1
    stat = Path(f"/proc/{state['pid']}/stat").read_text()
    assert state["start_time"] == int(stat.rpartition(")")[2].split()[19])
    states = [(n["deployment"], n["state"]) for n in running.spool()]
    assert states == [("blue", "STARTING"), ("blue", "RUNNING")]
    assert [n["seq"] for n in running.spool()] == [1, 2]


def test_that_only_one_supervisor_owns_an_endpoint(running: EndpointProcess) -> None:
    second = running.spawn()
    assert second.wait(10) == 1
    assert running.version() == "1"


def test_that_it_listens_on_this_computer_only(running: EndpointProcess) -> None:
    assert running.process is not None
    pids = [running.process.pid, *children(running.process.pid)]
    addresses = listening_addresses(pids)
    ports = {running.port, running.seen()["port"]}
    assert addresses == {f"0100007F:{port:04X}" for port in ports}


def test_that_a_killed_server_is_restarted_on_its_ports(
    running: EndpointProcess,
) -> None:
    before, port = running.seen(), running.port
    os.kill(before["pid"], signal.SIGKILL)
    after = running.wait_for("RUNNING", restarts=1)
    assert after["pid"] != before["pid"] and after["port"] == before["port"]
    assert running.port == port
    assert running.score()[1] == ["1", after["pid"]]
    news = [n for n in running.spool() if "SIGKILL" in n["message"]]
    assert [n["state"] for n in news] == ["STARTING"]


def test_that_a_crash_in_run_is_restarted(running: EndpointProcess) -> None:
    with pytest.raises((OSError, http.client.HTTPException)):
        running.score("exit")
    running.wait_for("RUNNING", restarts=1)
    assert any("exit code 3" in n["message"] for n in running.spool())
    assert running.version() == "1"


def test_that_repeated_crashes_wait_longer(running: EndpointProcess) -> None:
    began = time.monotonic()
    for restarts in range(1, 5):
        pid = running.wait_for("RUNNING", restarts=restarts - 1)["pid"]
        os.kill(pid, signal.SIGKILL)
    running.wait_for("RUNNING", restarts=4)
    assert time.monotonic() - began > 0.2 + 0.4 + 0.8 + 1.6


def test_that_requests_wait_while_a_server_is_restarted(
    running: EndpointProcess,
) -> None:
    os.kill(running.seen()["pid"], signal.SIGKILL)
    wait_until(lambda: running.seen()["state"] == "STARTING")
    assert running.version() == "1"


def test_that_servers_die_with_their_supervisor(running: EndpointProcess) -> None:
    pid, port = running.seen()["pid"], running.port
    running.close()
    wait_until(lambda: not is_alive(pid), 5)
    running.start(port=port)
    wait_until(lambda: running.seen().get("pid") not in (None, pid))
    running.wait_for("RUNNING")
    assert running.port == port and running.version() == "1"
    assert [n["seq"] for n in running.spool()] == [1, 2, 3, 4]


def test_that_a_hanging_server_is_unhealthy_and_then_restarted(
    running: EndpointProcess,
) -> None:
    pid = running.seen()["pid"]
    os.kill(pid, signal.SIGSTOP)
    assert "probes" in running.wait_for("UNHEALTHY")["message"]
    assert running.wait_for("RUNNING", restarts=1)["pid"] != pid
    assert not is_alive(pid)


def test_that_a_server_whose_threads_are_stuck_is_unhealthy_but_alive(
    endpoint: EndpointProcess,
) -> None:
    blue = endpoint.deployment(request_timeout_s=0.3)
    endpoint.start(deployments={"blue": blue})
    pid = endpoint.wait_for("RUNNING")["pid"]
    with ThreadPoolExecutor(4) as clients:
        answers = list(clients.map(endpoint.score, ["loop"] * 4))
    assert [status for status, _ in answers] == [408] * 4
    assert "thread" in endpoint.wait_for("UNHEALTHY")["message"]
    assert is_alive(pid) and endpoint.seen()["restarts"] == 0


def test_that_a_script_that_cannot_start_fails_with_its_reason(
    endpoint: EndpointProcess,
) -> None:
    endpoint.script.write_text("import not_installed\n")
    told = endpoint.start().wait_for("FAILED")
    assert "'not_installed'" in told["message"] and told["hint"]
    assert endpoint.state["state"] == "FAILED"
    assert "ModuleNotFoundError" in (endpoint.folder / "blue/log.txt").read_text()


def test_that_a_server_that_crashes_at_its_start_is_given_up(
    endpoint: EndpointProcess,
) -> None:
    endpoint.start(deployments={"blue": endpoint.deployment(env={"CRASH": "1"})})
    told = endpoint.wait_for("FAILED")
    assert told["message"] == (
        "It ended with exit code 5 before it was ready, 5 times in a row"
    )
    assert told["hint"]
    endpoint.want(deployments={"blue": endpoint.deployment(2)})
    endpoint.wait_for("RUNNING")
    assert endpoint.version() == "2"


def test_that_a_missing_interpreter_fails(endpoint: EndpointProcess) -> None:
    python = str(endpoint.folder / "no-python")
    endpoint.start(deployments={"blue": endpoint.deployment(python=python)})
    told = endpoint.wait_for("FAILED")
    assert "no-python" in told["message"] and told["hint"]


def test_that_a_taken_port_is_told_and_taken_when_free(
    endpoint: EndpointProcess,
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        endpoint.start(port=port)
        wait_until(lambda: endpoint.state.get("state") == "FAILED")
        own = Path("/proc/self/comm").read_text().strip()
        message = f"Port {port} is already used by {own} (pid {os.getpid()})"
        assert endpoint.state["message"] == message and endpoint.state["hint"]
    endpoint.wait_for("RUNNING")
    assert endpoint.port == port and endpoint.state["message"] == ""
    assert endpoint.version() == "1"


def test_that_a_stop_finishes_what_was_asked_and_ends(
    running: EndpointProcess,
) -> None:
    pid = running.seen()["pid"]
    with ThreadPoolExecutor(1) as client:
        answer = client.submit(running.score, {"sleep": 1.0})
        wait_until(lambda: _established(running.port))
        running.want(stop=True)
        assert answer.result()[0] == 200
    assert running.process is not None
    assert running.process.wait(10) == 0
    assert running.state["state"] == "STOPPED" and not is_alive(pid)
    assert running.spool()[-1]["state"] in ("STOPPING", "STOPPED")


def _established(port: int) -> bool:
    rows = [ln.split() for ln in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(r[1] == f"0100007F:{port:04X}" and r[3] == "01" for r in rows)


def test_that_a_stop_does_not_wait_for_ever(running: EndpointProcess) -> None:
    with ThreadPoolExecutor(1) as client:
        client.submit(running.score, "loop")
        wait_until(lambda: _established(running.port))
        running.want(stop=True)
        assert running.process is not None
        assert running.process.wait(20) == 0


def test_that_a_hangup_is_ignored_and_a_termination_is_a_stop(
    running: EndpointProcess,
) -> None:
    assert running.process is not None
    running.process.send_signal(signal.SIGHUP)
    assert running.version() == "1"
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(10) == 0


def test_that_the_end_of_the_folder_is_the_end(running: EndpointProcess) -> None:
    pid = running.seen()["pid"]
    (running.folder / "wanted.json").unlink()
    assert running.process is not None
    assert running.process.wait(10) == 0
    assert not is_alive(pid)


def test_that_a_broken_wish_changes_nothing(running: EndpointProcess) -> None:
    pid = running.seen()["pid"]
    (running.folder / "wanted.json").write_text('{"stop": tr')
    running.want(key_hashes=[key_hash("new")])
    wait_until(lambda: running.score(key="new")[0] == 200)
    assert running.seen()["pid"] == pid


def test_that_keys_change_without_a_restart(running: EndpointProcess) -> None:
    pid = running.seen()["pid"]
    assert running.score(key="new")[0] == 401
    running.want(key_hashes=[key_hash(), key_hash("new")])
    wait_until(lambda: running.score(key="new")[0] == 200)
    assert running.score(key=KEY)[0] == 200
    running.want(key_hashes=[key_hash("new")])
    wait_until(lambda: running.score(key=KEY)[0] == 401)
    assert running.seen()["pid"] == pid


def test_that_a_restarted_server_has_the_newest_keys(running: EndpointProcess) -> None:
    running.want(key_hashes=[key_hash("new")])
    wait_until(lambda: running.state["generation"] == 2)
    os.kill(running.seen()["pid"], signal.SIGKILL)
    running.wait_for("RUNNING", restarts=1)
    assert running.score(key="new")[0] == 200 and running.score()[0] == 401


def test_that_model_code_sees_nothing_of_keyring_or_studio(
    endpoint: EndpointProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = (
        "STUDIO_TOKEN",
        "DBUS_SESSION_BUS_ADDRESS",
        "XDG_RUNTIME_DIR",
        "PYTHON_KEYRING_BACKEND",
        "GNOME_KEYRING_CONTROL",
        "SSH_AUTH_SOCK",
    )
    for name in private:
        monkeypatch.setenv(name, "secret")
    endpoint.start().wait_for("RUNNING")
    seen = endpoint.score("env")[1]
    assert not set(private) & set(seen) and "secret" not in seen.values()
    assert seen["VERSION"] == "1"
    for file in endpoint.folder.rglob("*"):
        if file.is_file():
            assert KEY.encode() not in file.read_bytes(), file


def test_that_a_long_log_is_cut_and_one_old_one_kept(
    running: EndpointProcess,
) -> None:
    running.score("flood")
    old = running.folder / "blue" / "log.1.txt"
    log = running.folder / "blue" / "log.txt"
    wait_until(lambda: old.exists() and log.stat().st_size < 1_000_000)
    assert old.stat().st_size > 10_000_000
    running.score()
    wait_until(lambda: "POST /score 200" in log.read_text())
    assert log.stat().st_size < 1_000_000
