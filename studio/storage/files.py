"""Files written so that a crash leaves the old or the new one, never half of it."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from studio.domain.errors import UnavailableError

_NETWORK_TYPES = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph"}
_NETWORK_TYPES |= {"fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "lustre", "beegfs"}


def write_atomically(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Replace `path` by `data`, on disk when this returns.

    UnavailableError says what stood in the way (space, permissions).
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name}."
        )
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fchmod(file.fileno(), mode)
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise UnavailableError(
            f"{path} can't be written: {error.strerror}",
            hint="Check the free space and the permissions of its folder",
        ) from error


def sync_folder(folder: Path) -> None:
    """Make names within a folder survive a power cut (where the system can)."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_network_folder(folder: Path) -> bool:
    """Whether a folder stands on a network filesystem (Linux; else False)."""
    try:
        mounts = Path("/proc/self/mounts").read_text().splitlines()
    except OSError:
        return False
    resolved = str(folder.resolve())
    best, kind = "", ""
    for line in mounts:
        _, point, file_type, *_ = line.split(" ")
        point = point.encode().decode("unicode_escape")
        inside = resolved == point or resolved.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, file_type
    return kind in _NETWORK_TYPES
