"""conda packages brought into a folder; part of the program that works in a child."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from studio.domain.errors import UnavailableError
from studio.environments.conda_channels import HiddenText
from studio.environments.conda_solving import client, tell


async def link(request: Mapping[str, Any], hidden: HiddenText) -> dict[str, Any]:
    """Fill `folder` as if it were `prefix`, where it will be moved when it is whole."""
    import rattler

    records = [_record(package, hidden) for package in request["packages"]]
    cache = Path(request["cache"]) / "packages"
    cache.mkdir(parents=True, exist_ok=True)
    await _check_local_files(records, cache)
    if request.get("offline"):
        await _check_all_here(records, cache)
    await rattler.install(
        records,
        request["folder"],
        cache_dir=cache,
        installed_packages=[],
        platform=rattler.Subdir(request["platform"]),
        client=client(hidden.logins),
        reporter=_Telling(),
        alternative_target_prefix=request["prefix"],
    )
    return {"installed": len(records)}


async def _check_local_files(records: Sequence[Any], cache: Path) -> None:
    """The library checks what it fetches over a network, and trusts what lies here."""
    import rattler

    local = [each for each in records if each.url.startswith("file:")]
    if not local:
        return
    cached = await rattler.PackageCache(cache).index()
    for record in local:
        if not cached.contains_record(record):
            _check_local_file(record)


async def _check_all_here(records: Sequence[Any], cache: Path) -> None:
    """Nothing may be fetched: what is missing is told before anything is begun."""
    import rattler

    cached = await rattler.PackageCache(cache).index()
    for record in records:
        here = cached.contains_record(record) or cached.contains_url(record, record.url)
        if not here and not record.url.startswith("file:"):
            raise UnavailableError(
                f"{record.name.normalized} {record.version} isn't in the cache of this "
                "computer, and the network isn't to be used",
                hint="Switch 'offline' off once in the package settings",
            )


def _check_local_file(record: Any) -> None:
    file = Path(url2pathname(urlsplit(record.url).path))
    kind = "sha256" if record.sha256 else "md5"
    with file.open("rb") as opened:
        found = hashlib.file_digest(opened, kind).digest()
    if found != (record.sha256 or record.md5):
        raise ValueError(f"hash mismatch of {record.file_name}")


def _record(package: Mapping[str, Any], hidden: HiddenText) -> Any:
    import rattler

    url = hidden.fill(package["url"])
    place, _, file = url.rpartition("/")
    kind = package.get("noarch")
    record = rattler.PackageRecord(
        package["name"],
        package["version"],
        rattler.BuildString(package["build"]),
        package.get("build_number", 0),
        package["subdir"],
        noarch=rattler.NoArchType(kind) if kind else None,
        depends=list(package.get("depends", ())),
        sha256=_bytes(package.get("sha256")),
        md5=_bytes(package.get("md5")),
        size=package.get("size"),
        license=package.get("license"),
        python_site_packages_path=package.get("python_site_packages_path"),
    )
    return rattler.RepoDataRecord(record, file, url, place.rpartition("/")[0])


def _bytes(digest: str | None) -> bytes | None:
    return bytes.fromhex(digest) if digest else None


class _Telling:
    """Turns what the installer reports into progress."""

    def __init__(self) -> None:
        self._total = 0
        self._fetched = 0
        self._linked = 0
        self._names: dict[int, str] = {}

    def on_transaction_start(self, total_operations: int) -> None:
        self._total = total_operations

    def on_transaction_operation_start(self, operation: int) -> None:
        pass

    def on_populate_cache_start(self, operation: int, package_name: str) -> int:
        self._names[operation] = package_name
        return operation

    def on_validate_start(self, cache_entry: int) -> int:
        return cache_entry

    def on_validate_complete(self, validate_idx: int) -> None:
        pass

    def on_download_start(self, cache_entry: int) -> int:
        tell(
            "downloading", self._names.get(cache_entry, ""), self._fetched, self._total
        )
        return cache_entry

    def on_download_progress(
        self, download_idx: int, progress: int, total: int | None
    ) -> None:
        pass

    def on_download_completed(self, download_idx: int) -> None:
        pass

    def on_populate_cache_complete(self, cache_entry: int) -> None:
        self._fetched += 1
        tell(
            "downloading", self._names.get(cache_entry, ""), self._fetched, self._total
        )

    def on_unlink_start(self, operation: int, package_name: str) -> int:
        return operation

    def on_unlink_complete(self, index: int) -> None:
        pass

    def on_link_start(self, operation: int, package_name: str) -> int:
        tell("installing", package_name, self._linked, self._total)
        return operation

    def on_link_complete(self, index: int) -> None:
        self._linked += 1

    def on_transaction_operation_complete(self, operation: int) -> None:
        pass

    def on_transaction_complete(self) -> None:
        tell("installing", "", self._linked, self._total)

    def on_post_link_start(self, package_name: str, script_path: str) -> int:
        return 0

    def on_post_link_complete(self, index: int, success: bool) -> None:
        pass

    def on_pre_unlink_start(self, package_name: str, script_path: str) -> int:
        return 0

    def on_pre_unlink_complete(self, index: int, success: bool) -> None:
        pass
