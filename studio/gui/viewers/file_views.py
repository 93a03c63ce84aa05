"""Files of an output: as a list, and the text of one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.gui.viewers.outputs import FileEntry
from studio.gui.widgets.code_view import CodeEdit, Language
from studio.gui.widgets.formats import format_bytes
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

_LANGUAGES: dict[str, Language] = {
    ".json": "json",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".py": "python",
    ".sql": "sql",
}


def files_table(files: Sequence[FileEntry] = ()) -> DataTable[FileEntry]:
    """Names and sizes."""
    columns: list[Column[FileEntry]] = [
        Column("File", lambda file: file.path, kind="mono", width=320),
        Column(
            "Size",
            lambda file: format_bytes(file.bytes),
            align="right",
            width=110,
            sort_key=lambda file: file.bytes,
        ),
        Column("", lambda _file: "", width=20),
    ]
    model = RowsModel(columns, key=lambda file: file.path)
    model.set_rows(files)
    table = DataTable(model)
    table.setAccessibleName("Files of the output")
    table.set_empty_text("This output has no files")
    return table


def text_view(path: Path, text: str) -> CodeEdit:
    """A text that can be read and copied, coloured by the file's ending."""
    view = CodeEdit(_LANGUAGES.get(path.suffix.lower(), "text"), read_only=True)
    view.setAccessibleName(f"Text of {path.name}")
    view.set_text(text)
    return view
