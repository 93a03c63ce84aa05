"""What an image or folder is made of, as a CycloneDX bill of materials."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from studio.domain.environment import Lock, LockedPackage

_NAMESPACE = uuid.UUID("6f1f7c6e-2f0a-5d3b-9b0e-6f0f2f7a3c11")


def software_bill(
    name: str, version: str, lock: Lock, *, licences: Mapping[str, str] | None = None
) -> str:
    """JSON of CycloneDX 1.6: every locked package, its hashes and what needs it.

    The same lock gives the same text. `licences` are SPDX expressions by package.
    """
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.output.json import JsonV1Dot6

    whole = Component(
        name=name, version=version, type=ComponentType.APPLICATION, bom_ref=name
    )
    bom = Bom(serial_number=uuid.uuid5(_NAMESPACE, f"{name} {version} {lock.digest}"))
    bom.metadata.component = whole
    bom.metadata.timestamp = lock.made_at or datetime.fromtimestamp(0, UTC)
    parts = {
        _plain(package.name): _component(package, licences or {})
        for package in lock.packages
    }
    for part in parts.values():
        bom.components.add(part)
    for package in lock.packages:
        part = parts[_plain(package.name)]
        needing = [parts.get(_plain(each)) for each in package.needed_by]
        for other in [each for each in needing if each is not None] or [whole]:
            bom.register_dependency(other, [part])
    return str(JsonV1Dot6(bom).output_as_string(indent=1))


def _component(package: LockedPackage, licences: Mapping[str, str]) -> Any:
    from cyclonedx.model import HashAlgorithm, HashType
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.model.license import LicenseExpression
    from packageurl import PackageURL

    if package.manager == "pip":
        url = PackageURL("pypi", None, _plain(package.name), package.version)
    else:
        where = _where(package)
        url = PackageURL("conda", None, package.name.lower(), package.version, where)
    hashes = [each.partition(":")[2] for each in package.hashes if "sha256:" in each]
    told = licences.get(package.name, "")
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        purl=url,
        bom_ref=str(url),
        # one file of several: only where there is one it is the one installed
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=hashes[0])]
        if len(hashes) == 1
        else (),
        licenses=[LicenseExpression(told)] if told else (),
    )


def _where(package: LockedPackage) -> dict[str, str]:
    """Which of conda's files it is, as package URLs name it."""
    place, _, file = urlsplit(package.url).path.rpartition("/")
    channel, _, platform = place.rpartition("/")
    kind = next((k for k in ("conda", "tar.bz2") if file.endswith(f".{k}")), "")
    told = {
        "build": package.build,
        "channel": channel.rpartition("/")[2],
        "subdir": platform,
        "type": kind,
    }
    return {name: value for name, value in told.items() if value}


def _plain(name: str) -> str:
    """As the index writes it: Ruamel_YAML is ruamel-yaml."""
    return re.sub(r"[-_.]+", "-", name).lower()
