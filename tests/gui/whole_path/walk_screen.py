"""A screen of its own with a window manager, as a person's computer has one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TOOLS = ("Xvfb", "openbox", "xdotool")
SIZE = (1560, 1000)
INSTALL = "sudo apt-get install --yes xvfb openbox xdotool"


THEME = """\
border.width: 1
padding.width: 8
padding.height: 5
window.handle.width: 0
window.client.padding.width: 0
window.*.border.color: #5b6472
window.*.title.bg: flat solid
window.*.title.bg.color: #5b6472
window.*.label.bg: parentrelative
window.*.label.text.color: #ffffff
window.*.button.*.bg: parentrelative
window.*.button.*.image.color: #ffffff
window.label.text.justify: left
"""
DECORATION = """\
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <theme>
    <name>Calm</name>
    <titleLayout>LC</titleLayout>
    <font place="ActiveWindow"><name>sans</name><size>9</size></font>
    <font place="InactiveWindow"><name>sans</name><size>9</size></font>
  </theme>
  <placement><policy>Smart</policy><center>yes</center></placement>
</openbox_config>
"""


@contextmanager
def screen(folder: Path, scale: int = 1) -> Iterator[dict[str, str]]:
    """The environment of a new user in front of a free X display.

    At a `scale` of 2 it has twice the pixels each way, and the window is told so.
    `folder` becomes the home; nothing of the caller's own settings is in it.
    """
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    assert not missing, f"{', '.join(missing)} missing. Install with: {INSTALL}"
    environment = _new_user(folder) | {"QT_SCALE_FACTOR": str(scale)}
    started = []
    try:
        server, number = _start_server(folder, scale)
        started.append(server)
        environment["DISPLAY"] = f":{number}"
        started.append(_start_window_manager(environment, folder))
        yield environment
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(10)


def _start_server(folder: Path, scale: int) -> tuple[subprocess.Popen[bytes], str]:
    """Xvfb picks a free display by itself and writes its number into the pipe."""
    readable, writable = os.pipe()
    size = f"{SIZE[0] * scale}x{SIZE[1] * scale}x24"
    command = ["Xvfb", "-displayfd", str(writable), "-screen", "0", size]
    with (folder / "screen.log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "-nolisten", "tcp", "-noreset"], pass_fds=[writable], stderr=log
        )
    os.close(writable)
    with os.fdopen(readable) as pipe:
        number = pipe.readline().strip()
    assert number, f"Xvfb gave up: {(folder / 'screen.log').read_text()}"
    return server, number


def _start_window_manager(
    environment: dict[str, str], folder: Path
) -> subprocess.Popen[bytes]:
    """Its frames around dialogs are in the pictures: plain ones, as today's are."""
    theme = Path(environment["XDG_DATA_HOME"]) / "themes" / "Calm" / "openbox-3"
    theme.mkdir(parents=True)
    (theme / "themerc").write_text(THEME)
    settings = folder / "openbox.xml"
    settings.write_text(DECORATION)
    return subprocess.Popen(
        ["openbox", "--config-file", str(settings)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _new_user(folder: Path) -> dict[str, str]:
    kept = ("PATH", "LANG", "LC_ALL", "STUDIO_SCREENSHOTS", "TMPDIR", "VIRTUAL_ENV")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    home = folder / "home"
    home.mkdir(exist_ok=True)
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        environment[f"XDG_{name}_HOME"] = str(home / name.lower())
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    return environment | {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "QT_QPA_PLATFORM": "xcb",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
