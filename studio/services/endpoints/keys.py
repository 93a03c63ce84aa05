"""Keys of endpoints: the owner's keyring holds them, everyone else their SHA-256."""

from __future__ import annotations

import hashlib
import secrets
import time

from studio.domain.errors import NotFoundError, UnavailableError
from studio.storage.endpoints import EndpointRepository
from studio.storage.secrets import SecretStore

KINDS = ("primary", "secondary")
_SESSION_SECONDS = 3600.0


class EndpointKeys:
    def __init__(self, repository: EndpointRepository, store: SecretStore) -> None:
        self._repository = repository
        self._store = store
        self._session: dict[str, tuple[str, float]] = {}

    def make(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """((primary, secondary), their hashes): two new keys of 256 bits."""
        keys = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        return keys, (sha256_of(keys[0]), sha256_of(keys[1]))

    def keep(self, endpoint: str, keys: tuple[str, str]) -> None:
        for kind, key in zip(KINDS, keys, strict=True):
            self._store.put(_entry(endpoint, kind), key)

    def get(self, endpoint: str) -> dict[str, str | None]:
        """{"primary": ..., "secondary": ...}; None where the keyring has none."""
        self._repository.key_hashes(endpoint)
        return {kind: self._store.get(_entry(endpoint, kind)) for kind in KINDS}

    def are_kept(self) -> bool:
        """Whether keys outlive this process (a system keyring is there)."""
        try:
            self._store.check()
        except UnavailableError:
            return False
        return True

    def regenerate(self, endpoint: str, kind: str) -> str:
        if kind not in KINDS:
            raise NotFoundError(
                f"There is no key '{kind}'", "Choose primary or secondary"
            )
        self._repository.key_hashes(endpoint)
        key = secrets.token_urlsafe(32)
        self._repository.set_key_hash(endpoint, kind, sha256_of(key))
        self._store.put(_entry(endpoint, kind), key)
        return key

    def forget(self, endpoint: str) -> None:
        self._session.pop(endpoint, None)
        for kind in KINDS:
            self._store.remove(_entry(endpoint, kind))

    def session_key(self, endpoint: str) -> tuple[str, bool]:
        """A key for this process only, and whether it has just been made."""
        known = self._session.get(endpoint)
        if known and known[1] > time.time() + 60:
            return known[0], False
        key = secrets.token_urlsafe(32)
        self._session[endpoint] = (key, time.time() + _SESSION_SECONDS)
        return key, True

    def hashes(
        self, endpoint: str, of_other_processes: list[dict[str, object]]
    ) -> list[dict[str, object]]:
        """What the server may know: {"sha256", "expires" (epoch seconds) | None}."""
        lasting: list[dict[str, object]] = [
            {"sha256": digest, "expires": None}
            for digest in self._repository.key_hashes(endpoint)
        ]
        passing = {str(entry["sha256"]): entry for entry in of_other_processes}
        if known := self._session.get(endpoint):
            digest = sha256_of(known[0])
            passing[digest] = {"sha256": digest, "expires": known[1]}
        now = time.time()
        return lasting + [e for e in passing.values() if _until(e) > now]


def sha256_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _entry(endpoint: str, kind: str) -> str:
    return f"endpoint/{endpoint}/{kind}"


def _until(entry: dict[str, object]) -> float:
    expires = entry.get("expires")
    return float(expires) if isinstance(expires, (int, float)) else 0.0
