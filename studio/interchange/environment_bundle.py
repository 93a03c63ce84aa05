"""An environment in one file: what is declared, its lock, and every package.

A zip of stored files: `environment.json`, and packages/SHA256/NAME for each. What such
a file says of itself isn't believed: names, sizes, kinds and hashes are all checked.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from studio.domain.environment import PLATFORMS, Declaration, Lock, LockedPackage
from studio.domain.errors import InvalidError

FORMAT = 1
_ABOUT = "environment.json"
_MEMBER = re.compile(r"packages/([0-9a-f]{64})/([A-Za-z0-9_][\w.+!-]{0,250})")
_MOST_ABOUT_BYTES = 32 << 20
_MOST_FILES = 5000
_CHUNK = 1 << 20
_ENDINGS = (".whl", ".conda", ".tar.bz2")
_DATE = (1980, 1, 1, 0, 0, 0)  # the same environment gives the same file


@dataclass(frozen=True)
class BundledEnvironment:
    """`lock` names the Python and the platform that it is for."""

    name: str
    declaration: Declaration
    lock: Lock
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


def write_bundle(
    file: Path,
    bundled: BundledEnvironment,
    packages: Sequence[Path],
    check: Callable[[int], None],
) -> None:
    """`check` hears of the bytes written, and may raise to end it."""
    about = {
        "format": FORMAT,
        "name": bundled.name,
        "description": bundled.description,
        "tags": dict(bundled.tags),
        "python": bundled.lock.python,
        "platform": bundled.lock.platform,
        "declaration": asdict(bundled.declaration),
        "lock": _lock_document(bundled.lock),
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        text = json.dumps(about, indent=1, sort_keys=True)
        archive.writestr(zipfile.ZipInfo(_ABOUT, _DATE), text)
        for package in packages:
            with package.open("rb") as source:
                digest = hashlib.file_digest(source, "sha256").hexdigest()
                source.seek(0)
                info = zipfile.ZipInfo(f"packages/{digest}/{package.name}", _DATE)
                info.file_size = package.stat().st_size
                with archive.open(info, "w") as target:
                    while chunk := source.read(_CHUNK):
                        target.write(chunk)
                        check(len(chunk))


def is_bundle(file: Path) -> bool:
    """Whether a file is meant to be one; images are tars. What is cut off is neither,
    and is told as a zip that isn't whole."""
    try:
        return zipfile.is_zipfile(file) or not tarfile.is_tarfile(file)
    except OSError:
        return False


class Bundle:
    """A file that somebody has brought, open for reading. InvalidError says what is
    wrong with it, before any package of it is written."""

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            self._zip = zipfile.ZipFile(file)
        except (OSError, zipfile.BadZipFile) as error:
            raise self._wrong("it isn't whole, or no zip at all") from error
        try:
            self._members = dict(self._checked_members())
            self.environment = self._read_about()
            self._check_completeness()
        except BaseException:
            self._zip.close()
            raise

    def close(self) -> None:
        self._zip.close()

    @property
    def size_bytes(self) -> int:
        return sum(info.file_size for info in self._members.values())

    def extract(
        self, folder: Path, check: Callable[[int], None]
    ) -> Iterator[tuple[str, str, Path]]:
        """SHA-256, name and place of each package, once its content was checked."""
        for digest, info in self._members.items():
            name = info.filename.rpartition("/")[2]
            place = folder / f"{digest}.partial"
            found, left = hashlib.sha256(), info.file_size
            try:
                with self._zip.open(info) as source, place.open("wb") as target:
                    while chunk := source.read(min(_CHUNK, left + 1)):
                        left -= len(chunk)
                        if left < 0:
                            raise self._wrong(f"{name} is longer than it says")
                        found.update(chunk)
                        target.write(chunk)
                        check(len(chunk))
            except (zipfile.BadZipFile, EOFError) as error:
                raise self._wrong(f"{name} is damaged") from error
            if found.hexdigest() != digest:
                raise self._wrong(f"{name} has another content than its hash says")
            yield digest, name, place

    def _checked_members(self) -> Iterator[tuple[str, zipfile.ZipInfo]]:
        listed = self._zip.infolist()
        if len(listed) > _MOST_FILES:
            raise self._wrong(f"it has more than {_MOST_FILES} files")
        names = [info.filename for info in listed]
        if len(set(names)) < len(names):
            raise self._wrong("it has two files of one name")
        total = self._file.stat().st_size
        for info in listed:
            kind = stat.S_IFMT(info.external_attr >> 16)
            if kind not in (0, stat.S_IFREG) or info.is_dir():
                raise self._wrong(f"{info.filename!r} isn't an ordinary file")
            if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
                raise self._wrong(f"{info.filename!r} is compressed or encrypted")
            if info.file_size != info.compress_size or info.file_size > total:
                raise self._wrong(f"{info.filename!r} has a size that can't be")
            if info.filename == _ABOUT:
                continue
            found = _MEMBER.fullmatch(info.filename)
            if not found or not info.filename.endswith(_ENDINGS):
                raise self._wrong(f"{info.filename!r} doesn't belong there")
            yield found[1], info

    def _read_about(self) -> BundledEnvironment:
        try:
            info = self._zip.getinfo(_ABOUT)
            if info.file_size > _MOST_ABOUT_BYTES:
                raise self._wrong(f"{_ABOUT} is too large")
            about = json.loads(self._zip.read(info))
            if about["format"] != FORMAT:
                raise self._wrong("a newer version of MLOps Studio has written it")
            return BundledEnvironment(
                str(about["name"]),
                Declaration(**_texts(about["declaration"])),
                _lock(about["lock"]),
                str(about["description"]),
                _lines(about["tags"]),
            )
        except (
            KeyError,
            RecursionError,
            TypeError,
            ValueError,
            zipfile.BadZipFile,
        ) as error:
            raise self._wrong(f"{_ABOUT} can't be understood") from error

    def _check_completeness(self) -> None:
        """Every package of the lock has its file, and every file is of the lock."""
        named: set[str] = set()
        for package in self.environment.lock.packages:
            own = {each.removeprefix("sha256:") for each in package.hashes}
            if not own & {*self._members}:
                raise self._wrong(f"the file of {package.name} isn't in it")
            named |= own
        for digest, info in self._members.items():
            if digest not in named:
                raise self._wrong(f"{info.filename!r} isn't a package of its lock")

    def _wrong(self, why: str) -> InvalidError:
        return InvalidError(
            f"{self._file.name} can't be used: {why}",
            hint="Export the environment again, and copy the file whole",
        )


def _lock_document(lock: Lock) -> dict[str, Any]:
    packages = [asdict(package) for package in lock.packages]
    return {"solver": lock.solver, "text": lock.text, "packages": packages} | {
        "python": lock.python,
        "platform": lock.platform,
    }


def _lock(about: Mapping[str, Any]) -> Lock:
    packages = tuple(_package(each) for each in about["packages"])
    python, platform = str(about["python"]), str(about["platform"])
    if platform not in PLATFORMS or not re.fullmatch(r"\d+\.\d+", python):
        raise ValueError(platform)
    return Lock(python, platform, packages, str(about["solver"]), str(about["text"]))


def _package(about: Mapping[str, Any]) -> LockedPackage:
    lists = {key: tuple(map(str, about[key])) for key in ("needed_by", "hashes")}
    plain = {key: value for key, value in about.items() if key not in lists}
    if plain.get("manager") not in ("pip", "conda"):
        raise ValueError("manager")
    return LockedPackage(**_texts(plain), **lists)  # type: ignore[arg-type]


def _lines(values: Mapping[str, Any]) -> dict[str, Any]:
    """Texts that go into labels, lists and names of tags."""
    if not all(each.isprintable() for pair in _texts(values).items() for each in pair):
        raise ValueError("not one line")
    return dict(values)


def _texts(values: Mapping[str, Any]) -> dict[str, Any]:
    if not all(isinstance(value, str) for value in values.values()):
        raise ValueError("not a text")
    return dict(values)
