"""Pipelines of the workspace as steps of others: looked up, and put in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from studio.domain.component import Component
from studio.domain.composition import as_component, expanded
from studio.domain.errors import InvalidError, NotFoundError, StudioError
from studio.domain.node import Node
from studio.domain.pipeline import Pipeline
from studio.interchange import located
from studio.interchange.pipeline_layout import apply_layout
from studio.interchange.pipeline_yaml import pipeline_from
from studio.services.components.service import ComponentService
from studio.services.pipelines.relocation import relocated
from studio.storage.pipelines import PipelineRepository

_REFERENCE = re.compile(
    r"^(?:azureml:)?(?P<name>[A-Za-z0-9][A-Za-z0-9_.-]*)(?:@latest|:(?P<version>\d+))?\Z"
)
NEWEST = "newest_version"
"""The tag that says which version there is beside the one a step names."""


Components = Mapping[str, Component | InvalidError]


@dataclass(frozen=True)
class LookedUp:
    """A pipeline whose components were looked up, once for all who ask.

    `found` has each step's component (a step can be a pipeline), or why it can't be
    had.
    """

    pipeline: Pipeline
    folder: Path
    found: Components
    components: ComponentService

    @cached_property
    def whole(self) -> Pipeline:
        """What is run in its place: no step of it is a pipeline."""
        return expanded(self.pipeline, _sound(self.found))

    @cached_property
    def inside(self) -> Components:
        """The components of the steps of `whole`."""
        if not any(node.is_pipeline for node in self.pipeline.nodes):
            return self.found
        return self.components.of_pipeline(self.whole, self.folder)


class Composition:
    """A step of `type: pipeline` names a pipeline: `azureml:NAME@latest` follows its
    working copy, `azureml:NAME:3` stays with a saved version."""

    def __init__(
        self, repository: PipelineRepository, components: ComponentService
    ) -> None:
        self._repository = repository
        self._components = components

    def components_of(
        self, pipeline: Pipeline, folder: Path
    ) -> dict[str, Component | InvalidError]:
        """Each step's component, or why it can't be had."""
        return self._look_up(pipeline, folder, (pipeline.name,))

    def look_up(self, pipeline: Pipeline, folder: Path) -> LookedUp:
        """The pipeline with what its steps are."""
        found = self.components_of(pipeline, folder)
        return LookedUp(pipeline, folder, found, self._components)

    def offered(self, to: str) -> tuple[Component, ...]:
        """The pipelines that can be steps of the pipeline `to`: not itself, and none
        that holds it."""
        found = (self._offer(name, to) for name in self._repository.names())
        return tuple(each for each in found if each is not None)

    # -- inside ---------------------------------------------------------------

    def _offer(self, name: str, to: str) -> Component | None:
        folder = self._repository.folder(to)
        try:
            return self._part(f"azureml:{name}@latest", folder, (to,))
        except StudioError:  # damaged, empty or one that holds `to`
            return None

    def _look_up(
        self, pipeline: Pipeline, folder: Path, above: tuple[str, ...]
    ) -> dict[str, Component | InvalidError]:
        ordinary = [n for n in pipeline.nodes if not n.is_pipeline]
        found = self._components.of_pipeline(
            replace(pipeline, nodes=tuple(ordinary)), folder
        )
        for node in pipeline.nodes:
            if node.is_pipeline:
                found[node.name] = self._part_or_why(node, folder, above)
        return found

    def _part_or_why(
        self, node: Node, folder: Path, above: tuple[str, ...]
    ) -> Component | InvalidError:
        try:
            return self._part(str(node.component), folder, above)
        except StudioError as error:
            return InvalidError(error.message, error.hint)

    def _part(self, reference: str, folder: Path, above: tuple[str, ...]) -> Component:
        match = _REFERENCE.match(reference)
        if match is None:
            raise InvalidError(
                f"'{reference}' doesn't name a pipeline of this workspace",
                hint="Write azureml:NAME@latest, or azureml:NAME:VERSION",
            )
        name = match["name"]
        if name in above:
            way = " → ".join((*above[above.index(name) :], name))
            raise InvalidError(
                f"A pipeline can't be a step of itself: {way}",
                hint="Remove one of these steps",
            )
        newest = self._repository.latest_number(name)
        version = int(match["version"]) if match["version"] else newest
        body = self._read(name, version if match["version"] else None)
        body = relocated(body, self._repository.folder(name), folder)
        return self._component(body, folder, above, version, newest)

    def _component(
        self,
        body: Pipeline,
        folder: Path,
        above: tuple[str, ...],
        version: int | None,
        newest: int | None,
    ) -> Component:
        inner = self._look_up(body, folder, (*above, body.name))
        for step, component in inner.items():
            if isinstance(component, InvalidError):
                raise InvalidError(
                    f"Pipeline '{body.name}', step '{step}': {component.message}",
                    component.hint,
                )
        sound = _sound(inner)
        made = as_component(body, sound, str(version or 1))
        tags = {**made.tags, NEWEST: str(newest or 1)}
        return replace(made, tags=tags)

    def _read(self, name: str, version: int | None) -> Pipeline:
        if version is None:
            text = self._repository.text(name)
            return self._parsed(name, text.yaml, text.layout)
        for saved in self._repository.versions(name):
            if saved.number == version:
                return self._parsed(name, saved.yaml, saved.layout)
        raise NotFoundError(
            f"Pipeline '{name}' has no version {version}",
            hint=f"Write azureml:{name}@latest, or another version",
        )

    def _parsed(self, name: str, yaml: str, layout: Mapping[str, object]) -> Pipeline:
        file = self._repository.file(name)
        document = located.parse(yaml, str(file))
        return apply_layout(pipeline_from(document, file.parent, name), layout)


def _sound(found: Mapping[str, Component | InvalidError]) -> dict[str, Component]:
    return {n: c for n, c in found.items() if isinstance(c, Component)}


def newer_versions(
    pipeline: Pipeline, found: Mapping[str, Component | InvalidError]
) -> Iterator[tuple[Node, str]]:
    """Steps that stay with a version of a pipeline of which there is a newer one."""
    for node in pipeline.nodes:
        component = found.get(node.name)
        if node.is_pipeline and isinstance(component, Component):
            newest = component.tags.get(NEWEST, component.version)
            if int(newest) > int(component.version):
                yield node, newest
