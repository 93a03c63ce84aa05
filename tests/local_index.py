"""A package index of a test's own: wheels written by hand, served over loopback."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

DATE = (2024, 1, 1, 0, 0, 0)


@dataclass
class File:
    """One file of the index. `shown_hash` differs from the real one to mislead."""

    name: str
    content: bytes
    metadata: bytes = b""
    requires_python: str = ""
    yanked: str = ""
    shown_hash: str = ""

    @property
    def link(self) -> str:
        digest = self.shown_hash or hashlib.sha256(self.content).hexdigest()
        marks = ""
        if self.requires_python:
            told = self.requires_python.replace("<", "&lt;").replace(">", "&gt;")
            marks += f' data-requires-python="{told}"'
        if self.yanked:
            marks += f' data-yanked="{self.yanked}"'
        if self.metadata:
            of = hashlib.sha256(self.metadata).hexdigest()
            marks += f' data-core-metadata="sha256={of}"'
        target = f"../../files/{self.name}#sha256={digest}"
        return f'<a href="{target}"{marks}>{self.name}</a><br/>'


@dataclass
class LocalIndex:
    """Packages by name. `password`: who asks must be user `reader` with it."""

    packages: dict[str, list[File]] = field(default_factory=dict)
    password: str = ""
    asked: list[str] = field(default_factory=list)
    hold: threading.Event | None = None
    """While it isn't set, nothing is answered."""
    on_ask: Callable[[], None] = lambda: None

    def wheel(
        self,
        name: str,
        version: str,
        requires: Sequence[str] = (),
        *,
        requires_python: str = "",
        tag: str = "py3-none-any",
        yanked: str = "",
        licence: str = "",
        files: Mapping[str, str] | None = None,
    ) -> File:
        stem = f"{name.replace('-', '_')}-{version}"
        metadata = _metadata(name, version, requires, requires_python, licence)
        module = f"{name.replace('-', '_')}/__init__.py"
        within = {module: f'__version__ = "{version}"\n', **(files or {})}
        content = _wheel(stem, metadata, tag, within)
        file = File(
            f"{stem}-{tag}.whl", content, metadata.encode(), requires_python, yanked
        )
        self.packages.setdefault(name, []).append(file)
        return file

    def sdist(
        self,
        name: str,
        version: str,
        setup: str = "",
        files: Mapping[str, str] | None = None,
    ) -> File:
        """Sources whose `setup.py`, or backend in `files`, runs when they are built."""
        metadata = _metadata(name, version, (), "", "")
        inside = files or {"setup.py": setup}
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w:gz") as archive:
            for path, text in {"PKG-INFO": metadata, **inside}.items():
                entry = tarfile.TarInfo(f"{name}-{version}/{path}")
                entry.size = len(text.encode())
                archive.addfile(entry, io.BytesIO(text.encode()))
        file = File(f"{name}-{version}.tar.gz", out.getvalue())
        self.packages.setdefault(name, []).append(file)
        return file

    @contextmanager
    def served(self) -> Iterator[str]:
        """The address of its simple index while the block runs."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/simple"
        finally:
            if self.hold is not None:
                self.hold.set()
            server.shutdown()
            thread.join()
            server.server_close()

    def written(self, folder: Path) -> Path:
        """All files in a folder, as `--find-links` reads them."""
        folder.mkdir(parents=True, exist_ok=True)
        for files in self.packages.values():
            for file in files:
                (folder / file.name).write_bytes(file.content)
        return folder

    def answer(self, path: str) -> tuple[int, str, bytes]:
        parts = path.strip("/").split("/")
        if parts[0] == "simple" and len(parts) == 2 and parts[1] in self.packages:
            links = "\n".join(file.link for file in self.packages[parts[1]])
            return 200, "text/html", f"<!DOCTYPE html><html>{links}</html>".encode()
        if parts[0] == "files" and len(parts) == 2:
            for file in (file for each in self.packages.values() for file in each):
                if parts[1] == file.name:
                    return 200, "application/octet-stream", file.content
                if parts[1] == f"{file.name}.metadata" and file.metadata:
                    return 200, "application/octet-stream", file.metadata
        return 404, "text/plain", b"not here"


def _handler(index: LocalIndex) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            index.asked.append(self.path)
            index.on_ask()
            if index.hold is not None:
                index.hold.wait(30)
            right = base64.b64encode(f"reader:{index.password}".encode()).decode()
            told = self.headers.get("Authorization", "")
            if index.password and told != f"Basic {right}":
                self._send(401, "text/plain", b"who are you?")
                return
            self._send(*index.answer(self.path))

        def _send(self, status: int, kind: str, body: bytes) -> None:
            try:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                if status == 401:
                    self.send_header("WWW-Authenticate", 'Basic realm="index"')
                self.end_headers()
                self.wfile.write(body)
            except OSError:  # who asked has been stopped
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _metadata(
    name: str, version: str, requires: Sequence[str], python: str, licence: str
) -> str:
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Python: {python}"] if python else []
    lines += [f"License: {licence}"] if licence else []
    lines += [f"Requires-Dist: {each}" for each in requires]
    return "\n".join(lines) + "\n"


def _wheel(stem: str, metadata: str, tag: str, files: Mapping[str, str]) -> bytes:
    info = f"{stem}.dist-info"
    about = f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n"
    inside = {**files, f"{info}/METADATA": metadata, f"{info}/WHEEL": about}
    record = [f"{path},{_record_hash(text)}" for path, text in inside.items()]
    inside[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,"]) + "\n"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, text in inside.items():
            archive.writestr(zipfile.ZipInfo(path, DATE), text)
    return out.getvalue()


def _record_hash(text: str) -> str:
    raw = text.encode()
    digest = base64.urlsafe_b64encode(hashlib.sha256(raw).digest()).rstrip(b"=")
    return f"sha256={digest.decode()},{len(raw)}"
