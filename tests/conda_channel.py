"""A conda channel made on the spot: real archives, a real Python, no network.

`python` is this machine's interpreter: its binary is copied, its standard library
is linked to, so that the package is small and the prefix it is installed in is its own.
"""

from __future__ import annotations

import base64
import bz2
import functools
import hashlib
import io
import json
import sys
import sysconfig
import tarfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PLACEHOLDER = "/opt/" + "placeholder_" * 12
PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"
HOST = "linux-64"


@dataclass
class Channel:
    """A folder with `repodata.json` for each platform; packages are added to it."""

    root: Path
    records: dict[str, dict[str, dict[str, object]]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.root.as_uri()

    def add(
        self,
        name: str,
        version: str,
        depends: Sequence[str] = (),
        files: Mapping[str, bytes | Path] | None = None,
        *,
        platform: str = "noarch",
        build: str = "0",
        noarch: str = "",
        entry_points: Sequence[str] = (),
        more: Mapping[str, object] | None = None,
    ) -> Path:
        """Write one package; a `Path` among its files is a link to there."""
        index: dict[str, object] = {
            "name": name,
            "version": version,
            "build": build,
            "build_number": 0,
            "depends": list(depends),
            "subdir": platform,
            "timestamp": 1_700_000_000_000,
            **({"noarch": noarch} if noarch else {}),
        }
        data = _archive(index, files or {}, entry_points)
        file = self.root / platform / f"{name}-{version}-{build}.tar.bz2"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        sums = {
            "sha256": hashlib.sha256(data).hexdigest(),
            "md5": hashlib.md5(data).hexdigest(),
            "size": len(data),
        }
        self.records.setdefault(platform, {})[file.name] = {
            key: value
            for key, value in {**index, **sums, **(more or {})}.items()
            if value is not None
        }
        return file

    def add_module(
        self,
        name: str,
        version: str,
        depends: Sequence[str] = ("python",),
        code: str = "",
    ) -> Path:
        """A noarch Python package whose module knows its version (and has `code`)."""
        text = f"__version__ = {version!r}\n{code}".encode()
        info = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
        module = name.replace("-", "_")
        where = f"site-packages/{module}-{version}.dist-info"
        files = {
            f"site-packages/{module}/__init__.py": text,
            f"{where}/METADATA": info,
            f"{where}/INSTALLER": b"conda\n",
            f"{where}/RECORD": f"{module}/__init__.py,,\n".encode(),
        }
        return self.add(name, version, depends, files, noarch="python")

    def add_python(self, version: str = "", *, whole: bool = False) -> Path:
        """This machine's interpreter, as a package of this machine's platform; a
        `whole` one needs nothing of this machine."""
        version = version or ".".join(map(str, sys.version_info[:3]))
        files = _python_files()
        if whole:
            files = dict(_with_what_is_linked(files))
        return self.add("python", version, (), files, platform=HOST)

    def write(self) -> Channel:
        """Write the index; call it after the last package was added."""
        for platform in {"noarch", HOST, *self.records}:
            folder = self.root / platform
            folder.mkdir(parents=True, exist_ok=True)
            index = {
                "info": {"subdir": platform},
                "packages": self.records.get(platform, {}),
                "packages.conda": {},
                "repodata_version": 1,
            }
            (folder / "repodata.json").write_text(json.dumps(index))
        return self


@contextmanager
def served(folder: Path, password: str = "") -> Iterator[str]:
    """A channel over HTTP; with a password, for `me` with it or for it as a token."""

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            word = base64.b64encode(f"me:{password}".encode()).decode()
            known = self.headers.get("Authorization", "") == f"Basic {word}"
            if password and not known and f"/t/{password}/" not in self.path:
                self.send_error(403)
                return
            self.path = self.path.replace(f"/t/{password}/", "/")
            super().do_GET()

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            return

    handler = functools.partial(Handler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _python_files() -> dict[str, bytes | Path]:
    base = Path(sys.base_prefix)
    real = (base / "bin" / f"python{PYTHON}").resolve()
    files: dict[str, bytes | Path] = {
        f"bin/python{PYTHON}": real.read_bytes(),
        "bin/python3": Path(f"python{PYTHON}"),
        "bin/python": Path(f"python{PYTHON}"),
        f"lib/python{PYTHON}/site-packages/README.txt": b"Packages go here\n",
    }
    library = Path(sysconfig.get_path("stdlib"))
    for entry in library.iterdir():
        if entry.name not in ("site-packages", "dist-packages", "__pycache__"):
            files[f"lib/python{PYTHON}/{entry.name}"] = entry
    shared = base / "lib" / str(sysconfig.get_config_var("LDLIBRARY"))
    for file in shared.parent.glob(f"{shared.name}*") if shared.suffix == ".so" else []:
        files[f"lib/{file.name}"] = file
    return files


def _with_what_is_linked(
    files: Mapping[str, bytes | Path],
) -> Iterator[tuple[str, bytes | Path]]:
    """The files instead of links to them, less what no program imports."""
    for name, content in files.items():
        if isinstance(content, bytes):
            yield name, _with_own_library(content)
        elif not content.is_absolute():
            yield name, content
        elif content.is_file():
            yield name, content.read_bytes()
        elif content.name not in ("test", "idlelib", "ensurepip", "lib2to3", "tkinter"):
            for file in content.rglob("*"):
                if file.suffix in (".py", ".so"):
                    yield f"{name}/{file.relative_to(content)}", file.read_bytes()


def _with_own_library(binary: bytes) -> bytes:
    """It looks for its library beside itself, not in a folder of this machine."""
    there, here = f"{sys.base_prefix}/lib".encode(), b"$ORIGIN/../lib"
    if len(there) < len(here):
        return binary
    return binary.replace(there, here.ljust(len(there), b"\0"))


def _archive(
    index: Mapping[str, object],
    files: Mapping[str, bytes | Path],
    entry_points: Sequence[str],
) -> bytes:
    paths = [_path(name, content) for name, content in sorted(files.items())]
    info = {
        "info/index.json": json.dumps(index).encode(),
        "info/paths.json": json.dumps({"paths": paths, "paths_version": 1}).encode(),
        "info/about.json": b"{}",
        "info/files": "".join(f"{name}\n" for name in sorted(files)).encode(),
    }
    if index.get("noarch") == "python":
        about = {"type": "python", "entry_points": list(entry_points)}
        link = {"noarch": about, "package_metadata_version": 1}
        info["info/link.json"] = json.dumps(link).encode()
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in {**info, **files}.items():
            _put(archive, name, content)
    return bz2.compress(out.getvalue(), 1)


def _put(archive: tarfile.TarFile, name: str, content: bytes | Path) -> None:
    member = tarfile.TarInfo(name)
    if isinstance(content, Path):
        member.type, member.linkname = tarfile.SYMTYPE, str(content)
        archive.addfile(member)
        return
    member.size = len(content)
    member.mode = 0o755 if name.startswith("bin/") else 0o644
    archive.addfile(member, io.BytesIO(content))


def _path(name: str, content: bytes | Path) -> dict[str, object]:
    if isinstance(content, Path):
        return {"_path": name, "path_type": "softlink"}
    entry: dict[str, object] = {
        "_path": name,
        "path_type": "hardlink",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size_in_bytes": len(content),
    }
    if PLACEHOLDER.encode() in content:
        entry |= {"file_mode": "text", "prefix_placeholder": PLACEHOLDER}
    return entry
