"""Do to a table what was fitted on another."""

from __future__ import annotations

from pathlib import Path

import step
import tables
import transforms


def main(fitted: Path, data: Path, table: Path) -> None:
    frame = tables.frame(data)
    transformer, columns = transforms.load(fitted, frame)
    changed = transforms.apply(transformer, frame, columns)
    transforms.report(changed, columns)
    tables.write_frame(changed, table)


if __name__ == "__main__":
    step.run(main)
