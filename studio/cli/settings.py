"""`studio settings`"""

from __future__ import annotations

from studio.cli.noun import noun
from studio.cli.package_settings import app as packages

app = noun("Settings of this computer, for all workspaces.")
app.add_typer(packages, name="packages")
