"""What a run will do, step by step, and the exact reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from studio.domain.component import Scalar
from studio.domain.composition import JOINT
from studio.domain.errors import NotFoundError, RefusedError
from studio.domain.node import FromStep
from studio.domain.pipeline import Pipeline
from studio.domain.run import (
    Cause,
    PastStep,
    Plan,
    PlanAction,
    PlannedStep,
    RunOptions,
    Usual,
)
from studio.domain.run_part import NOT_PART
from studio.engine.code import code_files
from studio.engine.keys import UNCHANGED, causes_of, key_of, parts_of, reason_of
from studio.engine.ports import Content, Environments, History
from studio.engine.resolve import DataPath, ResolvedStep, with_values

FORCED = "you asked to run it again"
AS_IT_IS = "its last result is taken as it is"
NOT_DETERMINISTIC = "its component says that it isn't deterministic"


@dataclass(frozen=True)
class Decision:
    """Reuse `past`, or run (`past` is None) for `reason`."""

    key: str
    parts: Mapping[str, str]
    reason: str
    past: PastStep | None = None
    causes: tuple[Cause, ...] = ()


@dataclass
class Planner:
    """Decides, for one run, which steps can be reused."""

    pipeline: Pipeline
    steps: Sequence[ResolvedStep]
    options: RunOptions
    history: History
    content: Content
    environments: Environments
    _codes: dict[str, str] = field(default_factory=dict)
    _data: dict[str, str] = field(default_factory=dict)
    _reusable: dict[str, PastStep] = field(default_factory=dict)
    _damaged: dict[str, Cause] = field(default_factory=dict)

    def selected(self) -> frozenset[str]:
        """Names of the steps this run is about."""
        chosen = frozenset(step.name for step in self.steps)
        for name in self.options.pause_before:
            self._meant(name)
        if self.options.only_to:
            chosen &= self.pipeline.upstream(self._meant(self.options.only_to))
        if self.options.only_from:
            following = self.pipeline.downstream(self._meant(self.options.only_from))
            chosen &= self.pipeline.upstream(following)
        if self.options.only:
            chosen &= self._only | frozenset(self.held)
        return chosen

    @cached_property
    def _only(self) -> frozenset[str]:
        named = (self._meant(name) for name in self.options.only)
        return frozenset(step for steps in named for step in steps)

    def _meant(self, name: str) -> frozenset[str]:
        """The step of that name, or the steps inside the one that is a pipeline."""
        inside = f"{name}{JOINT}"
        everything = [step.name for step in self.steps]
        found = frozenset(n for n in everything if n == name or n.startswith(inside))
        if not found:
            raise NotFoundError(
                f"Pipeline '{self.pipeline.name}' has no step '{name}'",
                hint="Its steps are: " + ", ".join(sorted(everything)),
            )
        return found

    @cached_property
    def held(self) -> Mapping[str, Decision]:
        """Where only some steps may run: what those before them have made last.

        RefusedError if a step needs what was never made.
        """
        only = self._only
        wanted = self.pipeline.upstream(only) - only
        found: dict[str, Decision] = {}
        outputs: dict[str, Mapping[str, str]] = {}
        for step in self.steps:
            if step.name in wanted and (kept := self._kept(step, outputs)):
                found[step.name] = kept
                if kept.past and kept.reason == UNCHANGED:
                    outputs[step.name] = kept.past.outputs
        for step in self.steps:
            if step.name in only:
                self._check_made(step, only, found)
        return found

    def _check_made(
        self, step: ResolvedStep, only: Collection[str], found: Mapping[str, Decision]
    ) -> None:
        """Refuse a step whose inputs come from a step that has no output for them."""
        for name, source in step.inputs.items():
            if not isinstance(source, FromStep) or source.step in only:
                continue
            past = found[source.step].past if source.step in found else None
            if past is None or source.output not in past.outputs:
                node_id = self.pipeline.node(source.step).id
                last = self.history.last(self.pipeline.name, node_id)
                damaged = source.output in self._damaged_outputs(last)
                why = "whose kept" if damaged else "which has never made"
                told = f"{why} '{source.output}'{' is damaged' if damaged else ''}"
                raise RefusedError(
                    f"Step '{step.name}' can't run alone: its input '{name}' comes "
                    f"from '{source.step}', {told}",
                    hint=f"Select '{source.step}' too, or run up to '{step.name}'",
                )

    def decide(
        self, step: ResolvedStep, outputs: Mapping[str, Mapping[str, str]]
    ) -> Decision:
        """`outputs` holds the digests of the steps before: name -> output -> digest."""
        if kept := self.held.get(step.name):
            return kept
        parts = self.parts(step, outputs)
        key = key_of(parts)
        if forced := self._forced(step):
            return Decision(key, parts, forced, causes=(Cause("asked", forced),))
        if past := self._found(key):
            return Decision(key, parts, UNCHANGED, past)
        if damage := self._damaged.get(key):
            return Decision(key, parts, damage.text, causes=(damage,))
        last = self.history.last(self.pipeline.name, step.node.id)
        causes = causes_of(step, last, parts, self.content.code_difference)
        return Decision(key, parts, reason_of(causes), causes=causes)

    def edit(self, step: ResolvedStep, values: Mapping[str, Scalar]) -> ResolvedStep:
        """The step with other values of some parameters, from now on.

        InvalidError says which value it can't take.
        """
        changed = with_values(step, values)
        self.steps = [changed if s.name == step.name else s for s in self.steps]
        return changed

    def plan(self) -> Plan:
        """Looks only: nothing is run. A step behind one that runs is taken to run."""
        usual = self.history.usual(
            self.pipeline.name, [step.node.id for step in self.steps]
        )
        planned = tuple(self._foreseen(usual))
        return Plan(self.pipeline.name, planned)

    def runs_anything(self) -> bool:
        """Whether at least one step can't be reused; looks no further than that."""
        return any(step.action == "run" for step in self._foreseen({}))

    def _foreseen(self, usual: Mapping[str, Usual]) -> Iterator[PlannedStep]:
        outputs: dict[str, Mapping[str, str]] = {}
        running: set[str] = set()
        selected = self.selected()
        for step in self.steps:
            if step.name not in selected:
                yield _planned(step, "skip", NOT_PART)
                continue
            waiting = [n for n in self.pipeline.predecessors[step.name] if n in running]
            decision = self._look(step, outputs, waiting)
            if decision.past:
                outputs[step.name] = decision.past.outputs
                reused = _planned(step, "reuse", decision.reason, Usual(0.0))
                yield replace(reused, outputs=decision.past.outputs)
            else:
                running.add(step.name)
                expected = usual.get(step.node.id, Usual())
                yield _planned(step, "run", decision.reason, expected, decision.causes)

    def parts(
        self, step: ResolvedStep, outputs: Mapping[str, Mapping[str, str]]
    ) -> dict[str, str]:
        digests: dict[str, str] = {}
        for name, source in step.inputs.items():
            if isinstance(source, DataPath):
                digests[name] = self.data_digest(source)
            elif found := outputs.get(source.step, {}).get(source.output):
                digests[name] = found
        environment = self.environments.digest(step.component.environment)
        return parts_of(step, self.code_digest(step), environment, digests)

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
            past = self._recent.get(key) or self.history.by_key(key)
            if past is None or not all(map(self.content.whole, past.outputs.values())):
                if damaged := self._damaged_outputs(past):
                    self._damaged[key] = Cause("gone", _damage(damaged), damaged[0])
                return None
            self._reusable[key] = past
        return self._reusable[key]

    def _damaged_outputs(self, past: PastStep | None) -> list[str]:
        outputs = past.outputs if past is not None else {}
        return [n for n, digest in outputs.items() if self.content.damaged(digest)]

    @cached_property
    def _recent(self) -> Mapping[str, PastStep]:
        """Most steps are as they were last: asked for all of them at once."""
        nodes = [step.node.id for step in self.steps]
        return self.history.recent(self.pipeline.name, nodes)

    def _forced(self, step: ResolvedStep) -> str:
        resumed = bool(self.options.resumed_from)
        force = self.options.force or self.pipeline.settings.force_rerun
        if (force and not resumed) or self._begins(step):
            return FORCED
        if not step.component.is_deterministic and not resumed:
            return NOT_DETERMINISTIC
        return ""

    def _begins(self, step: ResolvedStep) -> bool:
        """Whether a person asked to run from this step on."""
        named = self.options.only_from
        return bool(named) and step.name in self._meant(named)

    def _look(
        self,
        step: ResolvedStep,
        outputs: Mapping[str, Mapping[str, str]],
        waiting: list[str],
    ) -> Decision:
        if not waiting or step.name in self.held:
            return self.decide(step, outputs)
        own = self._own_changes(step, outputs)
        behind = tuple(
            Cause("upstream", f"'{name}' runs before it", source=name)
            for name in waiting
        )
        return Decision("", {}, reason_of((*own, behind[0])), causes=(*own, *behind))

    def _own_changes(
        self, step: ResolvedStep, outputs: Mapping[str, Mapping[str, str]]
    ) -> tuple[Cause, ...]:
        """What changed in the step itself, inputs that aren't known yet left out."""
        last = self.history.last(self.pipeline.name, step.node.id)
        if last is None:
            return ()
        unknown = {
            f"input:{name}"
            for name, source in step.inputs.items()
            if isinstance(source, FromStep) and source.step not in outputs
        }
        parts = {k: v for k, v in self.parts(step, outputs).items() if k not in unknown}
        before = {k: v for k, v in last.parts.items() if k not in unknown}
        if before == parts:
            return ()
        past = replace(last, parts=before)
        return causes_of(step, past, parts, self.content.code_difference)

    def _kept(
        self, step: ResolvedStep, outputs: Mapping[str, Mapping[str, str]]
    ) -> Decision | None:
        """A step's result that fits, else its last one, as it is."""
        before = self.pipeline.predecessors[step.name]
        if all(name in outputs for name in before):
            parts = self.parts(step, outputs)
            if past := self._found(key_of(parts)):
                return Decision(past.key, past.parts, UNCHANGED, past)
        last = self.history.last(self.pipeline.name, step.node.id)
        if last is None or not all(map(self.content.whole, last.outputs.values())):
            return None
        own = reason_of(self._own_changes(step, outputs))
        told = f"taken as it is, not run anew ({own})" if own else AS_IT_IS
        return Decision(last.key, last.parts, told, last)


def _damage(outputs: Sequence[str]) -> str:
    named = ", ".join(f"'{name}'" for name in outputs)
    told = "output {} is" if len(outputs) == 1 else "outputs {} are"
    return f"its kept {told.format(named)} damaged"


def _planned(
    step: ResolvedStep,
    action: PlanAction,
    reason: str,
    usual: Usual = Usual(),  # noqa: B008
    causes: tuple[Cause, ...] = (),
) -> PlannedStep:
    return PlannedStep(
        step.name,
        step.node.id,
        action,
        reason,
        usual.seconds,
        usual.memory_bytes,
        causes,
        title=step.node.title,
    )
