"""A file of certificates that a network's own authority has given out."""

from __future__ import annotations

import ssl
from pathlib import Path

from studio.domain.errors import InvalidError, NotFoundError, RefusedError

_MOST_BYTES = 16 << 20


def check_certificates(file: Path) -> None:
    """StudioError where it isn't a PEM file of certificates, and only of those."""
    try:
        with file.open("rb") as opened:
            text = opened.read(_MOST_BYTES)
    except FileNotFoundError as error:
        raise NotFoundError(
            f"There is no file {file}", "Name the file with your network's certificates"
        ) from error
    except OSError as error:
        raise InvalidError(
            f"{file} can't be read: {error.strerror}",
            hint="Name a file with certificates, and check its permissions",
        ) from error
    if b"PRIVATE KEY-----" in text:
        raise RefusedError(
            f"{file} holds a private key, which must not be handed around",
            hint="Name a file that has only certificates",
        )
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(str(file))
    except (ssl.SSLError, OSError) as error:
        raise InvalidError(
            f"{file} isn't a file of certificates",
            hint="It must be text in PEM form, with -----BEGIN CERTIFICATE-----; a "
            "binary .cer or .der is changed by: openssl x509 -inform der -in FILE",
        ) from error
