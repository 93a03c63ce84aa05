"""Random pipelines and edits of them, for properties."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from hypothesis import strategies as st

from studio.domain.annotations import Frame, Note
from studio.domain.errors import StudioError
from studio.domain.framing import coloured, with_annotation, without
from studio.domain.node import Edge, FromInput, FromPath, Node, StepOutput, Value
from studio.domain.pipeline import Pipeline, PipelineInput

Edit: TypeAlias = tuple[str, int, int]
KINDS = "aaarcmvfpstndoeixqghj"
EDITS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 9), st.integers(0, 9)),
    max_size=30,
)
VALUES: tuple[str | int | float | bool, ...] = (0, 1, 1.0, True, "", "a\nb", "x", 0.05)


def edited(pipeline: Pipeline, edits: Sequence[Edit], mark: str = "") -> Pipeline:
    """With edits made; those that a pipeline refuses are left out.

    With a `mark`, only steps whose names begin with it are touched, and what is new
    is named with it.
    """
    for kind, first, second in edits:
        try:
            pipeline = _one(pipeline, kind, first, second, mark)
        except StudioError:
            continue
    return pipeline


def _one(pipeline: Pipeline, kind: str, first: int, second: int, mark: str) -> Pipeline:
    own = [node for node in pipeline.nodes if node.name.startswith(mark)]
    if kind == "a" or not own:
        name = pipeline.free_name(f"{mark}step{first}")
        place = (8.0 * first, 8.0 * second)
        inputs = {"n": Value(second)}
        return pipeline.add(
            Node(f"id-{name}", name, "azureml:split", inputs, position=place)
        )
    one, other = own[first % len(own)], own[second % len(own)]
    key = f"{mark}k{first}"
    declared = PipelineInput(key, "integer", second, description=str(first))
    changes: dict[str, Callable[[], Pipeline]] = {
        "r": lambda: pipeline.remove([one.name]),
        "n": lambda: pipeline.rename(one.name, f"{mark}step{second}"),
        "c": lambda: pipeline.connect(
            Edge(one.name, "out", other.name, f"in{first % 3}")
        ),
        "d": lambda: pipeline.bind(one.name, f"in{second % 3}", None),
        "m": lambda: pipeline.move({one.name: (8.0 * second, 0.0)}),
        "v": lambda: pipeline.bind(one.name, "n", Value(VALUES[second % len(VALUES)])),
        "f": lambda: pipeline.bind(one.name, "file", FromPath(f"./{second}.csv")),
        "p": lambda: replace(pipeline, inputs={**pipeline.inputs, key: declared}),
        "x": lambda: pipeline.bind(one.name, "x", FromInput(key)),
        "t": lambda: replace(pipeline, tags={**pipeline.tags, key: str(second)}),
        "s": lambda: pipeline.update(replace(one, display_name=f"Title {second}")),
        "o": lambda: pipeline.update(
            replace(one, outputs={"out": StepOutput(register=f"m{second}")})
        ),
        "e": lambda: pipeline.update(
            replace(one, extra={"resources": {key: [first, {"b": second}]}})
        ),
        "i": lambda: pipeline.update(replace(one, max_retries=second)),
        "q": lambda: replace(
            pipeline, nodes=(*pipeline.nodes[1:], *pipeline.nodes[:1])
        ),
        "g": lambda: with_annotation(
            pipeline,
            Frame(
                f"{mark}f{first}",
                f"F{second}",
                nodes=tuple(dict.fromkeys((one.id, other.id))),
            ),
        ),
        "h": lambda: without(pipeline, {f"{mark}f{first}", f"{mark}n{second}"}),
        "j": lambda: coloured(
            with_annotation(pipeline, Note(f"{mark}n{first}", f"Text {second}")),
            ("data", "train")[second % 2],
            [one],
            [],
        ),
    }
    return changes[kind]()
