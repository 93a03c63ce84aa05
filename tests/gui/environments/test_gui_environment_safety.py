"""What the tab of a lock says of vulnerabilities, without anybody asking an index."""

from __future__ import annotations

import json
from pathlib import Path

from pytestqt.qtbot import QtBot

from studio.gui.environments.page import EnvironmentsPage

SECONDS = 60_000


def test_that_a_lock_is_compared_with_the_database_that_is_set(
    page: EnvironmentsPage, qtbot: QtBot, tmp_path: Path
) -> None:
    tab = page.details.lock
    page.open_target(reference="letters:1", tab="lock")
    qtbot.waitUntil(lambda: not tab.database.isHidden(), timeout=SECONDS)
    assert "pip-audit" in tab.database.toolTip()
    assert "from http://127.0.0.1" in tab.note.text()
    record = {
        "id": "OSV-1",
        "summary": "It tells too much",
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "alpha"},
                "versions": ["1.0"],
                "ranges": [{"type": "ECOSYSTEM", "events": [{"fixed": "2.0"}]}],
            }
        ],
    }
    (tmp_path / "osv").mkdir()
    (tmp_path / "osv" / "OSV-1.json").write_text(json.dumps(record))
    settings = page.studio.package_settings
    settings.change(vulnerabilities=str(tmp_path / "osv"))
    page.details.show_version("letters:1")
    qtbot.waitUntil(lambda: "1 vulnerable package" in tab.note.text(), timeout=SECONDS)
    rows = {row.package.name: row for row in tab.table.rows_model.rows}
    assert rows["alpha"].look.word == "Vulnerable"
    assert "Mended in 2.0" in rows["alpha"].tip
    assert rows["gamma"].look.word == "Locked"
    assert tab.database.isHidden()
