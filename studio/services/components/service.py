"""Components: the built-in ones, those of plugins, and the workspace's own."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from studio.domain import ways
from studio.domain.component import Component
from studio.domain.errors import InvalidError, NotFoundError, RefusedError, StudioError
from studio.domain.pipeline import Pipeline
from studio.interchange.component_yaml import component_file, read_component
from studio.interchange.folder_copy import copy_folder
from studio.services.components.checks import (
    seems_to_define,
    steps_in,
    why_unusable,
)

_GROUP = "studio.components"
_WORKSPACE_REFERENCE = re.compile(
    r"^(?:azureml:)?(?!azureml:)(?P<name>[a-z][a-z0-9_]*)(?:@(?P<label>\w+)|:(?P<version>[^:@]+))?$"
)
_REGISTRY_REFERENCE = re.compile(
    r"^azureml://registries/[^/]+/components/(?P<name>[^/]+)(?:/.*)?$"
)


@dataclass(frozen=True)
class BrokenComponent:
    """A folder or plugin that can't be used, with the reason."""

    source: str
    message: str
    hint: str

    @property
    def title(self) -> str:
        """What it is called as long as nothing can be read of it."""
        return self.source.rpartition(os.sep)[2]

    @property
    def reason(self) -> str:
        """The message with its file named from the components folder on."""
        folder = self.source.rpartition(os.sep)[0]
        return self.message.replace(f"{folder}{os.sep}", "") if folder else self.message


@dataclass(frozen=True)
class Survey:
    """All that can be used, and all that can't, at one moment."""

    components: tuple[Component, ...]
    broken: tuple[BrokenComponent, ...]


class ComponentService:
    """Reads component folders; files that haven't changed are read once."""

    def __init__(self, own_folder: Path) -> None:
        self._own_folder = own_folder
        self._cache: dict[Path, tuple[int, Component]] = {}
        self._plugin_folders: list[Path] | None = None
        self._broken: tuple[BrokenComponent, ...] = ()
        self._broken_plugins: list[BrokenComponent] = []
        self._stamp: tuple[tuple[Path, int], ...] = ()
        self._read_functions: Sequence[tuple[Path, Component | StudioError]] = ()

    def list(self) -> tuple[Component, ...]:
        """All usable components, the workspace's own last, by category and title.

        A component of the workspace hides a built-in one of the same name.
        """
        return self.survey().components

    def survey(self) -> Survey:
        """As `list`, with what stands there and can't be used."""
        found: dict[str, Component] = {}
        broken: list[BrokenComponent] = []
        for source, built_in, read in self._read_all():
            if isinstance(read, StudioError):
                broken.append(BrokenComponent(str(source), read.message, read.hint))
                continue
            other = found.get(read.name)
            if not built_in and other is not None and not other.built_in:
                broken.append(_hidden(other, source))
            found[read.name] = read
        listed = tuple(sorted(found.values(), key=lambda c: (c.category, c.title)))
        self._broken = (*self._broken_plugins, *broken)
        return Survey(listed, self._broken)

    def broken(self) -> tuple[BrokenComponent, ...]:
        """What `list` could not read the last time."""
        return self._broken

    def get(self, reference: str, folder: Path | None = None) -> Component:
        """The component a pipeline refers to.

        `folder` is where a relative path is meant from. NotFoundError proposes
        near names; InvalidError says where its YAML is wrong.
        """
        if reference.endswith((".yml", ".yaml")) or reference.startswith((".", "/")):
            return self._read((folder or Path.cwd()) / reference, built_in=False)
        match = _WORKSPACE_REFERENCE.match(reference)
        match = match or _REGISTRY_REFERENCE.match(reference)
        if match is None:
            raise InvalidError(
                f"'{reference}' isn't a reference to a component",
                hint="Write azureml:NAME@latest, or the path of its YAML file",
            )
        component = self._named(match["name"])
        version = match.groupdict().get("version")
        if version and version != component.version:
            raise NotFoundError(
                f"Component '{component.name}' has version {component.version} here, "
                f"not {version}",
                hint=f"Write azureml:{component.name}@latest",
            )
        return component

    def of_pipeline(
        self, pipeline: Pipeline, folder: Path
    ) -> dict[str, Component | InvalidError]:
        """Each step's component, or why it can't be had."""
        known: dict[str, Component | InvalidError] = {}
        found: dict[str, Component | InvalidError] = {}
        for node in pipeline.nodes:
            reference = node.component
            if isinstance(reference, Component):
                found[node.name] = reference
                continue
            if reference not in known:
                known[reference] = self._get_or_why(reference, folder)
            found[node.name] = known[reference]
        return found

    def import_folder(self, source: Path) -> Component:
        """Copy a component folder into the workspace; refused if the name is taken."""
        component = read_component(source)
        folder = component_file(source).parent
        target = self._own_folder / component.name
        if target.exists():
            raise RefusedError(
                f"The workspace already has a component '{component.name}'",
                hint=f"Remove {target}, or rename the new one",
            )
        if (wrong := why_unusable(component)) is not None:
            raise wrong
        if component.code is None:  # its folder may hold anything
            target.mkdir(parents=True)
            shutil.copy2(component_file(source), target / "component.yml")
        else:
            copy_folder(folder, target)
        return self._read(component_file(target), built_in=False)

    # -- inside ---------------------------------------------------------------

    def _get_or_why(self, reference: str, folder: Path) -> Component | InvalidError:
        try:
            return self.get(reference, folder)
        except StudioError as error:
            return InvalidError(error.message, error.hint)

    def _marked(self) -> Sequence[tuple[Path, Component | StudioError]]:
        """Read again when a Python file was changed, added or removed."""
        files = sorted(f for f in self._own_folder.glob("*.py") if not f.is_dir())
        stamp = tuple((file, _mtime(file)) for file in files)
        if stamp != self._stamp:
            self._stamp, self._read_functions = stamp, tuple(steps_in(files))
        return self._read_functions

    def _named(self, name: str) -> Component:
        for _, one in reversed(self._marked()):
            if isinstance(one, Component) and one.name == name:
                return one
        for file, error in self._marked():
            if isinstance(error, StudioError) and seems_to_define(file, name):
                raise InvalidError(error.message, error.hint)
        for root, built_in in reversed(self._roots()):
            if (folder := root / name).is_dir():
                return self._read(folder, built_in)
        known = {component.name: component for component in self.list()}
        if name in known:  # the folder has another name than the component
            return known[name]
        import difflib

        close = difflib.get_close_matches(name, list(known), 1)
        raise NotFoundError(
            f"There is no component '{name}'",
            hint=f"Did you mean '{close[0]}'?" if close else ways.SEE_COMPONENTS(),
        )

    def _read_all(self) -> Iterator[tuple[Path, bool, Component | StudioError]]:
        """(where it stands, built in?, what it is): later ones hide earlier ones."""
        for folder, built_in in self._folders():
            try:
                yield folder, built_in, self._read(folder, built_in)
            except StudioError as error:
                yield folder, built_in, error
        for file, one in self._marked():
            yield file, False, one

    def _read(self, path: Path, built_in: bool) -> Component:
        """StudioError whatever is wrong: one folder never takes the others along."""
        try:
            return self._read_usable(path, built_in)
        except StudioError:
            raise
        except OSError as error:
            told = f"{error.filename or path} can't be read: {error.strerror}"
            raise InvalidError(told, "Check its permissions and links") from error
        except Exception as error:
            told = f"{path} can't be read: {error}"
            raise InvalidError(told, "Correct or remove its component.yml") from error

    def _read_usable(self, path: Path, built_in: bool) -> Component:
        if path.is_symlink() and not path.exists():
            told = f"{path} is a link that leads nowhere"
            raise InvalidError(told, "Correct or remove the link")
        file = component_file(path.resolve())
        stamp = _mtime(file)
        cached = self._cache.get(file)
        if cached is None or cached[0] != stamp:
            cached = (stamp, read_component(file, built_in=built_in))
            self._cache[file] = cached
        if not built_in and (wrong := why_unusable(cached[1])) is not None:
            raise wrong
        return cached[1]

    def _folders(self) -> Iterator[tuple[Path, bool]]:
        """(folder, built in?), the workspace's own last."""
        for root, built_in in self._roots():
            yield from ((folder, built_in) for folder in _component_folders(root))

    def _roots(self) -> Sequence[tuple[Path, bool]]:
        """Where component folders stand, the workspace's own last."""
        if self._plugin_folders is None:
            self._plugin_folders = list(self._load_plugins())
        return [
            *((root, True) for root in self._plugin_folders),
            (self._own_folder, False),
        ]

    def _load_plugins(self) -> Iterator[Path]:
        for plugin in plugins():
            folder = self._load(plugin)
            if folder is not None:
                yield folder

    def _load(self, plugin: EntryPoint) -> Path | None:
        """A plugin's folder. Whatever it raises is listed, never fatal."""
        try:
            return Path(plugin.load()())
        except Exception as error:
            message = f"The plugin '{plugin.name}' can't be loaded: {error}"
            hint = f"Update or remove {plugin.value.split(':')[0]}"
            broken = BrokenComponent(plugin.value, message, hint)
            self._broken_plugins.append(broken)
            return None


@cache
def plugins() -> tuple[EntryPoint, ...]:
    """Packages that bring components. Every installed one is read for that, which
    takes longer than all the rest of a look-up: so once in a process."""
    return tuple(entry_points(group=_GROUP))


def _hidden(one: Component, by: Path) -> BrokenComponent:
    """One of the workspace whose name another one has, too."""
    return BrokenComponent(
        str(one.source),
        f"Its name '{one.name}' is that of {by.name}, too, which is used instead",
        "Give one of them another name",
    )


def _mtime(file: Path) -> int:
    """-1 if it was removed meanwhile."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return -1


def _component_folders(root: Path) -> list[Path]:
    """Its folders, and links that lead nowhere: those are listed with their error."""
    try:
        with os.scandir(root) as entries:
            found = [each for each in entries if not each.name.startswith(("_", "."))]
    except OSError:
        return []
    return sorted(root / entry.name for entry in found if _is_folder(entry))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir() or (entry.is_symlink() and not Path(entry).exists())
    except OSError:
        return True  # it can't be entered: it is listed with that


def built_in_folder() -> Path:
    """Where the components that come with the program stand (an entry point)."""
    from studio.resources import resource_path

    return resource_path("components")
