"""Steps that wait for their environment, while others go on."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.domain.errors import StudioError
from studio.domain.run import StepError
from studio.engine.ports import Environments
from studio.engine.resolve import ResolvedStep


@dataclass
class _Work:
    """One environment being locked and built, in a thread of its own."""

    message: str
    error: StepError | None = None
    cancel: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None


class Preparations:
    """Used from the runner's thread; each environment is prepared once."""

    def __init__(self, environments: Environments) -> None:
        self._environments = environments
        self._works: dict[str, _Work] = {}
        self._steps: dict[str, ResolvedStep] = {}
        self._told: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self._steps)

    @property
    def steps(self) -> Mapping[str, ResolvedStep]:
        """Those that wait, by name."""
        return self._steps

    def wait(self, step: ResolvedStep) -> None:
        """Let a step wait until its environment is there."""
        reference = step.component.environment
        self._steps[step.name] = step
        if reference in self._works:
            return
        work = self._works[reference] = _Work(f"preparing environment {reference}")
        work.thread = threading.Thread(
            target=self._prepare, args=(reference, work), daemon=True
        )
        work.thread.start()

    def news(self) -> list[tuple[ResolvedStep, str]]:
        """Steps of whose environment there is something new to tell."""
        found = []
        for name, step in self._steps.items():
            message = self._works[step.component.environment].message
            if self._told.get(name) != message:
                self._told[name] = message
                found.append((step, message))
        return found

    def ended(self) -> list[tuple[ResolvedStep, StepError | None]]:
        """Steps that need wait no longer, with why theirs can't be had."""
        done = [s for s in self._steps.values() if not self._goes_on(s)]
        for step in done:
            del self._steps[step.name]
        return [(s, self._works[s.component.environment].error) for s in done]

    def cancel(self) -> list[ResolvedStep]:
        """Give all of it up; the steps that waited."""
        for work in self._works.values():
            work.cancel.set()
        for work in self._works.values():
            if work.thread is not None:
                work.thread.join()
        waited = list(self._steps.values())
        self._steps.clear()
        return waited

    def _goes_on(self, step: ResolvedStep) -> bool:
        thread = self._works[step.component.environment].thread
        return thread is not None and thread.is_alive()

    def _prepare(self, reference: str, work: _Work) -> None:
        def tell(message: str) -> None:
            work.message = message

        try:
            self._environments.prepare(reference, tell, work.cancel)
        except StudioError as error:
            work.error = StepError(error.message, error.hint)
        except Exception as error:
            told = f"The environment {reference} can't be prepared: {error}"
            work.error = StepError(told, "See the run's log")
            raise
