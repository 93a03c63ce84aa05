"""What is in a package, as CycloneDX: each component with its version and hashes."""

from __future__ import annotations

from typing import Any

from studio.domain.environment import Lock, LockedPackage

SBOM_FILE = "sbom.cdx.json"


def sbom(name: str, version: str, digest: str, lock: Lock | None) -> str:
    """The bill of materials of a model and its environment, as JSON.

    `digest` is the SHA-256 of the model's content. Packages that are needed by others
    depend as the lock says.
    """
    from cyclonedx.model import HashAlgorithm, HashType
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.output.json import JsonV1Dot6

    model = Component(
        name=name,
        version=version,
        type=ComponentType.MACHINE_LEARNING_MODEL,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)] if digest else [],
    )
    bom = Bom()
    bom.metadata.component = model
    made = {p.name: _component(p) for p in (lock.packages if lock else ())}
    for component in made.values():
        bom.components.add(component)
    asked = [made[p.name] for p in (lock.packages if lock else ()) if not p.needed_by]
    bom.register_dependency(model, asked or list(made.values()))
    for package in lock.packages if lock else ():
        for parent in package.needed_by:
            if parent in made:
                bom.register_dependency(made[parent], [made[package.name]])
    return str(JsonV1Dot6(bom).output_as_string(indent=1))


def _component(package: LockedPackage) -> Any:
    from cyclonedx.model import HashAlgorithm, HashType
    from cyclonedx.model.component import Component
    from packageurl import PackageURL

    kind = "pypi" if package.manager == "pip" else "conda"
    hashes = [
        HashType(alg=HashAlgorithm.SHA_256, content=each.removeprefix("sha256:"))
        for each in package.hashes[:1]
        if each.startswith("sha256:")
    ]
    return Component(
        name=package.name,
        version=package.version,
        purl=PackageURL(kind, None, package.name, package.version),
        bom_ref=f"{kind}:{package.name}@{package.version}",
        hashes=hashes,
    )
