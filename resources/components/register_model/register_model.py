"""Put a model into the registry."""

from __future__ import annotations

from pathlib import Path

import registering
import step


def main(
    model: Path,
    name: str,
    registered_model: Path,
    evaluation: Path | None = None,
    tags: str | None = None,
    description: str | None = None,
) -> None:
    registering.check_name(name)
    registering.tags(tags)
    values = registering.metrics(evaluation)
    size = registering.copy(model, registered_model)
    heard = registering.wish(model, name, values, tags, description)
    said = "is registered when this step has ended" if heard else "was only copied"
    print(f"Model '{name}' ({size / 1e6:.1f} MB) {said}")


if __name__ == "__main__":
    step.run(main)
