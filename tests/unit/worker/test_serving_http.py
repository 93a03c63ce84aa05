"""Who is answered and what with: keys, hosts, limits, broken requests, the end."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from model_server import KEY, Server, key_hash, read_all
from worker_steps import is_alive, wait_until

SCRIPT = """
import json, os, subprocess, sys, time
def init():
    print("hello from init")
    global subprocess_pid
    if os.environ.get("SPAWN"):
        print("child", subprocess.Popen(["sleep", "600"]).pid, flush=True)
def run(raw_data):
    what = json.loads(raw_data)
    if what == "exit": os._exit(3)
    if what == "sys.exit": sys.exit("enough")
    if what == "raise": raise KeyError("no such thing")
    if what == "loop":
        while True: pass
    if what == "stdin": return sys.stdin.read()
    if isinstance(what, dict) and "sleep" in what: time.sleep(what["sleep"])
    return what
"""


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers of a script that echoes; they end with the test."""
    script = tmp_path / "score.py"
    script.write_text(SCRIPT)
    servers: list[Server] = []

    def start(**config: Any) -> Server:
        config = {"kind": "script", "script": str(script), **config}
        log = tmp_path / f"log{len(servers)}.txt"
        servers.append(Server(log, **config))
        return servers[-1].ready()

    yield start
    for server in servers:
        server.close()


PARSERS = ["httptools", "the standard library"]


@pytest.fixture(scope="module", params=PARSERS)
def echo(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """With the parser of each: an environment of its own may lack httptools."""
    with echoing(tmp_path_factory.mktemp("echo"), request.param) as server:
        yield server


@contextmanager
def echoing(folder: Path, parser: str) -> Iterator[Server]:
    without = folder / "without"
    without.mkdir(parents=True)
    if parser != "httptools":
        (without / "httptools.py").write_text("raise ImportError('not here')")
    (folder / "score.py").write_text(SCRIPT)
    server = Server(
        folder / "log.txt",
        kind="script",
        script=str(folder / "score.py"),
        max_body_bytes=100_000,
        allowed_hosts=["studio.example"],
        packages=without,
    )
    with closing(server):
        yield server.ready()


def _head(method: str = "POST", path: str = "/score", **more: str) -> bytes:
    lines = {"Host": "127.0.0.1", "Authorization": f"Bearer {KEY}", **more}
    named = {name.replace("_", "-"): value for name, value in lines.items()}
    text = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"{method} {path} HTTP/1.1\r\n{text}\r\n".encode()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        (method, path)
        for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH")
        for path in ("/score", "/signature", "/", "/healthz", "/../healthz", "/x?y=1")
        if not (path == "/healthz" and method in ("GET", "HEAD"))
    ],
)
def test_that_everything_but_the_probes_needs_a_key(
    echo: Server, method: str, path: str
) -> None:
    for key in (None, "wrong", "", KEY + "x", KEY[:-1]):
        assert echo.request(method, path, key=key).status == 401


@pytest.mark.parametrize(
    "header", ["Basic " + KEY, KEY, "Bearer", "Bearer " + KEY.upper(), "Bearer é"]
)
def test_that_only_a_bearer_key_counts(echo: Server, header: str) -> None:
    headers = {"Authorization": header.encode("latin-1").decode("latin-1")}
    assert echo.score(1, key=None, headers=headers).status == 401


def test_that_the_probes_need_no_key(echo: Server) -> None:
    for path in ("/healthz", "/ready"):
        assert echo.request("GET", path, key=None).status == 200


def test_that_unknown_paths_and_methods_are_told_after_the_key(echo: Server) -> None:
    assert echo.request("GET", "/nothing").status == 404
    assert echo.request("GET", "/score").status == 405
    assert echo.request("POST", "/signature").status == 405


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:80",
        "localhost:1",
        "LOCALHOST",
        "[::1]",
        "[::1]:9",
        "studio.example",
        "Studio.Example:443",
    ],
)
def test_that_a_local_host_is_served(echo: Server, host: str) -> None:
    assert echo.score(1, headers={"Host": host}).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "",
        "localhost.evil.example:80",
        "evil.example:127.0.0.1",
        "0.0.0.0",
        "[::]",
        "127.0.0.1@evil.example",
    ],
)
def test_that_a_name_bound_to_this_computer_is_refused(echo: Server, host: str) -> None:
    assert echo.score(1, headers={"Host": host}).status == 403
    probe = echo.request("GET", "/healthz", headers={"Host": host}, key=None)
    assert probe.status == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost"])
def test_that_web_pages_are_refused(echo: Server, origin: str) -> None:
    answer = echo.score(1, headers={"Origin": origin})
    assert answer.status == 403
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_that_answers_name_deployment_and_request(echo: Server) -> None:
    answer = echo.score({"a": 1}, headers={"x-request-id": "abc-1"})
    assert answer.json == {"a": 1}
    assert answer.headers["azureml-model-deployment"] == "blue"
    assert answer.headers["x-request-id"] == "abc-1"
    made = {echo.score(1).headers["x-request-id"] for _ in range(2)}
    assert len(made) == 2 and all(len(name) == 36 for name in made)


def test_that_what_the_model_prints_goes_to_the_log(echo: Server) -> None:
    assert "hello from init" in echo.log.read_text()
    echo.score(5, headers={"x-request-id": "to-be-logged"})
    wait_until(lambda: "to-be-logged" in echo.log.read_text(), 5)
    line = next(ln for ln in echo.log.read_text().splitlines() if "to-be-logged" in ln)
    assert "POST /score 200" in line and KEY not in echo.log.read_text()


def test_that_a_body_may_come_in_chunks(echo: Server) -> None:
    head = _head(Transfer_Encoding="chunked", Connection="close")
    answer = echo.raw(head + b"2\r\n[1\r\n3\r\n,2]\r\n0\r\n\r\n")
    assert answer.endswith(b"\r\n\r\n[1,2]")


def test_that_a_body_may_come_slowly(echo: Server) -> None:
    with socket.create_connection(("127.0.0.1", echo.port)) as client:
        for byte in _head(Content_Length="5", Connection="close") + b"[1,2]":
            client.sendall(bytes([byte]))
        assert read_all(client).endswith(b"[1,2]")


def test_that_a_connection_is_kept_and_pipelined_answers_keep_their_order(
    echo: Server,
) -> None:
    bodies = [b'{"sleep":0.1}', b"2", b"3"]
    sent = b"".join(_head(Content_Length=str(len(b))) + b for b in bodies)
    last = _head("GET", "/healthz", Connection="close")
    answers = echo.raw(sent + last)
    found = [answers.find(part) for part in (b"sleep", b"\n2HTTP", b"\n3HTTP", b"ok")]
    assert found == sorted(found) and found[0] > 0


def test_that_an_expected_continue_is_given(echo: Server) -> None:
    with socket.create_connection(("127.0.0.1", echo.port)) as client:
        client.settimeout(10)
        more = {"Content_Length": "1", "Expect": "100-continue", "Connection": "close"}
        client.sendall(_head(**more))
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"7")
        assert read_all(client).endswith(b"\r\n\r\n7")


def test_that_a_client_that_sends_no_more_still_gets_its_answer(echo: Server) -> None:
    with socket.create_connection(("127.0.0.1", echo.port)) as client:
        body = b'{"sleep":0.1}'
        client.sendall(_head(Content_Length=str(len(body))) + body)
        client.shutdown(socket.SHUT_WR)
        assert read_all(client).endswith(body)


def test_that_a_body_beyond_the_limit_is_refused_and_the_refusal_arrives(
    echo: Server,
) -> None:
    for _ in range(10):
        answer = echo.score(b"1" * 3_000_000)
        assert answer.status == 413 and "100000 bytes" in answer.error
    chunk = b"186a0\r\n" + b"1" * 100_000 + b"\r\n"
    head = _head(Transfer_Encoding="chunked")
    assert echo.raw(head + chunk * 5).startswith(b"HTTP/1.1 413 ")
    assert echo.score("1" * 99_000).status == 200


@pytest.mark.parametrize(
    "garbage",
    [
        b"hello\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /score HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /score HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST /score HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nBad Header: x\r\n\r\n",
        b"\x00" * 100,
    ],
)
def test_that_garbage_is_refused(echo: Server, garbage: bytes) -> None:
    assert echo.raw(garbage).startswith(b"HTTP/1.1 400 ")
    assert echo.score(1).status == 200


def test_that_garbage_after_a_request_does_not_overtake_its_answer(
    echo: Server,
) -> None:
    body = b'{"sleep":0.2}'
    answers = echo.raw(_head(Content_Length=str(len(body))) + body + b"garbage\r\n")
    assert answers.index(b"200 OK") < answers.index(b"400 Bad Request")


def test_that_endless_headers_are_refused(echo: Server) -> None:
    long = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 600_000
    assert echo.raw(long).startswith(b"HTTP/1.1 431 ")
    many = "".join(f"x-{n}: {'b' * 100}\r\n" for n in range(600))
    request = f"GET /healthz HTTP/1.1\r\nHost: localhost\r\n{many}\r\n"
    assert echo.raw(request.encode()).startswith(b"HTTP/1.1 431 ")


def test_that_a_client_that_never_finishes_its_headers_is_let_go(
    tmp_path: Path,
) -> None:
    def patience(parser: str) -> float:
        with echoing(tmp_path / parser, parser) as server:
            return _seconds_of_endless_headers(server.port)

    with ThreadPoolExecutor() as both:  # it takes ten seconds: side by side
        assert all(8 < seconds < 15 for seconds in both.map(patience, PARSERS))


def _seconds_of_endless_headers(port: int) -> float:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.settimeout(0.5)
        began = time.monotonic()
        client.sendall(b"GET / HTTP/1.1\r\n")
        while True:
            try:
                if not client.recv(100):
                    break
            except TimeoutError:
                client.sendall(b"a: b\r\n")
            except ConnectionError:
                break
        return time.monotonic() - began


def test_that_a_failing_run_is_500_with_its_traceback_in_the_log(echo: Server) -> None:
    answer = echo.score("raise")
    assert answer.status == 500 and "KeyError: 'no such thing'" in answer.error
    assert "Traceback" not in answer.error
    assert 'raise KeyError("no such thing")' in echo.log.read_text()
    assert echo.score(1).status == 200


def test_that_exit_in_run_fails_the_request_only(echo: Server) -> None:
    assert echo.score("sys.exit").status == 500
    assert echo.score(1).json == 1


def test_that_a_script_cannot_read_the_supervisors_lines(echo: Server) -> None:
    assert echo.score("stdin").json == ""


def test_that_a_keys_end_and_change_take_effect(serve: Callable[..., Server]) -> None:
    soon = time.time() + 1.0
    server = serve(key_hashes=[key_hash(), key_hash("for-a-moment", soon)])
    assert server.score(1, key="for-a-moment").status == 200
    wait_until(lambda: server.score(1, key="for-a-moment").status == 401, 5)
    assert server.score(1).status == 200
    server.send({"op": "keys", "key_hashes": [key_hash("new")]})
    wait_until(lambda: server.score(1, key="new").status == 200, 5)
    assert server.score(1).status == 401
    server.send({"op": "keys", "key_hashes": []})
    wait_until(lambda: server.score(1, key="new").status == 401, 5)


def test_that_an_endless_loop_leaves_the_server_alive(
    serve: Callable[..., Server],
) -> None:
    server = serve(request_timeout_s=0.5)
    with ThreadPoolExecutor(4) as clients:
        assert clients.submit(server.score, "loop").result().status == 408
        assert server.request("GET", "/healthz").status == 200
        assert server.request("GET", "/ready").status == 200
        assert server.score(1).status == 200
        stuck = list(clients.map(lambda _: server.score("loop").status, range(3)))
    assert stuck == [408] * 3
    assert server.request("GET", "/healthz").status == 200
    ready = server.request("GET", "/ready")
    assert ready.status == 503 and "threads" in ready.error
    server.send({"op": "quit"})
    server.process.wait(20)


def test_that_a_crash_in_run_ends_the_process_and_closes_the_connection(
    serve: Callable[..., Server],
) -> None:
    server = serve()
    with pytest.raises((ConnectionError, OSError)):
        server.score("exit")
    assert server.process.wait(10) == 3


def test_that_quitting_answers_what_was_asked(serve: Callable[..., Server]) -> None:
    server = serve()
    with ThreadPoolExecutor(1) as client:
        answer = client.submit(server.score, {"sleep": 0.5})
        wait_until(lambda: _connections(server) >= 1, 5)
        server.send({"op": "quit"})
        assert answer.result().status == 200
    assert server.process.wait(10) == 0


def _connections(server: Server) -> int:
    local = f"0100007F:{server.port:04X}"
    rows = [ln.split() for ln in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1] == local and row[3] == "01" for row in rows)


def test_that_the_end_of_stdin_is_the_end(serve: Callable[..., Server]) -> None:
    server = serve()
    assert server.process.stdin
    server.process.stdin.close()
    assert server.process.wait(10) == 0


def test_that_it_dies_with_who_started_it(tmp_path: Path) -> None:
    (tmp_path / "score.py").write_text(SCRIPT)
    reading, writing = os.pipe()
    starter = os.fork()
    if starter == 0:
        try:
            server = Server(
                tmp_path / "log", kind="script", script=str(tmp_path / "score.py")
            )
            server.ready()
            os.write(writing, b"%d\n" % server.process.pid)
            signal.pause()
        finally:
            os._exit(0)
    pid = int(os.read(reading, 20))
    assert is_alive(pid)
    os.kill(starter, signal.SIGKILL)
    os.waitpid(starter, 0)
    wait_until(lambda: not is_alive(pid), 5)
    os.close(reading)
    os.close(writing)


def test_that_the_endpoints_socket_passes_from_one_server_to_the_next(
    serve: Callable[..., Server],
) -> None:
    blue = serve(deployment="blue")
    green = serve(deployment="green", endpoint=blue.endpoint.dup())
    port = blue.endpoint_port
    blue.send({"op": "endpoint", "on": True})
    served = blue.score(1, port=port)
    assert served.headers["azureml-model-deployment"] == "blue"
    refused = 0
    seen: set[str] = set()
    for turn in range(10):
        new, old = (green, blue) if turn % 2 == 0 else (blue, green)
        new.send({"op": "endpoint", "on": True})
        old.send({"op": "endpoint", "on": False})
        for _ in range(20):
            answer = blue.score(turn, port=port)
            refused += answer.json != turn
            seen.add(answer.headers["azureml-model-deployment"])
    assert refused == 0 and seen == {"blue", "green"}
    wait_until(lambda: _deployment(blue, port) == "blue", 5)


def _deployment(server: Server, port: int) -> str:
    return server.score(1, port=port).headers["azureml-model-deployment"]


def test_that_a_kept_connection_follows_the_switch(
    serve: Callable[..., Server],
) -> None:
    blue = serve()
    blue.send({"op": "endpoint", "on": True})
    body = _head(Content_Length="1") + b"7"
    with socket.create_connection(("127.0.0.1", blue.endpoint_port)) as busy:
        busy.settimeout(10)
        busy.sendall(body)
        assert b"keep-alive" in busy.recv(1000)
        with socket.create_connection(("127.0.0.1", blue.endpoint_port)) as idle:
            idle.settimeout(10)
            idle.sendall(body)
            assert b"keep-alive" in idle.recv(1000)
            blue.send({"op": "endpoint", "on": False})
            wait_until(lambda: blue.request("GET", "/ready").status == 200)
            busy.sendall(body)
            assert b"Connection: close" in read_all(busy)
            assert read_all(idle) == b""


def test_that_a_server_listens_on_nothing_but_what_it_was_given(
    serve: Callable[..., Server],
) -> None:
    server = serve()
    own = {
        str(fd.readlink()) for fd in Path(f"/proc/{server.process.pid}/fd").iterdir()
    }
    listening = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in own:
                listening.add(fields[1])
    ports = {server.port, server.endpoint_port}
    assert listening == {f"0100007F:{port:04X}" for port in ports}


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("def run(x): return x", "score.py defines no function init()"),
        ("def init(): pass", "score.py defines no function run()"),
        ("import not_installed", "needs the package 'not_installed'"),
        ("def init(): open('no.pkl')\ndef run(x): pass", "no.pkl"),
        ("def init(:", "SyntaxError"),
        ("import sys; sys.exit(1)", "SystemExit"),
    ],
)
def test_that_a_script_that_cannot_be_served_says_why(
    tmp_path: Path, script: str, message: str
) -> None:
    (tmp_path / "score.py").write_text(script)
    log = tmp_path / "log.txt"
    server = Server(log, kind="script", script=str(tmp_path / "score.py"))
    failed = server.wait_for("failed")
    assert message in failed["message"] and failed["hint"]
    assert failed["phase"] in ("import", "load")
    assert server.process.wait(10) == 1
    server.close()


@pytest.mark.parametrize(
    ("returned", "body", "wanted"),
    [
        ("'[1, 2]'", b"[1, 2]", None),
        ("'plain words'", b'"plain words"', None),
        ("{'a': float('nan')}", b'{"a":null}', None),
        ("__import__('numpy').arange(3)", b"[0,1,2]", None),
        ("type(raw_data).__name__", b'"str"', None),
    ],
)
def test_that_what_run_returns_becomes_json(
    tmp_path: Path, returned: str, body: bytes, wanted: None
) -> None:
    script = f"def init(): pass\ndef run(raw_data): return {returned}"
    (tmp_path / "score.py").write_text(script)
    log = tmp_path / "log.txt"
    server = Server(log, kind="script", script=str(tmp_path / "score.py")).ready()
    assert server.score({}).body == body
    server.close()


def test_that_a_script_finds_its_model_and_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("word = 'mine'")
    (tmp_path / "model").mkdir()
    (tmp_path / "score.py").write_text(
        "import os, helper\ndef init(): pass\n"
        "def run(raw): return [helper.word, os.environ['AZUREML_MODEL_DIR'],"
        " os.environ['X']]"
    )
    server = Server(
        tmp_path / "log.txt",
        kind="script",
        script=str(tmp_path / "score.py"),
        model_path=str(tmp_path / "model"),
        env={"X": "1"},
    ).ready()
    assert server.score(None).json == ["mine", str(tmp_path / "model"), "1"]
    assert json.loads(server.request("GET", "/signature").body)["inputs"] == []
    server.close()
