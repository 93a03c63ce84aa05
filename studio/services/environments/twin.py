"""The environment twin: a model tried in the very environment it will be served in."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from studio.domain import ways
from studio.domain.container_engine import EngineContext
from studio.domain.endpoint import DeploymentSpec
from studio.domain.environment import (
    Declaration,
    EnvironmentVersion,
    Lock,
    LockedPackage,
)
from studio.domain.errors import RefusedError, StudioError
from studio.domain.requirement_lines import required_name, requirement_lines
from studio.domain.twin import (
    SERIOUS_PHASES,
    ModelNeeds,
    Rehearsal,
    TwinReport,
    TwinRow,
)
from studio.environments.image_making import platform_of
from studio.environments.interpreters import host_platform
from studio.environments.tool import Progress, Report, silent
from studio.interchange.model_needs import read_model_needs
from studio.services.endpoints.serving import (
    server_command,
    stored_code,
    with_stored_code,
)
from studio.services.environments.images import ImageService
from studio.services.environments.lock_safety import safety_of
from studio.services.environments.rehearsing import rehearse, rehearse_in_image
from studio.services.environments.service import EnvironmentService
from studio.services.environments.twin_rows import twin_rows
from studio.services.models import ModelService
from studio.storage.artifacts import ArtifactStore


@dataclass(frozen=True)
class ImageWish:
    """To try a model in the environment's image: built on `base`, on the engine of
    `context` ("" and None = the usual ones)."""

    base: str = ""
    context: EngineContext | None = None


@dataclass(frozen=True)
class _Work:
    progress: Report
    cancel: threading.Event | None


@dataclass(frozen=True)
class _Tried:
    """What came of it, in which lock; `image` "" for a folder of this computer."""

    version: EnvironmentVersion
    lock: Lock
    told: Rehearsal
    image: str = ""


class TwinService:
    def __init__(
        self,
        environments: EnvironmentService,
        models: ModelService,
        artifacts: ArtifactStore,
        images: ImageService,
    ) -> None:
        self._environments = environments
        self._models = models
        self._artifacts = artifacts
        self._images = images

    def check(
        self,
        environment: str,
        model: str,
        *,
        trust: bool = False,
        image: ImageWish | None = None,
        progress: Report = silent,
        cancel: threading.Event | None = None,
    ) -> TwinReport:
        """Build the environment, try the model in it, and compare; as an image with
        `image`, or where the environment is nothing else.

        RefusedError for a model that wasn't trained by this workspace, unless `trust`.
        """
        spec = DeploymentSpec("", "", model=model, environment=environment, trust=trust)
        return self.check_deployment(
            spec, image=image, progress=progress, cancel=cancel
        )

    def check_deployment(
        self,
        spec: DeploymentSpec,
        *,
        image: ImageWish | None = None,
        progress: Report = silent,
        cancel: threading.Event | None = None,
    ) -> TwinReport:
        """The same for all that would be deployed, a scoring script too."""
        model = self._models.get(spec.model) if spec.model else None
        if model is not None and not model.trained_here and not spec.trust:
            raise RefusedError(
                f"{model.reference} wasn't trained by a run of this workspace, and "
                "loading a model can run any code it contains",
                hint="If you trust where it comes from, check it with --trust",
            )
        digest = self._models.verify(model.reference).digest if model else ""
        version = self._environments.get(spec.environment)
        work = _Work(progress, cancel)
        if image is None and version.declaration.is_locked:
            tried = self._tried_here(spec, digest, version, work)
        else:
            tried = self._tried_in_image(
                spec, digest, version, image or ImageWish(), work
            )
        needs = read_model_needs(self._models.path(model.reference)) if model else None
        name = model.reference if model else Path(spec.scoring_script).name
        report = _report(tried, name, needs or ModelNeeds())
        unsafe = safety_of(tried.lock, self._environments.settings).words
        progress(Progress("result", report.words))
        return replace(report, notes=(*report.notes, *unsafe))

    def _tried_here(
        self,
        spec: DeploymentSpec,
        digest: str,
        version: EnvironmentVersion,
        work: _Work,
    ) -> _Tried:
        command = server_command(spec, digest, self._artifacts)
        built = self._environments.build(
            version.reference, progress=work.progress, cancel=work.cancel
        )
        version = self._environments.get(version.reference)
        work.progress(Progress("try", f"Trying the model in {version.reference}"))
        told = rehearse(built.local.python, command, work.cancel)
        lock = version.lock_for(host_platform())
        assert lock is not None
        return _Tried(version, lock, told)

    def _tried_in_image(
        self,
        spec: DeploymentSpec,
        digest: str,
        version: EnvironmentVersion,
        wish: ImageWish,
        work: _Work,
    ) -> _Tried:
        spec = with_stored_code(spec, self._artifacts)
        command = server_command(spec, digest, self._artifacts)
        folders = {"model": self._artifacts.folder(digest)} if digest else {}
        if command["script"]:
            folders["code"] = self._artifacts.path(stored_code(spec))
        built = self._images.build(
            version.reference,
            base=wish.base,
            context=wish.context,
            progress=work.progress,
            cancel=work.cancel,
        )
        name = built.tag or built.id
        work.progress(Progress("try", f"Trying the model in the image {name}"))
        with self._images.connected(wish.context) as engine:
            told = rehearse_in_image(engine, built.id, command, folders, work.cancel)
            platform = platform_of(engine)
        version = self._environments.get(version.reference)
        lock = version.lock_for(platform) or _lock_seen(told, platform)
        return _Tried(version, lock, told, name)

    def add_missing(self, report: TwinReport) -> Declaration:
        """What the environment would declare with all that is missing or differs.

        RefusedError where nothing is, or a conda file can't be extended.
        """
        declaration = self._environments.get(report.environment).declaration
        wanted = {row.name: _wanted(row) for row in report.rows if _is_to_add(row)}
        if not wanted:
            raise RefusedError(
                f"Nothing is missing in {report.environment}", "Use it as it is"
            )
        if declaration.kind != "pip":
            raise RefusedError(
                f"{report.environment} is a file of conda's",
                f"Write into it: {', '.join(sorted(wanted.values()))}",
            )
        return replace(declaration, packages=_with(declaration.packages, wanted))


def _is_to_add(row: TwinRow) -> bool:
    return row.verdict == "missing" or (row.verdict == "differs" and row.serious)


def _wanted(row: TwinRow) -> str:
    """Where the model doesn't say which version, the one that was seen to work."""
    seen = f"=={row.imported}" if row.imported else ""
    return row.name + (row.asked_by_model or seen)


def _with(text: str, wanted: Mapping[str, str]) -> str:
    """Lines of packages that are wanted otherwise are replaced, new ones follow."""

    lines, left = text.splitlines(), dict(wanted)
    for each in requirement_lines(text):
        name = "" if each.is_option else required_name(each.text)
        if name in left:
            lines[each.line - 1] = left.pop(name)
    return "".join(f"{line}\n" for line in [*lines, *sorted(left.values())])


def _lock_seen(told: Rehearsal, platform: str) -> Lock:
    """Of an image that others have made: what it holds is as fixed as a lock."""
    packages = tuple(LockedPackage(*each) for each in sorted(told.versions.items()))
    python = ".".join(told.python.split(".")[:2])
    return Lock(python, platform, packages, "", "")


def _report(tried: _Tried, model: str, needs: ModelNeeds) -> TwinReport:
    version, lock, told = tried.version, tried.lock, tried.told
    rows = twin_rows(version.declaration, lock, needs, told)
    return TwinReport(
        version.reference,
        model,
        rows,
        told,
        reasons=tuple(_reasons(rows, told)),
        notes=(*_notes_on_place(tried), *_notes(rows, lock, needs, told)),
        image=tried.image,
    )


def _notes_on_place(tried: _Tried) -> Iterable[str]:
    if tried.image and not tried.lock.text:
        yield "An image has no lock: what it holds is shown as locked"


def _reasons(rows: Sequence[TwinRow], told: Rehearsal) -> Iterable[str]:
    """Causes first: a wrong version explains what failed after it."""
    yield from (row.words for row in rows if row.serious)
    for failure in told.failures:
        where = SERIOUS_PHASES.get(failure.phase, "")
        yield f"It failed {where}: {failure.message}"


def _notes(
    rows: Sequence[TwinRow], lock: Lock, needs: ModelNeeds, told: Rehearsal
) -> Iterable[str]:
    yield from (row.words for row in rows if row.words and not row.serious)
    if needs.python and needs.python.split(".")[:2] != lock.python.split(".")[:2]:
        yield f"The model was saved with Python {needs.python}, this is {lock.python}"
    if not told.samples and not told.failures:
        yield "Nothing says what the model takes, so it was loaded and not asked"
    for each in told.samples:
        if each.outcome == "refused":
            yield f"The model refuses the sample '{each.name}': {each.message}"
    yield from _provider_notes(told)


def _provider_notes(told: Rehearsal) -> Iterable[str]:
    available = told.providers.get("available")
    ran = told.providers.get("ran")
    if not isinstance(available, list) or "CUDAExecutionProvider" not in available:
        return
    if not told.accelerators.get("driver_cuda"):
        yield "ONNX Runtime is built for CUDA, and this computer has no driver for it"
    elif isinstance(ran, dict) and "CUDAExecutionProvider" not in ran:
        yield "ONNX Runtime has CUDA here, but the model ran on the processor"


def refusal(report: TwinReport) -> StudioError:
    """Why a model isn't deployed in an environment, with the ways out."""
    return RefusedError(
        f"{report.model} doesn't run in {report.environment} as it was saved: "
        f"{report.words}",
        hint="Make a version of the environment that fits, "
        + ways.CHECK_IN_ENVIRONMENT(report.environment, report.model),
    )
