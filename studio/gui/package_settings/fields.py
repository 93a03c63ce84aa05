"""What can be set of where packages come from, as fields, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.domain.package_settings import PackageSettings
from studio.gui.widgets.field import FieldSpec

USUAL = "As pip's and uv's own settings say"
SPECS = (
    FieldSpec(
        "index",
        "Package index",
        placeholder=USUAL,
        help="The address that packages come from, without user and password.",
    ),
    FieldSpec(
        "certificates",
        "Certificates",
        kind="file",
        file_filter="Certificates (*.pem *.crt *.cer);;All files (*)",
        placeholder="Those of this computer",
        help="A PEM file; needed where the network opens encrypted traffic.",
    ),
    FieldSpec("proxy", "Proxy", placeholder="http://proxy.example.com:3128"),
    FieldSpec(
        "vulnerabilities",
        "Vulnerability database",
        kind="file",
        file_filter="Databases (*.zip *.json);;All files (*)",
        placeholder="None",
        help="A folder or .zip of OSV records, or pip-audit's JSON. Locks are compared "
        "with it on this computer.",
    ),
    FieldSpec("offline", "Never use the network", kind="boolean", default=False),
    FieldSpec(
        "extra_indexes",
        "Extra indexes",
        kind="multiline",
        advanced=True,
        help="One a line. They are asked first; a package is taken from the first that "
        "has it.",
    ),
    FieldSpec(
        "conda_mirror",
        "Conda mirror",
        advanced=True,
        placeholder="The usual place",
        help="The address below which channels such as conda-forge are found.",
    ),
    FieldSpec(
        "conda_channels",
        "Conda channels",
        kind="multiline",
        advanced=True,
        help="One a line, for an environment.yml that names none.",
    ),
    FieldSpec(
        "certificates_in_images",
        "Put the certificates into images too",
        kind="boolean",
        default=False,
        advanced=True,
    ),
)
_LISTS = ("extra_indexes", "conda_channels")


def shown(settings: PackageSettings) -> Mapping[str, Any]:
    """What the fields show."""
    found = {spec.name: getattr(settings, spec.name) for spec in SPECS}
    return {
        name: "\n".join(value) if name in _LISTS else value
        for name, value in found.items()
    }


def meant(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the fields say; empty ones go back to what is usual."""
    return {name: _meant(name, value) for name, value in values.items()}


def _meant(name: str, value: Any) -> Any:
    if isinstance(value, bool):
        return value
    text = str(value or "").strip()
    if name in _LISTS:
        return tuple(line.strip() for line in text.splitlines() if line.strip())
    return text
