"""From a lock to an image, and from a model to one; what is there is taken."""

from __future__ import annotations

import hashlib
import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from studio.domain.container_engine import LABEL
from studio.domain.dockerfile import bases, needs_buildkit
from studio.domain.environment import Lock
from studio.domain.errors import InvalidError
from studio.environments.base_images import ensure_image
from studio.environments.buildkit import build_buildkit, find_buildkit, no_buildkit
from studio.environments.certificates import check_certificates
from studio.environments.conda_lock_text import is_conda, pip_part
from studio.environments.conda_prefix import prefix_for_image
from studio.environments.image_build import BuildOptions, BuiltImage, build_classic
from studio.environments.image_context import folder_context
from studio.environments.image_packages import unpack_packages
from studio.environments.image_recipe import (
    DEFAULT_BASE,
    HOME,
    EnvironmentRecipe,
    environment_context,
    model_context,
)
from studio.environments.model_image import ServedModel, model_recipe
from studio.environments.package_indexes import PackageIndexes
from studio.environments.tool import Progress, Report, silent
from studio.targets.docker_engine import DockerEngine
from studio.targets.docker_errors import told

REPOSITORY = "mlops-studio/environment"
_MACHINES = {"x86_64": "linux-64", "aarch64": "linux-aarch64", "arm64": "linux-aarch64"}
_RECIPE = 1  # raised when the same parts are to give another image


@dataclass(frozen=True)
class ImageSource:
    """What an environment's image is made of. `name` is shown, like tabular:3; what is
    downloaded for a conda lock is kept in `conda_cache`."""

    name: str
    lock: Lock
    base: str = DEFAULT_BASE
    system: tuple[str, ...] = ()
    conda_cache: Path | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


def platform_of(engine: DockerEngine) -> str:
    """The name of the platform to lock for, of images that run on this engine."""
    with told(engine.context):
        machine = str(engine.api.info().get("Architecture"))
    return _MACHINES.get(machine, "linux-64")


def environment_image(
    engine: DockerEngine,
    source: ImageSource,
    *,
    indexes: PackageIndexes,
    progress: Report = silent,
    cancel: threading.Event | None = None,
) -> BuiltImage:
    """The image of an environment; the one that is there if it has the same parts."""
    began = time.perf_counter()
    _fits(engine, source.lock)
    base = ensure_image(
        engine,
        source.base,
        progress=progress,
        hide=indexes.hide,
        offline=indexes.offline,
        cancel=cancel,
    )
    trusted = _trusted(indexes)
    key = _key(source, base, trusted)
    tag = f"{REPOSITORY}:{key[:20]}"
    if found := _found(engine, tag, key):
        seconds = time.perf_counter() - began
        progress(Progress("reused", f"The image {tag} is there already"))
        return BuiltImage(found["Id"], tag, int(found["Size"]), seconds, "")
    recipe = EnvironmentRecipe(
        base=source.base,
        python=source.lock.python,
        system=source.system,
        certificates=trusted,
        labels=_labels(source, base, key),
    )
    with _laid_out(source, recipe, indexes, progress, cancel) as recipe:
        built = build_classic(
            engine,
            environment_context(recipe),
            BuildOptions(tag, network=recipe.needs_network),
            progress=progress,
            hide=indexes.hide,
            cancel=cancel,
        )
    return replace(built, seconds=time.perf_counter() - began)


@contextmanager
def _laid_out(
    source: ImageSource,
    recipe: EnvironmentRecipe,
    indexes: PackageIndexes,
    progress: Report,
    cancel: threading.Event | None,
) -> Iterator[EnvironmentRecipe]:
    """The recipe with folders of all packages, which are there until it is built."""
    pip: Lock | None = source.lock
    with ExitStack() as until:
        if is_conda(source.lock):
            pip = pip_part(source.lock)
            cache = source.conda_cache or Path(
                until.enter_context(tempfile.TemporaryDirectory(prefix="studio-conda-"))
            )
            prefix = until.enter_context(
                prefix_for_image(source.lock, HOME, cache, indexes, progress, cancel)
            )
            recipe = replace(recipe, prefix=prefix)
        if pip is not None:
            temporary = tempfile.TemporaryDirectory(prefix="studio-image-")
            packages = Path(until.enter_context(temporary)) / "packages"
            packages.mkdir()
            unpack_packages(
                pip, packages, indexes=indexes, progress=progress, cancel=cancel
            )
            recipe = replace(recipe, packages=packages)
        yield recipe


def model_image(
    engine: DockerEngine,
    served: ServedModel,
    environment: str,
    tag: str,
    *,
    labels: Mapping[str, str] | None = None,
    progress: Report = silent,
    hide: Callable[[str], str] = str,
    cancel: threading.Event | None = None,
) -> BuiltImage:
    """The image `tag` of a served model on the image of its environment. After a
    change of the scoring code only its last layer is made."""
    with told(engine.context):
        on = str(engine.api.inspect_image(environment)["Id"])
    with tempfile.TemporaryDirectory(prefix="studio-image-") as name:
        recipe = model_recipe(
            served,
            environment,
            Path(name),
            labels={LABEL + "on": on, **(labels or {})},
        )
        return build_classic(
            engine,
            model_context(recipe),
            BuildOptions(tag),
            progress=progress,
            hide=hide,
            cancel=cancel,
        )


def dockerfile_image(
    engine: DockerEngine,
    folder: Path,
    options: BuildOptions,
    *,
    dockerfile: str = "Dockerfile",
    secrets: Mapping[str, str] | None = None,
    offline: bool = False,
    progress: Report = silent,
    hide: Callable[[str], str] = str,
    cancel: threading.Event | None = None,
) -> BuiltImage:
    """The image of somebody's own Dockerfile, with its folder as the context.

    BuildKit builds it where the Dockerfile needs it or `secrets` are given.
    """
    context = folder_context(folder, dockerfile)
    needed = needs_buildkit(context.dockerfile)
    if needed and not find_buildkit():
        raise no_buildkit(f"Line {needed.line} of {dockerfile} ({needed.text})")
    for base in bases(context.dockerfile):
        if "$" not in base.text:
            ensure_image(
                engine,
                base.text,
                progress=progress,
                hide=hide,
                offline=offline,
                cancel=cancel,
            )
    labels = {LABEL + "kind": "environment", **options.labels}
    options = replace(options, labels=labels)
    if needed or secrets:
        return build_buildkit(
            engine,
            context,
            options,
            secrets=secrets,
            progress=progress,
            hide=hide,
            cancel=cancel,
        )
    return build_classic(
        engine, context, options, progress=progress, hide=hide, cancel=cancel
    )


def lineage(**parts: str) -> Mapping[str, str]:
    """Labels that say where an image comes from: model="iris:3", run=..., code=..."""
    return {LABEL + name: value for name, value in parts.items() if value}


def _fits(engine: DockerEngine, lock: Lock) -> None:
    platform = platform_of(engine)
    if lock.platform != platform:
        raise InvalidError(
            f"This lock is for {lock.platform}; images on this engine are {platform}",
            hint=f"Lock the environment for {platform} as well",
        )


def _trusted(indexes: PackageIndexes) -> Path | None:
    """A network's own certificates, only where a person wants them in images."""
    if not indexes.certificates_in_images or not indexes.certificates:
        return None
    file = Path(indexes.certificates)
    check_certificates(file)
    return file


def _key(source: ImageSource, base: str, trusted: Path | None) -> str:
    parts: list[Any] = [_RECIPE, base, source.lock.digest, sorted(source.system)]
    parts.append(is_conda(source.lock))
    if trusted:
        parts.append(hashlib.sha256(trusted.read_bytes()).hexdigest())
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _labels(source: ImageSource, base: str, key: str) -> Mapping[str, str]:
    named = lineage(
        environment=source.name,
        key=key,
        lock=source.lock.digest,
        base=base,
    )
    return {**named, **source.labels}


def _found(engine: DockerEngine, tag: str, key: str) -> Mapping[str, Any] | None:
    from docker.errors import ImageNotFound

    with told(engine.context):
        try:
            image: Mapping[str, Any] = engine.api.inspect_image(tag)
        except ImageNotFound:
            return None
    labels = image["Config"].get("Labels") or {}
    return image if labels.get(LABEL + "key") == key else None
