"""Follows what a running step reports: our lines, and MLflow's own files."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.domain.metrics import from_word
from studio.domain.run import MetricPoint
from studio.engine.step_folder import StepFolder
from studio.engine.step_json import parse_json

_LARGEST = 2**63  # whole numbers beyond it don't fit into the database


@dataclass
class Report:
    """What is new since the last look."""

    metrics: list[MetricPoint] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)
    progress: float | None = None
    message: str = ""


class ReportReader:
    """Reads a step's report files from where it stopped the last time."""

    def __init__(self, run_id: str, step: str, folder: StepFolder) -> None:
        self._run_id = run_id
        self._step = step
        self._folder = folder
        self._offsets: dict[Path, int] = {}
        self._read_parameters: set[Path] = set()

    def read(self) -> Report:
        report = Report()
        for line in self._new_lines(self._folder.reports):
            self._own_line(line, report)
        if self._folder.mlruns.is_dir():
            self._mlflow(report)
        return report

    def _own_line(self, line: str, report: Report) -> None:
        try:
            data = parse_json(line)
        except ValueError:
            data = _with_bare_nan(line)
        if not isinstance(data, dict):
            return
        if "key" in data:
            self._add(
                report,
                data["key"],
                data.get("value"),
                data.get("step"),
                data.get("time"),
            )
        elif "param" in data:
            report.parameters[str(data["param"])] = str(data.get("value"))
        elif isinstance(data.get("progress"), (int, float)):
            report.progress = min(1.0, max(0.0, float(data["progress"])))
            report.message = str(data.get("message") or "")

    def _mlflow(self, report: Report) -> None:
        """MLflow's file store: metrics/KEY holds "milliseconds value step" lines."""
        for run in self._runs():
            for file in _files(run / "metrics"):
                key = _name(file, run / "metrics")
                for line in self._new_lines(file):
                    fields = line.split(" ")
                    if len(fields) >= 2:
                        step = fields[2] if len(fields) > 2 else 0
                        self._add(report, key, fields[1], step, fields[0], 1000.0)
            for file in _files(run / "params"):
                if file not in self._read_parameters:
                    self._read_parameters.add(file)
                    name = _name(file, run / "params")
                    report.parameters[name] = file.read_text(errors="replace").strip()

    def _runs(self) -> Iterator[Path]:
        for experiment in self._folder.mlruns.iterdir():
            if experiment.name.startswith(".") or not experiment.is_dir():
                continue
            for run in experiment.iterdir():
                if (run / "meta.yaml").is_file():
                    yield run

    def _add(
        self,
        report: Report,
        key: Any,
        value: Any,
        step: Any,
        when: Any,
        unit: float = 1.0,
    ) -> None:
        try:
            number = from_word(value)
            at = float(when) / unit if when else time.time()
            point = MetricPoint(
                self._run_id, self._step, str(key), number, int(step or 0), at
            )
        except (TypeError, ValueError, OverflowError):
            return
        if math.isfinite(at) and abs(point.step) < _LARGEST:
            report.metrics.append(point)

    def _new_lines(self, file: Path) -> list[str]:
        """Whole lines written since the last call; a half-written one waits."""
        offset = self._offsets.get(file, 0)
        try:
            with file.open("rb") as stream:
                stream.seek(offset)
                data = stream.read()
        except FileNotFoundError:
            return []
        end = data.rfind(b"\n") + 1
        self._offsets[file] = offset + end
        return data[:end].decode(errors="replace").splitlines()


def _with_bare_nan(line: str) -> Any:
    """`json.dumps` writes NaN and Infinity as words that are no JSON."""
    if "NaN" not in line and "Infinity" not in line:
        return None
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _name(file: Path, folder: Path) -> str:
    name = file.relative_to(folder).as_posix()
    return name.encode("utf-8", "replace").decode()


def _files(folder: Path) -> list[Path]:
    return [f for f in folder.rglob("*") if f.is_file()] if folder.is_dir() else []
