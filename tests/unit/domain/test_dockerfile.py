"""Instructions of a Dockerfile and the lines they are on."""

from __future__ import annotations

import pytest

from studio.domain.dockerfile import bases, instructions, needs_buildkit

TEXT = """\
# syntax is as usual
ARG BASE=debian
FROM python:3.11-slim AS build

RUN apt-get update && \\
    # a comment within
    apt-get install --yes gcc
copy a.txt \\
  /a.txt
FROM build
FROM --platform=linux/amd64 debian:12
CMD ["true"]
"""


def test_that_continued_lines_are_one_instruction_of_their_first_line() -> None:
    found = [(each.line, each.keyword) for each in instructions(TEXT)]
    assert found == [
        (2, "ARG"),
        (3, "FROM"),
        (5, "RUN"),
        (8, "COPY"),
        (10, "FROM"),
        (11, "FROM"),
        (12, "CMD"),
    ]
    assert instructions(TEXT)[2].text == (
        "RUN apt-get update && apt-get install --yes gcc"
    )


def test_that_stages_arent_images_to_begin_with() -> None:
    assert [(each.line, each.text) for each in bases(TEXT)] == [
        (3, "python:3.11-slim"),
        (11, "debian:12"),
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("RUN --mount=type=secret,id=key cat /run/secrets/key", "RUN --mount"),
        ("COPY --chmod=755 a /a", "COPY --chmod"),
        ("RUN <<EOT\necho hello\nEOT", "RUN <<"),
        ("RUN echo --mount", None),
        ("COPY --from=build a /a", None),
    ],
)
def test_that_what_the_classic_builder_lacks_is_named(
    line: str, told: str | None
) -> None:
    found = needs_buildkit(f"FROM debian\n{line}\n")
    assert (found.text if found else None) == told
    assert found is None or found.line == 2


def test_that_a_document_within_is_part_of_its_instruction() -> None:
    text = "FROM debian\nRUN <<EOT\nFROM nowhere\nEOT\nCMD true\n"
    assert [each.line for each in instructions(text)] == [1, 2, 5]
