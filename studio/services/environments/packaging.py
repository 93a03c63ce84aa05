"""Models as packages that run anywhere: an image for `docker run`, or a folder."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from studio.domain.container_engine import EngineContext
from studio.domain.endpoint import DeploymentSpec
from studio.domain.environment import Declaration, EnvironmentVersion, Lock
from studio.domain.errors import InvalidError, NotFoundError
from studio.domain.model import ModelVersion
from studio.domain.packaging import Packaged, PackageWish
from studio.domain.requirement_lines import required_name
from studio.environments.image_making import (
    lineage,
    model_image,
    platform_of,
)
from studio.environments.image_packages import unpack_packages
from studio.environments.interpreters import host_platform
from studio.environments.model_folder import write_model_folder
from studio.environments.model_image import (
    ServedModel,
    model_recipe,
    server_requirements,
)
from studio.environments.pip_lock import lock_pip
from studio.environments.software_bill import software_bill
from studio.environments.tool import Progress, Report, silent
from studio.interchange.imported_environments import import_mlflow_model
from studio.services.endpoints.serving import served_kind
from studio.services.environments import starters
from studio.services.environments.images import ImageService
from studio.services.environments.service import EnvironmentService
from studio.services.models import ModelService
from studio.storage.artifacts import ArtifactStore

ONNX_STARTER, PICKLE_STARTER = "onnx-serving", "tabular"


@dataclass(frozen=True)
class _Parts:
    """All that a package is made of, looked up and checked."""

    model: ModelVersion
    environment: EnvironmentVersion
    served: ServedModel
    lock: Lock


class PackagingService:
    def __init__(
        self,
        models: ModelService,
        environments: EnvironmentService,
        images: ImageService,
        artifacts: ArtifactStore,
    ) -> None:
        self._models = models
        self._environments = environments
        self._images = images
        self._artifacts = artifacts

    def to_image(
        self,
        wish: PackageWish,
        image: str = "",
        *,
        base: str = "",
        context: EngineContext | None = None,
        progress: Report = silent,
        cancel: threading.Event | None = None,
    ) -> Packaged:
        """Build the image `image` (default: the model's name and version).

        The packages are fetched here; the build itself needs no network.
        """
        began = time.perf_counter()
        with self._images.connected(context) as engine:
            platform = platform_of(engine)
            with self._parts(wish, platform, progress, cancel) as parts:
                under = self._images.build(
                    parts.environment.reference,
                    base=base,
                    context=context,
                    progress=progress,
                    cancel=cancel,
                )
                model, environment = parts.model, parts.environment
                built = model_image(
                    engine,
                    parts.served,
                    under.tag,
                    image or f"{model.name.lower()}:{model.version}",
                    labels=lineage(
                        model=model.reference,
                        run=model.run_id,
                        content=model.digest,
                        environment=environment.reference,
                        lock=parts.lock.digest,
                    ),
                    progress=progress,
                    hide=self._environments.indexes.hide,
                    cancel=cancel,
                )
        return Packaged(
            model.reference,
            environment.reference,
            built.tag,
            built.size_bytes,
            time.perf_counter() - began,
            built.id,
            under.log + built.log,
        )

    def to_folder(
        self,
        wish: PackageWish,
        folder: Path,
        *,
        progress: Report = silent,
        cancel: threading.Event | None = None,
    ) -> Packaged:
        """Write the same as a folder for a computer like this one."""
        began = time.perf_counter()
        with (
            self._parts(wish, host_platform(), progress, cancel) as parts,
            tempfile.TemporaryDirectory(prefix="studio-package-") as staging,
        ):
            recipe = model_recipe(parts.served, "", Path(staging))
            made = write_model_folder(recipe, folder, parts.lock, parts.model.reference)
        size = sum(f.stat().st_size for f in made.rglob("*") if f.is_file())
        return Packaged(
            parts.model.reference,
            parts.environment.reference,
            str(made),
            size,
            time.perf_counter() - began,
        )

    # -- inside ----------------------------------------------------------------

    @contextmanager
    def _parts(
        self,
        wish: PackageWish,
        platform: str,
        progress: Report,
        cancel: threading.Event | None,
    ) -> Iterator[_Parts]:
        model = self._models.get(wish.model)
        progress(Progress("resolving", f"Looking up {model.reference}"))
        spec = DeploymentSpec(
            "package",
            "package",
            model.reference,
            code=str(wish.code or ""),
            scoring_script=wish.script,
        )
        folder = self._artifacts.folder(model.digest)
        kind, content = served_kind(spec, folder)
        environment = self._environment(wish, model, kind)
        environment = self._environments.lock(
            environment.reference, platform=platform, progress=progress, cancel=cancel
        )
        lock = environment.lock_for(platform)
        assert lock is not None
        with tempfile.TemporaryDirectory(prefix="studio-package-") as name:
            library = self._library(lock, kind, Path(name), progress, cancel)
            others = {
                each: self._models.path(reference)
                for each, reference in wish.others.items()
            }
            served = ServedModel(
                kind,
                model=content,
                code=wish.code,
                script=wish.script,
                library=library,
                assets={**wish.assets, **others},
                deployment=model.reference,
                bill=software_bill(model.name, str(model.version), lock),
            )
            yield _Parts(model, environment, served, lock)

    def _library(
        self,
        lock: Lock,
        kind: str,
        folder: Path,
        progress: Report,
        cancel: threading.Event | None,
    ) -> Path | None:
        """What the server needs beside the environment, which it leaves as it is."""
        needed = server_requirements(lock, kind)
        if not needed:
            return None
        indexes = self._environments.indexes
        extra = lock_pip(
            "\n".join(needed),
            python=lock.python,
            platform=lock.platform,
            indexes=indexes,
            progress=progress,
            cancel=cancel,
        )
        have = {package.name for package in lock.packages}
        missing = tuple(p for p in extra.packages if p.name not in have)
        if len(missing) < len(extra.packages):
            extra = _only(extra, {package.name for package in missing})
        unpack_packages(
            extra,
            folder / "lib",
            indexes=indexes,
            compiled=False,  # compiled code holds times, which would change the layer
            progress=progress,
            cancel=cancel,
        )
        return folder / "lib"

    def _environment(
        self, wish: PackageWish, model: ModelVersion, kind: str
    ) -> EnvironmentVersion:
        """The one that is named; else what the model itself says it needs."""
        if wish.environment:
            return self._named(wish.environment)
        if kind == "mlflow":
            found = import_mlflow_model(self._models.path(model.reference))
            return self._environments.create(
                f"{model.name}-needs",
                Declaration("pip", found.text, found.python),
                description=f"What {model.reference} says it needs",
            )
        if kind == "script":
            raise InvalidError(
                "A scoring script doesn't say which packages it needs",
                hint="Name an environment: --environment NAME:VERSION",
            )
        return self._named(ONNX_STARTER if kind == "onnx" else PICKLE_STARTER)

    def _named(self, reference: str) -> EnvironmentVersion:
        try:
            return self._environments.get(reference)
        except NotFoundError:
            if reference not in starters.names():
                raise
            return self._environments.create_starter(reference)


def _only(lock: Lock, names: set[str]) -> Lock:
    """The packages of some names; its text for the installer too."""
    kept: list[str] = []
    keeping = False
    for line in lock.text.splitlines():
        if line and not line.startswith((" ", "#")):
            keeping = required_name(line) in names
        if keeping:
            kept.append(line)
    packages = tuple(p for p in lock.packages if p.name in names)
    return replace(lock, packages=packages, text="\n".join(kept) + "\n")
