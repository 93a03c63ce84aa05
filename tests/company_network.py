"""A company's network, real on this computer: an authority that nobody knows, a package
index behind a log-in and TLS, a server that sends elsewhere, a keyring."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import os
import shutil
import signal
import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.local_index import LocalIndex, _handler


@dataclass(frozen=True)
class Authority:
    """Its own certificate, and what a server with one of its certificates shows."""

    certificates: Path
    tls: ssl.SSLContext


def authority(folder: Path) -> Authority:
    """A new one, whose server is 127.0.0.1 and localhost."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    folder.mkdir(parents=True, exist_ok=True)
    key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    now = datetime.datetime.now(datetime.UTC)

    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    def begun(
        subject: str, public: ec.EllipticCurvePublicKey
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(named(subject))
            .issuer_name(named("Company authority"))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=30))
        )

    own = begun("Company authority", key.public_key()).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    names = [
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        x509.DNSName("localhost"),
    ]
    of_server = begun("index", server_key.public_key()).add_extension(
        x509.SubjectAlternativeName(names), critical=False
    )
    root = own.sign(key, hashes.SHA256())
    leaf = of_server.sign(key, hashes.SHA256())
    certificates = folder / "company.pem"
    certificates.write_bytes(_pem(root))
    chain = folder / "server.pem"
    chain.write_bytes(_pem(leaf) + _key_pem(server_key))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(chain)
    return Authority(certificates, tls)


def _pem(certificate: object) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM)  # type: ignore[attr-defined,no-any-return]


def _key_pem(key: object) -> bytes:
    from cryptography.hazmat.primitives import serialization as form

    return key.private_bytes(  # type: ignore[attr-defined,no-any-return]
        form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()
    )


@contextmanager
def served(index: LocalIndex, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address of the index, by TLS where that is given."""
    with _server(_handler(index), tls) as address:
        yield f"{address}/simple"


@contextmanager
def sending_elsewhere(target: str, seen: list[str], status: int = 302) -> Iterator[str]:
    """A server that sends everyone to `target`; `seen` are the log-ins it was told."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers.get("Authorization", ""))
            self.send_response(status)
            name = self.path.removeprefix("/simple").strip("/")
            self.send_header("Location", f"{target}/{name}/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with _server(Handler, None) as address:
        yield f"{address}/simple"


@contextmanager
def _server(
    handler: type[BaseHTTPRequestHandler], tls: ssl.SSLContext | None
) -> Iterator[str]:
    server = _Quiet(("127.0.0.1", 0), handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        scheme = "https" if tls else "http"
        yield f"{scheme}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Who doesn't trust the certificate hangs up: that is what is tested."""


@contextmanager
def keyring(folder: Path) -> Iterator[Mapping[str, str]]:
    """A real one of the desktop's kind, open; the variables that lead to it."""
    folder.mkdir(parents=True, exist_ok=True)
    own = {**os.environ, "XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)}
    own["XDG_DATA_HOME"] = str(folder / "data")
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address"],
        stdout=subprocess.PIPE,
        text=True,
        env=own,
        start_new_session=True,
    )
    assert bus.stdout is not None
    address = {"DBUS_SESSION_BUS_ADDRESS": bus.stdout.readline().strip()}
    daemon = subprocess.Popen(
        ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        env=own | address,
        start_new_session=True,
    )
    assert daemon.stdin is not None
    daemon.stdin.write("open\n")
    daemon.stdin.close()
    _await_secrets(own | address)
    backend = "keyring.backends.SecretService.Keyring"
    try:
        yield {**address, "PYTHON_KEYRING_BACKEND": backend}
    finally:
        bus.stdout.close()
        for process in (daemon, bus):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def need_keyring() -> None:
    """Leave a test out where no keyring can be started; CI has to have one."""
    programs = ("dbus-daemon", "gnome-keyring-daemon", "gdbus")
    missing = [each for each in programs if shutil.which(each) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"missing: {', '.join(missing)}")
    if missing:
        pytest.skip("no keyring can be started here")


def _await_secrets(environment: Mapping[str, str]) -> None:
    """Until the daemon has its name on the bus."""
    words = ["gdbus", "wait", "--session", "--timeout=20", "org.freedesktop.secrets"]
    subprocess.run(words, env=dict(environment), check=True)
