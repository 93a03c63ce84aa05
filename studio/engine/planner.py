"""What a run will do, step by step, and the exact reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from studio.domain.errors import NotFoundError
from studio.domain.node import FromStep
from studio.domain.pipeline import Pipeline
from studio.domain.run import PastStep, Plan, PlannedStep, RunOptions
from studio.engine.code import code_files
from studio.engine.keys import UNCHANGED, explain, key_of, parts_of
from studio.engine.ports import Content, History
from studio.engine.resolve import DataPath, ResolvedStep

FORCED = "you asked to run it again"
NOT_DETERMINISTIC = "its component says that it isn't deterministic"


@dataclass(frozen=True)
class Decision:
    """Reuse `past`, or run (`past` is None) for `reason`."""

    key: str
    parts: Mapping[str, str]
    reason: str
    past: PastStep | None = None


@dataclass
class Planner:
    """Decides, for one run, which steps can be reused."""

    pipeline: Pipeline
    steps: Sequence[ResolvedStep]
    options: RunOptions
    history: History
    content: Content
    environment: str
    _codes: dict[str, str] = field(default_factory=dict)
    _data: dict[str, str] = field(default_factory=dict)
    _reusable: dict[str, PastStep] = field(default_factory=dict)

    def selected(self) -> frozenset[str]:
        """Names of the steps this run is about."""
        everything = frozenset(step.name for step in self.steps)
        for name in (self.options.only_to, self.options.only_from):
            if name and name not in everything:
                raise NotFoundError(
                    f"Pipeline '{self.pipeline.name}' has no step '{name}'",
                    hint="Its steps are: " + ", ".join(sorted(everything)),
                )
        chosen = everything
        if self.options.only_to:
            chosen &= self.pipeline.upstream([self.options.only_to])
        if self.options.only_from:
            following = self.pipeline.downstream([self.options.only_from])
            chosen &= self.pipeline.upstream(following)
        return chosen

    def decide(
        self, step: ResolvedStep, outputs: Mapping[str, Mapping[str, str]]
    ) -> Decision:
        """`outputs` holds the digests of the steps before: name -> output -> digest."""
        parts = self.parts(step, outputs)
        key = key_of(parts)
        if forced := self._forced(step):
            return Decision(key, parts, forced)
        if past := self._found(key):
            return Decision(key, parts, UNCHANGED, past)
        last = self.history.last(self.pipeline.name, step.node.id)
        reason = explain(step, last, parts, self.content.code_difference)
        return Decision(key, parts, reason)

    def plan(self) -> Plan:
        """Looks only: nothing is run. A step behind one that runs is taken to run."""
        seconds = self.history.typical_seconds(
            self.pipeline.name, [step.node.id for step in self.steps]
        )
        planned = tuple(self._foreseen(seconds))
        return Plan(self.pipeline.name, planned)

    def runs_anything(self) -> bool:
        """Whether at least one step can't be reused; looks no further than that."""
        return any(step.action == "run" for step in self._foreseen({}))

    def _foreseen(self, seconds: Mapping[str, float]) -> Iterator[PlannedStep]:
        outputs: dict[str, Mapping[str, str]] = {}
        running: set[str] = set()
        selected = self.selected()
        for step in self.steps:
            if step.name not in selected:
                yield _planned(step, "skip", "it isn't part of this run")
                continue
            waiting = [n for n in self.pipeline.predecessors[step.name] if n in running]
            decision = self._look(step, outputs, waiting)
            if decision.past:
                outputs[step.name] = decision.past.outputs
                yield _planned(step, "reuse", UNCHANGED, 0.0)
            else:
                running.add(step.name)
                expected = seconds.get(step.node.id)
                yield _planned(step, "run", decision.reason, expected)

    def parts(
        self, step: ResolvedStep, outputs: Mapping[str, Mapping[str, str]]
    ) -> dict[str, str]:
        digests: dict[str, str] = {}
        for name, source in step.inputs.items():
            if isinstance(source, DataPath):
                digests[name] = self.data_digest(source)
            elif found := outputs.get(source.step, {}).get(source.output):
                digests[name] = found
        return parts_of(step, self.code_digest(step), self.environment, digests)

    def code_digest(self, step: ResolvedStep) -> str:
        component = step.component
        identity = f"{component.source or component.name}|{component.code}"
        if identity not in self._codes:
            files = code_files(component)
            self._codes[identity] = self.content.add_code(files) if files else ""
        return self._codes[identity]

    def data_digest(self, source: DataPath) -> str:
        path = str(source.path)
        if path not in self._data:
            self._data[path] = self.content.digest_of(source.path)
        return self._data[path]

    def _found(self, key: str) -> PastStep | None:
        """A success with this key whose outputs are whole; looked up once."""
        if key not in self._reusable:
            past = self.history.by_key(key)
            if past is None or not all(map(self.content.whole, past.outputs.values())):
                return None
            self._reusable[key] = past
        return self._reusable[key]

    def _forced(self, step: ResolvedStep) -> str:
        resumed = bool(self.options.resumed_from)
        force = self.options.force or self.pipeline.settings.force_rerun
        if (force and not resumed) or step.name == self.options.only_from:
            return FORCED
        if not step.component.is_deterministic and not resumed:
            return NOT_DETERMINISTIC
        return ""

    def _look(
        self,
        step: ResolvedStep,
        outputs: Mapping[str, Mapping[str, str]],
        waiting: list[str],
    ) -> Decision:
        if not waiting:
            return self.decide(step, outputs)
        own = self._own_changes(step, outputs)
        behind = f"'{waiting[0]}' runs before it"
        reason = f"{own}; {behind}" if own else behind
        return Decision("", {}, reason)

    def _own_changes(
        self, step: ResolvedStep, outputs: Mapping[str, Mapping[str, str]]
    ) -> str:
        """What changed in the step itself, inputs that aren't known yet left out."""
        last = self.history.last(self.pipeline.name, step.node.id)
        if last is None:
            return ""
        unknown = {
            f"input:{name}"
            for name, source in step.inputs.items()
            if isinstance(source, FromStep) and source.step not in outputs
        }
        parts = {k: v for k, v in self.parts(step, outputs).items() if k not in unknown}
        before = {k: v for k, v in last.parts.items() if k not in unknown}
        if before == parts:
            return ""
        return explain(
            step, replace(last, parts=before), parts, self.content.code_difference
        )


def _planned(
    step: ResolvedStep, action: str, reason: str, seconds: float | None = None
) -> PlannedStep:
    return PlannedStep(step.name, step.node.id, action, reason, seconds)  # type: ignore[arg-type]
