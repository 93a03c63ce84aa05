"""Environments as the JSON that the command line answers with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from studio.cli.documents import iso

if TYPE_CHECKING:
    from studio.domain.environment import EnvironmentVersion, Lock
    from studio.services.environments.difference import EnvironmentDifference

Document = dict[str, Any]


def environment_document(found: EnvironmentVersion) -> Document:
    declared = found.declaration
    return {
        "name": found.name,
        "version": str(found.version),
        "kind": declared.kind,
        "python": declared.python,
        "image": declared.image,
        "packages": declared.packages,
        "key": found.key,
        "locked_for": [lock.platform for lock in found.locks],
        "description": found.description,
        "tags": dict(found.tags),
        "archived": found.archived,
        "created_at": iso(found.created_at),
        "created_by": found.created_by,
    }


def lock_document(lock: Lock) -> Document:
    return {
        "platform": lock.platform,
        "python": lock.python,
        "solver": lock.solver,
        "sha256": lock.digest,
        "made_at": iso(lock.made_at),
        "sources": list(lock.sources),
        "packages": [
            {
                "name": package.name,
                "version": package.version,
                "manager": package.manager,
                "needed_by": list(package.needed_by),
            }
            for package in lock.packages
        ],
    }


def difference_document(found: EnvironmentDifference) -> Document:
    return {
        "before": found.before.reference,
        "after": found.after.reference,
        "declared": list(found.declared_lines()),
        "locked": found.is_locked,
        "packages": [
            {
                "name": each.name,
                "change": each.change,
                "before": each.before,
                "after": each.after,
            }
            for each in found.packages
            if each.change != "same"
        ],
    }
