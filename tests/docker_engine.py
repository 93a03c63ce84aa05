"""A real Docker engine for tests: one for all workers of a session, ended with it.

It is a dockerd of our own, with its own socket, folders and bridge, so that no engine
of the machine is touched. It reaches no registry: the base image is made here by
packaging/base-image.sh, once for a machine.

Run as a program, this file is the guard that ends the engine when the tests have ended,
however they did: `python docker_engine.py FOLDER PID_OF_THE_TESTS BRIDGE`.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
BASE_IMAGE = "studio-test-base:1"
_WAIT_SECONDS = 60


class _Guard(subprocess.Popen[bytes]):
    """Outlives the tests, to clean up after them: nobody waits for it."""

    def __del__(self) -> None:
        return


_guards: list[_Guard] = []


@dataclass(frozen=True)
class TestEngine:
    """`socket` is its address; `base` an image with Python 3.11; `folder` its data."""

    __test__ = False

    folder: Path
    base: str = BASE_IMAGE

    @property
    def host(self) -> str:
        return f"unix://{self.folder}/docker.sock"

    @property
    def pid(self) -> int:
        return int((self.folder / "pid").read_text())

    def docker(self, *words: str) -> str:
        """What the command line of the engine's own release answers."""
        done = subprocess.run(
            [_program("docker"), "--host", self.host, *words],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


class NoEngine(Exception):
    """Why none can be started here."""


def shared_engine(folder: Path, tests: int) -> TestEngine:
    """The engine of this session; the first worker that asks starts it.

    `folder` is the session's, seen by all its workers; `tests` is the process whose
    end is the engine's.
    """
    import fcntl

    with (folder / "docker.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        note = folder / "docker.json"
        if not note.exists():
            try:
                told = {"folder": str(start(tests).folder)}
            except NoEngine as error:
                told = {"refused": str(error)}
            note.write_text(json.dumps(told), encoding="utf-8")
        told = json.loads(note.read_text(encoding="utf-8"))
    if "refused" in told:
        raise NoEngine(told["refused"])
    return TestEngine(Path(told["folder"]))


def start(tests: int, *, megabytes: int = 0, options: Sequence[str] = ()) -> TestEngine:
    """A new engine with the base image in it, which ends with the process `tests`.

    `megabytes`: what its disk holds, where it is to be a small one; `options` are
    dockerd's.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        raise NoEngine("a Docker engine for tests needs Linux and root")
    for name in ("dockerd", "debootstrap", "ip"):
        if shutil.which(name) is None:
            raise NoEngine(
                f"'{name}' is missing: run packaging/system-libraries.sh test"
            )
    image = _base_image()
    folder = Path(tempfile.mkdtemp(prefix="studio-engine-"))
    bridge = f"st{os.getpid()}_{len(_guards)}"
    _add_bridge(bridge)
    (folder / "options.json").write_text(json.dumps(list(options)))
    if megabytes:
        (folder / "data").mkdir()
        words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs"]
        subprocess.run([*words, folder / "data"], check=True)
    with (folder / "guard.log").open("wb") as log:
        guard = _Guard(
            [sys.executable, __file__, str(folder), str(tests), bridge],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _guards.append(guard)
    engine = TestEngine(folder)
    _await(engine)
    engine.docker("import", "--change", 'CMD ["python3"]', image, BASE_IMAGE)
    return engine


def _base_image() -> str:
    made = subprocess.run(
        [ROOT / "packaging" / "base-image.sh"], capture_output=True, text=True
    )
    if made.returncode:
        raise NoEngine(f"packaging/base-image.sh failed: {made.stderr[-2000:]}")
    return made.stdout.strip()


def _add_bridge(name: str) -> None:
    """A bridge with a subnet of its own: two engines can't share docker0."""
    number = os.getpid() + 7919 * len(_guards)
    address = f"10.{200 + number % 50}.{number // 50 % 256}.1/24"
    for words in (
        ["link", "add", "name", name, "type", "bridge"],
        ["address", "add", address, "dev", name],
        ["link", "set", name, "up"],
    ):
        done = subprocess.run(["ip", *words], capture_output=True, text=True)
        if done.returncode:
            raise NoEngine(f"no bridge can be made: {done.stderr.strip()}")


def _await(engine: TestEngine) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(subprocess.CalledProcessError):
            engine.docker("info")
            return
        time.sleep(0.1)
    log = engine.folder / "engine.log"
    raise NoEngine("dockerd doesn't answer: " + log.read_text()[-2000:])


def _program(name: str) -> str:
    """The system's own: another client on the path may be of another release."""
    own = Path("/usr/bin") / name
    return str(own) if own.exists() else name


# -- the guard --------------------------------------------------------------------


def guard(folder: Path, tests: int, bridge: str) -> None:
    """Run the engine until the tests end, then leave nothing of it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with contextlib.ExitStack() as last:
        last.callback(_remove, folder, bridge)
        try:
            life = os.pidfd_open(tests)
        except ProcessLookupError:
            return
        dockerd = _dockerd(folder, bridge)
        last.callback(_end, dockerd)
        engine = os.pidfd_open(dockerd.pid)
        while life not in select.select([life, engine], [], [])[0]:
            # a test has stopped the engine, as a crash or a person would
            dockerd.wait()
            os.close(engine)
            _end_containerd(folder)
            while not (folder / "start").exists():
                if select.select([life], [], [], 0.1)[0]:
                    return
            (folder / "start").unlink()
            dockerd = _dockerd(folder, bridge)
            last.callback(_end, dockerd)
            engine = os.pidfd_open(dockerd.pid)


def _dockerd(folder: Path, bridge: str) -> subprocess.Popen[bytes]:
    options = {
        "--host": f"unix://{folder}/docker.sock",
        "--data-root": folder / "data",
        "--exec-root": folder / "exec",
        "--pidfile": folder / "pid",
        "--config-file": folder / "none.json",
        "--bridge": bridge,
    }
    (folder / "none.json").write_text("{}")
    # publishing on loopback needs no rule, and rules are the whole machine's
    words = [_program("dockerd"), "--iptables=false", "--ip6tables=false"]
    words += json.loads((folder / "options.json").read_text())
    words += [str(word) for option in options.items() for word in option]
    with (folder / "engine.log").open("ab") as log:
        return subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )


def _end(dockerd: subprocess.Popen[bytes]) -> None:
    dockerd.terminate()
    try:
        dockerd.wait(timeout=20)
    except subprocess.TimeoutExpired:
        dockerd.kill()
        dockerd.wait()


def _end_containerd(folder: Path) -> None:
    """Its child, which outlives a dockerd that was killed."""
    note = folder / "exec/containerd/containerd.pid"
    with contextlib.suppress(OSError, ValueError):
        pid = int(note.read_text())
        life = os.pidfd_open(pid)
        os.kill(pid, signal.SIGKILL)
        select.select([life], [], [], 10)
        os.close(life)
    note.unlink(missing_ok=True)


def _remove(folder: Path, bridge: str) -> None:
    _end_containerd(folder)
    for line in reversed(Path("/proc/mounts").read_text().splitlines()):
        mounted = line.split()[1]
        if mounted.startswith(f"{folder}/"):
            subprocess.run(["umount", "--lazy", mounted], check=False)
    subprocess.run(["ip", "link", "delete", bridge], check=False)
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def stopped(engine: TestEngine) -> Iterator[None]:
    """The engine is killed here, and back (with its images) afterwards."""
    pid = os.pidfd_open(engine.pid)
    os.kill(engine.pid, signal.SIGKILL)
    select.select([pid], [], [])
    os.close(pid)
    try:
        yield
    finally:
        (engine.folder / "pid").unlink(missing_ok=True)
        (engine.folder / "start").touch()
        _await(engine)


if __name__ == "__main__":
    guard(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
