"""What lies beside a pipeline may be anything: the pipeline is read all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.bootstrap import create_workspace
from studio.domain.errors import StudioError
from studio.services.pipelines.recovery import find_unsaved
from studio.services.samples import get_sample

BAD = {
    "empty": b"",
    "binary": bytes(range(256)),
    "truncated": b'{"version": 1, "steps": {"a": ',
    "nested": b"[" * 90_000,
    "newer": b'{"version": 99, "steps": 5, "notes": {}}',
    "list": b"[]\n",
}


@pytest.mark.parametrize("kind", BAD)
def test_that_bad_layouts_journals_and_pipelines_crash_nothing(
    tmp_path: Path, kind: str
) -> None:
    studio = create_workspace(tmp_path / "w", get_sample("penguins"))
    folder = studio.pipelines.folder("penguins")
    (folder / "layout.json").write_bytes(BAD[kind])
    assert len(studio.pipelines.get("penguins").nodes) == 7
    assert len(studio.pipelines.read_file(folder / "pipeline.yml").nodes) == 7
    (folder / ".recovery-1-2").write_bytes(BAD[kind] + b"\n")
    assert find_unsaved(studio.pipelines, "penguins") is None
    (folder / "pipeline.yml").write_bytes(BAD[kind])
    with pytest.raises(StudioError):
        studio.pipelines.get("penguins")
    assert studio.pipelines.list()[0].message
    assert (folder / "pipeline.yml").read_bytes() == BAD[kind]
    studio.close()
