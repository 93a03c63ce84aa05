"""Builds that really fail on a real engine: the log names the cause and the way out."""

from __future__ import annotations

import ssl
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import pytest

from studio.environments.build_log import BuildFailedError, explain
from studio.environments.image_build import BuildOptions, build_classic
from studio.environments.image_context import folder_context
from studio.targets.docker_engine import DockerEngine

pytestmark = pytest.mark.docker

PIP = "pip3 install --break-system-packages --no-index --find-links /w"
ASKS_FOR_A_HASH = "--require-hashes -r /w/hashed.txt"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A build context with small packages: wheels, and one that needs a compiler."""
    for name, version, needs in (
        ("alpha", "1.0", "gamma==1.0"),
        ("beta", "1.0", "gamma==2.0"),
        ("gamma", "1.0", ""),
        ("gamma", "2.0", ""),
    ):
        write_wheel(tmp_path, name, version, needs)
    (tmp_path / "hashed.txt").write_text(f"gamma==1.0 --hash=sha256:{'0' * 64}\n")
    source = tmp_path / "quickmath"
    source.mkdir()
    (source / "setup.py").write_text(
        "from setuptools import Extension, setup\n"
        "setup(name='quickmath', version='1.0',"
        " ext_modules=[Extension('quickmath', ['quickmath.c'])])\n"
    )
    (source / "quickmath.c").write_text("#include <Python.h>\n")
    newer = tmp_path / "modern"
    newer.mkdir()
    (newer / "setup.py").write_text(
        "from setuptools import setup\n"
        "setup(name='modern', version='1.0', python_requires='>=3.13')\n"
    )
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "setup.py").write_text("import numpy\n")
    return tmp_path


def write_wheel(folder: Path, name: str, version: str, needs: str) -> None:
    info = f"{name}-{version}.dist-info"
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    about += f"Requires-Dist: {needs}\n" if needs else ""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}.py", "")
        wheel.writestr(f"{info}/METADATA", about)
        told = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        wheel.writestr(f"{info}/WHEEL", told)
        wheel.writestr(f"{info}/RECORD", "")


def failed(
    engine: DockerEngine, folder: Path, *lines: str, network: bool = False
) -> BuildFailedError:
    text = ["FROM studio-test-base:1", "COPY . /w", *lines]
    (folder / "Dockerfile").write_text("\n".join(text) + "\n")
    options = BuildOptions("studio-test:fails", network=network)
    with pytest.raises(BuildFailedError) as refused:
        build_classic(engine, folder_context(folder), options)
    return refused.value


@pytest.mark.parametrize(
    ("line", "package", "told"),
    [
        (
            f"RUN {PIP} --no-build-isolation /w/quickmath",
            "quickmath",
            "quickmath comes as source code and needs a compiler",
        ),
        (
            f"RUN {PIP} --no-build-isolation /w/broken",
            "numpy",
            "The module numpy isn't in the image",
        ),
        (
            f"RUN {PIP} nosuchthing",
            "nosuchthing",
            "There is no package 'nosuchthing' for this Python",
        ),
        (
            f"RUN {PIP} 'gamma>=3'",
            "gamma",
            "There is no version of gamma that fits 'gamma>=3'",
        ),
        (f"RUN {PIP} alpha beta", "alpha", "alpha needs gamma==1.0; beta needs gamma"),
        (f"RUN {PIP} {ASKS_FOR_A_HASH}", "gamma", "isn't the file that was locked"),
        (
            f"RUN {PIP} --no-build-isolation /w/modern",
            "modern",
            "modern needs Python >=3.13; this image has 3.11",
        ),
        (
            "RUN pip3 install --break-system-packages --retries 1 six",
            "six",
            "it wants the network to fetch six, and the build has none",
        ),
        ("RUN apt-get update && apt-get install nosuch", "", "it wants the network"),
        ("RUN apt-get install --yes nosuchlib", "nosuchlib", "no system package"),
        ("RUN frobnicate --now", "frobnicate", "The command 'frobnicate' isn't in"),
        ("RUN python3 -c 'import torch'", "torch", "The module torch isn't in"),
        ("COPY model.onnx /m", "", "it copies model.onnx, which isn't in the build"),
        (
            "RUN dd if=/dev/zero of=/dev/shm/x bs=1M count=200",
            "",
            "The disk on which Docker keeps its images is full",
        ),
        ("RUN sh -c 'kill -9 $$'", "", "most likely because memory ran out"),
        ("RUN python3 -c \"raise ValueError('x < 0')\"", "", "ValueError: x < 0"),
    ],
)
def test_that_a_failed_line_is_explained(
    engine: DockerEngine, folder: Path, line: str, package: str, told: str
) -> None:
    error = failed(engine, folder, line)
    assert told in error.message, error.log
    assert error.fault.package == package
    assert error.fault.line == 3
    assert "ine 3 of the Dockerfile" in error.message
    assert error.hint


def test_that_another_user_than_root_is_told(
    engine: DockerEngine, folder: Path
) -> None:
    error = failed(engine, folder, "USER 1000", "RUN touch /opt/x")
    assert error.message.startswith("Line 4 of the Dockerfile: A command isn't allowed")
    assert "USER root" in error.hint


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("INSTAL numpy", "Line 3 of the Dockerfile can't be read: unknown instr"),
        ("COPY onlyone", "Line 3 of the Dockerfile can't be read: COPY requires"),
    ],
)
def test_that_a_line_that_cant_be_read_is_named(
    engine: DockerEngine, folder: Path, line: str, told: str
) -> None:
    error = failed(engine, folder, line)
    assert error.message.startswith(told), error.message
    assert error.code == "invalid"


@pytest.fixture
def untrusted_index(engine: DockerEngine, tmp_path: Path) -> Iterator[str]:
    """A package index inside the engine's network whose authority nobody knows."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    asked = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=index"
    words = asked.split()
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(["openssl", *words, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    bridge = engine.api.inspect_network("bridge")["IPAM"]["Config"][0]["Gateway"]
    server = HTTPServer((bridge, 0), SimpleHTTPRequestHandler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"https://{bridge}:{server.server_port}/simple"
    server.shutdown()
    thread.join()
    server.server_close()


def test_that_a_network_with_its_own_authority_is_told(
    engine: DockerEngine, tmp_path: Path, untrusted_index: str
) -> None:
    folder = tmp_path / "context"
    folder.mkdir()
    index = f"--retries 0 --index-url {untrusted_index}"
    line = f"RUN pip3 install --break-system-packages {index} six"
    error = failed(engine, folder, line, network=True)
    assert "shows a certificate that isn't trusted inside the image" in error.message
    assert "PIP_CERT" in error.hint


def test_that_a_log_without_a_known_cause_ends_with_its_last_error() -> None:
    log = "Step 2/2 : RUN x\nfoo: the error is here\nReturned a non-zero code: 3\n"
    fault = explain(log, line=2, instruction="RUN x")
    assert fault.message == (
        "Line 2 of the Dockerfile failed (RUN x): foo: the error is here"
    )
