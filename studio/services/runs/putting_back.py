"""Code that was edited in a reopened step, put back into its component."""

from __future__ import annotations

import difflib
import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from studio.domain.component import Component
from studio.domain.errors import RefusedError
from studio.domain.reopened import CodeChange, Reopened
from studio.engine.code import code_files
from studio.interchange.component_copy import copy_component
from studio.interchange.component_yaml import component_file
from studio.services.components.service import ComponentService
from studio.storage.content import ContentStore
from studio.storage.database import Database
from studio.storage.files import write_atomically
from studio.storage.workspace import Workspace

_BEFORE, _DONE = "before", "put_back.json"
_OURS = ("__pycache__", ".ipynb_checkpoints", ".vscode")


@dataclass(frozen=True)
class _Edit:
    """One file: where it goes, and its text after (None: it goes away)."""

    name: str
    target: Path
    after: bytes | None


class PuttingBack:
    """Into the component's own folder; a built-in one is hidden by a copy."""

    def __init__(
        self,
        workspace: Workspace,
        components: ComponentService,
        content: ContentStore,
        database: Database,
    ) -> None:
        self._workspace, self._components = workspace, components
        self._content, self._database = content, database

    def change(self, opened: Reopened) -> CodeChange:
        """What putting the code back would do; nothing is written."""
        component = self._component(opened)
        edits = self._edits(opened, component)
        folder, is_new = self._folder(component)
        diff = "\n".join(line for edit in edits for line in _diff(edit))
        names = tuple(edit.name for edit in edits)
        return CodeChange(component.name, folder, names, diff, is_new)

    def put_back(self, opened: Reopened) -> CodeChange:
        """Write the edited files; what was there is kept beside the reopened code.

        RefusedError if nothing was edited.
        """
        change = self.change(opened)
        if not change.files:
            raise RefusedError(
                f"The code of '{opened.step}' is what its component has already",
                hint=f"Edit it first, in {opened.code}",
            )
        component = self._component(opened)
        if change.is_new:
            component = copy_component(component, code_files(component), change.folder)
        edits = self._edits(opened, component)
        record = [_kept(opened, edit) for edit in edits]
        for edit in edits:
            if edit.after is None:
                edit.target.unlink(missing_ok=True)
            else:
                edit.target.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(edit.target, edit.after)
        made = str(change.folder) if change.is_new else ""
        text = json.dumps({"made": made, "files": record}, indent=2)
        write_atomically(opened.folder / _DONE, text.encode())
        self._tell(component.name, f"put back from run {opened.run_id}")
        return change

    def undo(self, opened: Reopened) -> str:
        """Restore what `put_back` replaced; the component's name.

        RefusedError if nothing was put back, or if a file has been edited since.
        """
        try:
            done = json.loads((opened.folder / _DONE).read_text())
        except (OSError, ValueError):
            raise RefusedError(
                f"Nothing was put back from {opened.folder}", "There is nothing to undo"
            ) from None
        for entry in done["files"]:
            if _sha(Path(entry["target"])) != entry["after"]:
                raise RefusedError(
                    f"{entry['target']} has been edited since",
                    hint=f"What it was stands in {opened.folder / _BEFORE}",
                )
        for entry in done["files"]:
            target, kept = (
                Path(entry["target"]),
                opened.folder / _BEFORE / entry["name"],
            )
            if kept.is_file():
                write_atomically(target, kept.read_bytes())
            else:
                target.unlink(missing_ok=True)
        if done["made"]:
            shutil.rmtree(done["made"], ignore_errors=True)
        (opened.folder / _DONE).unlink()
        self._tell(opened.component, "restored")
        return opened.component

    # -- inside ---------------------------------------------------------------------

    def _component(self, opened: Reopened) -> Component:
        component = self._components.get(f"azureml:{opened.component}@latest")
        if component.code is None or not opened.digest:
            raise RefusedError(
                f"Component '{component.name}' has no code of its own to put back into",
                hint="Where the code is a parameter, edit it in the inspector",
            )
        return component

    def _folder(self, component: Component) -> tuple[Path, bool]:
        """Where its files go, and whether that component is still to be made."""
        own = self._workspace.components
        assert component.source is not None
        folder = component_file(component.source).parent
        if not component.built_in:
            return folder, False
        return own / component.name, True

    def _edits(self, opened: Reopened, component: Component) -> list[_Edit]:
        """What a person changed since the step was opened; what it wrote is left."""
        there = code_files(component)
        edited = _files(opened.code)
        then = _files(self._content.path(opened.digest))
        assert component.code is not None
        root = component.code if component.code.is_dir() else component.code.parent
        found: list[_Edit] = []
        for name in sorted({*edited, *then}):
            target = there.get(name, root / name)
            after = edited[name].read_bytes() if name in edited else None
            if name in then and after == then[name].read_bytes():
                continue
            made_by_run = after is not None and name not in then and name not in there
            if made_by_run and not name.endswith((".py", ".yml", ".yaml", ".sql")):
                continue  # what the step wrote into its working folder
            if after != (target.read_bytes() if target.is_file() else None):
                found.append(_Edit(name, target, after))
        return found

    def _tell(self, name: str, how: str) -> None:
        with self._database.write() as tx:
            tx.record("ComponentEdited", name, how=how)


def _files(folder: Path) -> dict[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and not any(part in _OURS for part in path.parts)
    }


def _kept(opened: Reopened, edit: _Edit) -> dict[str, str]:
    if edit.target.is_file():
        kept = opened.folder / _BEFORE / edit.name
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(edit.target, kept)
    after = hashlib.sha256(edit.after).hexdigest() if edit.after is not None else ""
    return {"name": edit.name, "target": str(edit.target), "after": after}


def _sha(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


def _diff(edit: _Edit) -> list[str]:
    before = edit.target.read_bytes() if edit.target.is_file() else b""
    heads = (f"{edit.name} (component)", f"{edit.name} (edited)")
    lines = difflib.unified_diff(
        _lines(before), _lines(edit.after or b""), *heads, lineterm=""
    )
    return list(lines)


def _lines(content: bytes) -> list[str]:
    return content.decode(errors="replace").splitlines()
