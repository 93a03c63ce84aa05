"""Edits of an open pipeline that aren't in its file yet, kept for after a crash.

Each edit appends one line to `pipelines/NAME/.recovery-PROCESS`: what of the YAML's
and the layout's data differs from the line before. Each process has a file of its
own, which goes when it saves the pipeline: it is found only where one was killed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import IO, Any

from studio.domain.errors import StudioError
from studio.domain.node import Node
from studio.domain.pipeline import Pipeline
from studio.domain.run import RunnerProcess
from studio.domain.value_paths import same
from studio.interchange.located import Document
from studio.interchange.pipeline_layout import apply_layout, layout_of
from studio.interchange.pipeline_writer import as_mapping
from studio.interchange.pipeline_yaml import pipeline_from
from studio.services.pipelines.service import PipelineService
from studio.services.processes import is_alive, this_process

JOURNAL, FOUND = ".recovery", ".recovered"
_SPARE = ".new"
MOST_BYTES = 8 << 20
_JOBS, _STEPS = "jobs", "steps"
_numbers = count(1)
_open_here: set[Path] = set()
"""Journals of this process; one that isn't among them was left by a killed one."""


@dataclass(frozen=True)
class Unsaved:
    """A pipeline as it was last edited; `sha256` is of the file it was edited from."""

    pipeline: Pipeline
    sha256: str
    edits: int
    edited_at: datetime
    file: Path
    """Where it is kept until somebody has answered."""


class Journal:
    """Written by one thread. What can't be written is lost, never an error: the
    saver tells of a full disk by itself."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"{JOURNAL}-{_mark(this_process())}-{next(_numbers)}"
        self._file: IO[bytes] | None = None
        self._last: dict[str, Node] = {}

    @property
    def file(self) -> Path:
        return self._path

    def write(self, pipeline: Pipeline, sha256: str) -> int | None:
        """Keep a value, safe from a kill when this returns. The open file's number,
        to be synced against a power cut, or None if nothing was written."""
        try:
            if self._file is not None and not self._is_there(self._file):
                self.close()
            if self._file is not None and self._file.tell() > MOST_BYTES:
                self._start_anew(pipeline, sha256)
            else:
                self._append(self._open(), pipeline, sha256)
        except (OSError, ValueError):
            return None
        return self._file.fileno() if self._file is not None else None

    def remove(self) -> None:
        """The pipeline's file says it all."""
        self.close()
        try:
            self._path.unlink(missing_ok=True)
        except OSError:
            pass

    def close(self) -> None:
        self._last = {}
        _open_here.discard(self._path)
        if self._file is not None:
            self._file.close()
            self._file = None

    def _append(self, file: IO[bytes], pipeline: Pipeline, sha256: str) -> None:
        line = {"sha256": sha256, **_news(pipeline, self._last)}
        file.write(json.dumps(line, default=str).encode() + b"\n")
        file.flush()
        self._last = {node.name: node for node in pipeline.nodes}

    def _is_there(self, file: IO[bytes]) -> bool:
        """False once somebody has removed the file."""
        try:
            return os.path.samestat(os.fstat(file.fileno()), self._path.stat())
        except FileNotFoundError:
            return False

    def _open(self) -> IO[bytes]:
        if self._file is None:
            self._file = _begun(self._path)
            _open_here.add(self._path)
        return self._file

    def _start_anew(self, pipeline: Pipeline, sha256: str) -> None:
        """A new file in place of a long one: only when it is whole is the old gone."""
        self.close()
        spare = self._path.with_name(f"{_SPARE}{self._path.name}")
        self._file = _begun(spare)
        self._append(self._file, pipeline, sha256)
        spare.replace(self._path)
        _open_here.add(self._path)


def _begun(path: Path) -> IO[bytes]:
    file = path.open("wb")
    owner = {"process": asdict(this_process())}
    file.write(json.dumps(owner).encode() + b"\n")
    return file


def journals(folder: Path) -> list[Path]:
    """What processes, living or killed, keep of edits of a pipeline."""
    return sorted(folder.glob(f"{JOURNAL}*"))


def find_unsaved(pipelines: PipelineService, name: str) -> Unsaved | None:
    """What a killed process left behind of a pipeline; None if that is nothing.

    Of several it is the last one's. It stays on disk until `forget`: an offer that is
    overlooked comes again.
    """
    folder = pipelines.folder(name)
    try:
        for live in journals(folder):
            if not _is_being_written(live):
                _take_over(live)
        left = sorted(folder.glob(f"{FOUND}*"), key=_changed_at, reverse=True)
    except OSError:
        return None
    offers = (_unsaved(pipelines, name, found) for found in left)
    return next((offer for offer in offers if offer is not None), None)


def _take_over(live: Path) -> None:
    """A killed process's file becomes an offer; the time of its last edit stays."""
    try:
        live.replace(live.with_name(live.name.replace(JOURNAL, FOUND, 1)))
        live.with_name(f"{_SPARE}{live.name}").unlink(missing_ok=True)
    except FileNotFoundError:
        pass  # another window that looks at the same time was first


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _unsaved(pipelines: PipelineService, name: str, found: Path) -> Unsaved | None:
    """What one file offers; a file without anything to offer is removed."""
    try:
        unsaved = _read(found, pipelines.folder(name), name)
        if unsaved is not None:
            if not same(unsaved.pipeline, pipelines.get(name)):
                return unsaved
            pipelines.keep(name)  # killed between the file and its version
    except (StudioError, OSError):
        return None
    except (AttributeError, KeyError, TypeError, ValueError):
        pass  # not a journal, or a damaged one
    found.unlink(missing_ok=True)
    return None


def forget(unsaved: Unsaved) -> None:
    """What was found isn't wanted, or is in the document by now."""
    unsaved.file.unlink(missing_ok=True)


def _mark(process: RunnerProcess) -> str:
    """Two processes never have the same, whatever becomes of their pids."""
    return f"{process.pid}-{int(process.started * 100)}"


def _is_being_written(path: Path) -> bool:
    """Whether a process that still runs edits the pipeline."""
    for line in _lines(path):
        owner = line.get("process")
        if isinstance(owner, dict):
            try:
                process = RunnerProcess(**owner)
                if process.pid == os.getpid():
                    return path in _open_here
                return is_alive(process)
            except TypeError:
                return False
        break
    return False


def _read(path: Path, folder: Path, name: str) -> Unsaved | None:
    whole: dict[str, Any] = {}
    sha256, edits = "", 0
    for line in _lines(path):
        if "yaml" in line:
            _take(whole, line)
            sha256, edits = str(line.get("sha256", sha256)), edits + 1
    if not edits:
        return None
    document = Document(_joined(whole), str(path), {})
    pipeline = apply_layout(
        pipeline_from(document, folder, name),
        {**whole["layout"], _STEPS: whole[_STEPS]},
    )
    stamp = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    return Unsaved(pipeline, sha256, edits, stamp, path)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """Complete lines; one that was being written ends them."""
    for raw in path.read_bytes().split(b"\n")[:-1]:
        try:
            line = json.loads(raw)
        except (ValueError, RecursionError):
            return
        if isinstance(line, dict):
            yield line


def _news(pipeline: Pipeline, last: Mapping[str, Node]) -> dict[str, Any]:
    """What a reader who has read so far doesn't know: of steps only those changed.

    Edits leave the other steps as they are, so it is enough to ask which are new.
    """
    changed = tuple(n for n in pipeline.nodes if n is not last.get(n.name))
    part = replace(pipeline, nodes=changed)
    yaml, layout = as_mapping(part), layout_of(part)
    jobs, steps = yaml.pop(_JOBS, {}), layout.pop(_STEPS, {})
    order = [node.name for node in pipeline.nodes]
    return {"yaml": yaml, "layout": layout, _JOBS: jobs, _STEPS: steps, "order": order}


def _take(whole: dict[str, Any], line: Mapping[str, Any]) -> None:
    whole["yaml"], whole["layout"] = line["yaml"], line["layout"]
    order = line.get("order", list(line[_JOBS]))
    for part in (_JOBS, _STEPS):
        known = {**whole.get(part, {}), **line[part]}
        whole[part] = {name: known[name] for name in order if name in known}


def _joined(whole: Mapping[str, Any]) -> dict[str, Any]:
    return {**whole["yaml"], _JOBS: whole[_JOBS]}
