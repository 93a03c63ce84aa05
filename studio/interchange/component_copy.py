"""A component's folder copied so that it stands on its own."""

from __future__ import annotations

import io
import shutil
from collections.abc import Mapping
from pathlib import Path

from studio.domain.component import Component
from studio.interchange.component_yaml import component_file, read_component
from studio.interchange.folder_copy import copy_folder


def copy_component(
    component: Component, code: Mapping[str, Path], target: Path
) -> Component:
    """Copy its folder; what its code includes from elsewhere comes to lie beside it.

    `code` are all its code files by the names they have for the step.
    """
    from ruamel.yaml import YAML

    assert component.source is not None
    source = component_file(component.source).parent
    copy_folder(source, target)
    file = component_file(target)
    root = target
    if component.code is not None:
        inside = component.code if component.code.is_dir() else component.code.parent
        root = target / inside.relative_to(source)
    for name, path in code.items():
        if not (root / name).exists():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, root / name)
    yaml = YAML()
    document = yaml.load(file.read_text())
    document.pop("additional_includes", None)
    text = io.StringIO()
    yaml.dump(document, text)
    file.write_text(text.getvalue())
    return read_component(target)
