"""Images of environments and models on a Docker engine."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from studio.domain.container_engine import (
    DiskUse,
    EngineContext,
    EngineImage,
    EngineState,
    ImageLayer,
)
from studio.domain.environment import EnvironmentVersion
from studio.domain.errors import NotFoundError
from studio.environments import images
from studio.environments.base_images import ensure_image
from studio.environments.buildkit import asked_secrets
from studio.environments.image_build import BuildOptions, BuiltImage
from studio.environments.image_making import (
    ImageSource,
    dockerfile_image,
    environment_image,
    lineage,
    platform_of,
)
from studio.environments.image_recipe import CONDA_BASE, DEFAULT_BASE
from studio.environments.images import CleanUp
from studio.environments.tool import Report, silent
from studio.services.environments.lock_safety import warn_of
from studio.services.environments.service import EnvironmentService
from studio.storage.artifacts import ArtifactStore
from studio.targets import docker_contexts
from studio.targets.docker_engine import DockerEngine, connect, engine_state


class ImageService:
    def __init__(
        self, environments: EnvironmentService, artifacts: ArtifactStore
    ) -> None:
        self._environments = environments
        self._artifacts = artifacts

    @property
    def chosen(self) -> str:
        """The context that is set for this computer; "" where Docker chooses."""
        return self._environments.settings.get().docker_context

    def choose(self, name: str) -> None:
        """Images are made on this engine from now on, packages of models too."""
        own = docker_contexts.context_named().name
        kept = "" if name == own else name
        self._environments.settings.change(docker_context=kept)

    def engine(self, name: str = "") -> EngineState:
        """The engine of a context ("" = the chosen one): found or not, and why."""
        return engine_state(name or self.chosen)

    def disk_use(self, context: EngineContext | None = None) -> DiskUse:
        with self.connected(context) as engine:
            return engine.disk_use()

    def contexts(self) -> Sequence[EngineContext]:
        """Every engine that is known; one of them is `current`."""
        return docker_contexts.contexts()

    def dockerfile(self, version: EnvironmentVersion) -> str:
        """What stands in the Dockerfile of a version that is a folder with one."""
        folder = self._artifacts.folder(version.declaration.context)
        file = folder / version.declaration.dockerfile
        try:
            return file.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise NotFoundError(
                f"{version.reference} has no file {version.declaration.dockerfile}",
                hint="Make a version of a folder that has it",
            ) from error

    def build(
        self,
        reference: str,
        *,
        base: str = "",
        context: EngineContext | None = None,
        progress: Report = silent,
        cancel: threading.Event | None = None,
    ) -> BuiltImage:
        """The image of an environment's version; the one that is there is taken."""
        version = self._environments.get(reference)
        with self.connected(context) as engine:
            if version.declaration.kind == "image":
                return self._existing(engine, version, progress, cancel)
            if version.declaration.kind == "docker":
                return self._of_dockerfile(engine, version, progress, cancel)
            platform = platform_of(engine)
            version = self._environments.lock(
                reference, platform=platform, progress=progress, cancel=cancel
            )
            lock = version.lock_for(platform)
            assert lock is not None
            warn_of(lock, self._environments.settings, progress)
            usual = CONDA_BASE if version.declaration.kind == "conda" else DEFAULT_BASE
            base = base or version.declaration.image or usual
            cache = self._environments.conda_cache
            with self._environments.shelf.serving(lock, self._environments.indexes) as (
                there,
                indexes,
            ):
                return environment_image(
                    engine,
                    ImageSource(version.reference, there, base, conda_cache=cache),
                    indexes=indexes,
                    progress=progress,
                    cancel=cancel,
                )

    def list(self, context: EngineContext | None = None) -> Sequence[EngineImage]:
        """Images made here, newest first, with who uses them."""
        with self.connected(context) as engine:
            return images.our_images(engine)

    def layers(
        self, image: str, context: EngineContext | None = None
    ) -> Sequence[ImageLayer]:
        """What each line of its Dockerfile has cost."""
        with self.connected(context) as engine:
            return images.layers(engine, image)

    def remove(self, image: str, context: EngineContext | None = None) -> EngineImage:
        """Remove an image that was made here; refused while something uses it."""
        with self.connected(context) as engine:
            found = images.our_image(engine, image)
            images.remove_image(engine, found)
        return found

    def clean_up(
        self, *, trial: bool = False, context: EngineContext | None = None
    ) -> CleanUp:
        """Remove images made here that nothing uses; with `trial` only say which."""
        with self.connected(context) as engine:
            return images.clean_up(engine, trial=trial)

    def export(
        self,
        image: str,
        file: Path,
        *,
        context: EngineContext | None = None,
        progress: Report = silent,
        cancel: threading.Event | None = None,
    ) -> Path:
        """Write an image as one file, for a computer without a network."""
        with self.connected(context) as engine:
            images.export_image(engine, image, file, progress=progress, cancel=cancel)
        return file

    def import_from(
        self,
        file: Path,
        *,
        context: EngineContext | None = None,
        progress: Report = silent,
        cancel: threading.Event | None = None,
    ) -> Sequence[str]:
        """Load an image from such a file; its tags."""
        with self.connected(context) as engine:
            return tuple(
                images.import_image(engine, file, progress=progress, cancel=cancel)
            )

    @contextmanager
    def connected(self, context: EngineContext | None) -> Iterator[DockerEngine]:
        """The engine of a context; without one, the engine that is chosen."""
        with connect(context or self._chosen_context()) as engine:
            yield engine

    def _chosen_context(self) -> EngineContext:
        try:
            return docker_contexts.context_named(self.chosen)
        except NotFoundError as gone:
            way = "studio settings packages set --docker-context NAME"
            raise NotFoundError(
                gone.message, hint=f"{gone.hint}. To choose another: {way}"
            ) from gone

    def _existing(
        self,
        engine: DockerEngine,
        version: EnvironmentVersion,
        progress: Report,
        cancel: threading.Event | None,
    ) -> BuiltImage:
        image = version.declaration.image
        indexes = self._environments.indexes
        digest = ensure_image(
            engine,
            image,
            progress=progress,
            hide=indexes.hide,
            offline=indexes.offline,
            cancel=cancel,
        )
        return BuiltImage(digest, image, 0, 0.0, "")

    def _of_dockerfile(
        self,
        engine: DockerEngine,
        version: EnvironmentVersion,
        progress: Report,
        cancel: threading.Event | None,
    ) -> BuiltImage:
        declared = version.declaration
        tag = f"mlops-studio/{version.name.lower()}:{version.version}"
        indexes = self._environments.indexes
        options = BuildOptions(
            tag,
            network=not indexes.offline,
            labels=lineage(environment=version.reference),
        )
        folder = self._artifacts.folder(declared.context)
        text = (folder / declared.dockerfile).read_text(encoding="utf-8")
        return dockerfile_image(
            engine,
            folder,
            options,
            dockerfile=declared.dockerfile,
            secrets=asked_secrets(text, indexes),
            offline=indexes.offline,
            progress=progress,
            hide=indexes.hide,
            cancel=cancel,
        )
