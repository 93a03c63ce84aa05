"""Secrets live in the system's keyring, or for this process only; nowhere else."""

from __future__ import annotations

from typing import Any

from studio.domain.errors import UnavailableError

_SERVICE = "mlops-studio"


class SecretStore:
    """Keyring entries of one workspace (`workspace_id` keeps them apart).

    Without a usable keyring `put` keeps the secret in memory and returns False,
    so that the caller can say so.
    """

    def __init__(self, workspace_id: str) -> None:
        self._workspace_id = workspace_id
        self._session: dict[str, str] = {}

    def put(self, name: str, secret: str) -> bool:
        """Keep a secret; whether the system's keyring has it."""
        self._session[name] = secret
        keyring = _keyring()
        if keyring is None:
            return False
        try:
            keyring.set_password(_SERVICE, self._user(name), secret)
        except _errors():
            return False
        return True

    def get(self, name: str) -> str | None:
        if name in self._session:
            return self._session[name]
        keyring = _keyring()
        if keyring is None:
            return None
        try:
            found: str | None = keyring.get_password(_SERVICE, self._user(name))
        except _errors():
            return None
        return found

    def remove(self, name: str) -> None:
        self._session.pop(name, None)
        keyring = _keyring()
        if keyring is None:
            return
        try:
            keyring.delete_password(_SERVICE, self._user(name))
        except _errors():
            return

    def check(self) -> None:
        """UnavailableError if there is no keyring on this system."""
        if _keyring() is None:
            raise UnavailableError(
                "No system keyring was found; keys are kept for this session only",
                hint="Start the desktop's keyring (GNOME Keyring, KWallet) and "
                "open the workspace again",
            )

    def _user(self, name: str) -> str:
        return f"{self._workspace_id}/{name}"


def _keyring() -> Any:
    """The keyring module if its backend is a real one of the system."""
    import keyring
    from keyring.backends import chainer, fail

    backend = keyring.get_keyring()
    if isinstance(backend, fail.Keyring):
        return None
    if isinstance(backend, chainer.ChainerBackend) and not backend.backends:
        return None
    if "keyrings.alt" in type(backend).__module__:  # plain text, or prompts on stdin
        return None
    return keyring


def _errors() -> tuple[type[BaseException], ...]:
    from keyring.errors import KeyringError

    return (KeyringError, RuntimeError, OSError)
