"""What is known of a Docker engine: read off the window's thread, told in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from studio.domain.container_engine import (
    DiskUse,
    EngineContext,
    EngineImage,
    EngineState,
)
from studio.domain.errors import StudioError
from studio.gui.widgets.facts import Fact
from studio.gui.widgets.formats import format_bytes

if TYPE_CHECKING:
    from studio.bootstrap import Studio

NO_GPU = "not for containers here"
NO_CONTAINER_TIP = (
    "What 'docker system prune' would free. The studio removes only images that were "
    "made here and that nothing uses."
)
GPU_TIP = (
    "Containers get a graphics card once NVIDIA's container toolkit is installed on "
    "the engine's computer and the engine was started again."
)


@dataclass(frozen=True)
class EngineFacts:
    """An engine as it was found, with its images, and the others that are known."""

    state: EngineState
    images: tuple[EngineImage, ...] = ()
    use: DiskUse | None = None
    contexts: tuple[EngineContext, ...] = ()


def read_engine(
    studio: Studio, name: str = "", before: EngineFacts | None = None
) -> EngineFacts:
    """Of the engine of a context ("" = the chosen one). It never fails.

    The room it takes costs the engine time: it is asked again where `before` it had
    other images.
    """
    known = _contexts(studio)
    try:
        name = name or studio.images.chosen
    except StudioError as error:  # the settings can't be read
        away = EngineState(EngineContext("", ""), False, error.message, error.hint)
        return EngineFacts(away, contexts=known)
    if name and name not in [each.name for each in known]:
        return _gone(name, known)
    state = studio.images.engine(name)
    if not state.found:
        return EngineFacts(state, contexts=known)
    context = state.context
    try:
        images = tuple(studio.images.list(context))
        if before is not None and before.use is not None and before.images == images:
            return EngineFacts(_steady(state, before), images, before.use, known)
        use = studio.images.disk_use(context)
    except StudioError as error:  # it has gone away in between
        gone = EngineState(context, False, error.message, error.hint)
        return EngineFacts(gone, contexts=known)
    return EngineFacts(state, images, use, known)


def about(facts: EngineFacts) -> str:
    """Version, platform and room, in a line."""
    state, use = facts.state, facts.use
    if not state.found:
        return state.context.host
    parts = [
        f"Docker {state.version}",
        state.platform,
        f"{format_bytes(use.total)} used" if use else "",
        f"{format_bytes(use.reclaimable)} used by no container" if use else "",
    ]
    return " · ".join(part for part in parts if part)


def engine_facts(facts: EngineFacts) -> list[Fact]:
    """All that is known of it, a line each."""
    state, use = facts.state, facts.use
    if not state.found:
        return []
    free = format_bytes(state.free_bytes) if state.free_bytes else ""
    found = [
        Fact("Version", state.version),
        Fact("Platform", state.platform),
        Fact("Context", state.context.name, tip=state.context.host),
        Fact("Address", state.context.host, mono=True),
        Fact("Rootless", "yes" if state.rootless else "no"),
        Fact("GPU", state.gpu or NO_GPU, tip="" if state.gpu else GPU_TIP),
        Fact("Processors", str(state.cpus) if state.cpus else ""),
        Fact("Memory", format_bytes(state.memory_bytes) if state.memory_bytes else ""),
        Fact("Storage", state.storage, tip=state.root),
        *(_rooms(use) if use else ()),
        Fact("Free on disk", free),
    ]
    return [fact for fact in found if fact.value]


def _rooms(use: DiskUse) -> list[Fact]:
    return [
        Fact("Images", format_bytes(use.images)),
        Fact("Containers", format_bytes(use.containers)),
        Fact("Volumes", format_bytes(use.volumes)),
        Fact("Build cache", format_bytes(use.build_cache)),
        Fact("Unused", format_bytes(use.reclaimable), tip=NO_CONTAINER_TIP),
    ]


def _gone(name: str, known: tuple[EngineContext, ...]) -> EngineFacts:
    """The one that a person has chosen; it stays among those to choose from."""
    context = EngineContext(name, "")
    state = EngineState(
        context,
        False,
        f"The engine '{name}' isn't there any more",
        "Start it again, or choose another one above",
    )
    return EngineFacts(state, contexts=(*known, context))


def _steady(state: EngineState, before: EngineFacts) -> EngineState:
    """What changes all the time isn't told anew each time."""
    return replace(state, free_bytes=before.state.free_bytes)


def _contexts(studio: Studio) -> tuple[EngineContext, ...]:
    try:
        return tuple(studio.images.contexts())
    except StudioError:  # Docker's settings choose one that isn't there
        return ()
