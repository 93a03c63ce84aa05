"""What Linux tells about processes, and the ties it offers between them."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional, Set, Tuple

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
MADV_COLLAPSE = 25
HUGE_PAGE = 2 << 20
_OBJECT, _LEAST_PIECE = 512, 256 << 10  # of Python's own allocator
OOM_SCORE = 500  # steps go first when memory is short, before window and runner

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None
_SET_THREADS = re.compile(r"(openblas|libgomp|libiomp|libomp)[^/]*\.so")


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends."""
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the line above
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends; a fork doesn't inherit
    this, an exec keeps it."""
    if _libc is not None:
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1)


def children() -> Set[int]:
    """The child processes of this one, adopted ones among them (a dead one too, as
    long as it wasn't waited for)."""
    found: Set[int] = set()
    try:
        for thread in os.scandir("/proc/self/task"):
            found.update(map(int, _read(f"{thread.path}/children").split()))
    except OSError:
        return set()  # a kernel without that file: only groups are ended then
    return found


def kill_children(but: Set[int]) -> None:
    """Kill and wait for every child except some; what those leave comes here, and
    is ended in turn."""
    while strangers := children() - but:
        for pid in strangers:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def prefer_for_out_of_memory() -> None:
    try:
        file = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        os.write(file, str(OOM_SCORE).encode())
        os.close(file)
    except OSError:
        return  # a hardened container: the kernel's own choice stands


def _read(path: str) -> bytes:
    """What /proc tells, by system calls alone: they touch few pages, and each that is
    touched between two forks is copied."""
    file = os.open(path, os.O_RDONLY)
    try:
        return b"".join(iter(lambda: os.read(file, 1 << 16), b""))
    finally:
        os.close(file)


def flush_c_streams() -> None:
    """Write out what C code printed: `os._exit` would lose it."""
    if _libc is not None:
        _libc.fflush(None)


def start_time(pid: int) -> int:
    """When the process started, in clock ticks since boot; 0 where unknown."""
    try:
        fields = _read(f"/proc/{pid}/stat")
    except OSError:
        return 0
    return int(fields.rpartition(b")")[2].split()[19])


def own_threads() -> int:
    try:
        return len(list(Path("/proc/self/task").iterdir()))
    except OSError:
        return 1


def data_bytes() -> int:
    """Private writable memory of this process, the measure of RLIMIT_DATA."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmData:\s+(\d+) kB", status)
    return int(found.group(1)) * 1024 if found else 0


def limit_memory(limit: int) -> None:
    """Let this process take `limit` bytes more than it has now."""
    import resource

    total = data_bytes() + limit
    resource.setrlimit(resource.RLIMIT_DATA, (total, total))


def room_for_objects(megabytes: int) -> Dict[int, bytes]:
    """Have Python take that much memory for small objects in one piece.

    It takes memory little by little, so that libraries loaded meanwhile would lie
    between the pieces, and pieces smaller than a huge page can't be gathered. What is
    returned keeps the room; drop it when the objects are there.
    """
    count = (megabytes << 20) // _OBJECT
    made: List[Optional[bytes]] = [None] * count  # not growing: it would lie between
    for number in range(count):
        made[number] = bytes(_OBJECT - sys.getsizeof(b""))
    return {id(each) // _LEAST_PIECE: each for each in made if each is not None}


def gather_pages() -> None:
    """Put this process's own memory into huge pages: a fork, and the end of one,
    then have a few hundred pages to go through instead of tens of thousands.

    Where the kernel has no such call, or no room, pages stay as they are.
    """
    if _libc is None:
        return
    for start, end in _own_memory():
        first, last = -(-start // HUGE_PAGE), end // HUGE_PAGE
        for number in range(first, last):
            address = ctypes.c_void_p(number * HUGE_PAGE)
            _libc.madvise(address, ctypes.c_size_t(HUGE_PAGE), MADV_COLLAPSE)


def _own_memory() -> List[Tuple[int, int]]:
    """Where writable memory that belongs to no file begins and ends."""
    try:
        lines = Path("/proc/self/maps").read_text().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        place, rights, _, _, inode, *name = line.split(None, 5)
        if "w" in rights and inode == "0" and name in ([], ["[heap]"]):
            start, _, end = place.partition("-")
            found.append((int(start, 16), int(end, 16)))
    return found


def out_of_memory_kills() -> int:
    """How often the kernel has killed for memory, here and in this control group."""
    return sum(_count(path, word) for path, word in _oom_counters())


def _oom_counters() -> List[Tuple[Path, str]]:
    counters = [(Path("/proc/vmstat"), "oom_kill")]
    group = _control_group("")
    if group:
        counters.append((Path("/sys/fs/cgroup" + group, "memory.events"), "oom_kill"))
    group = _control_group("memory")
    if group:
        file = Path("/sys/fs/cgroup/memory" + group, "memory.oom_control")
        counters.append((file, "oom_kill"))
    return counters


def _control_group(controller: str) -> Optional[str]:
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        _, names, path = line.split(":", 2)
        if controller in names.split(","):
            return path
    return None


def _count(path: Path, word: str) -> int:
    try:
        text = path.read_text()
    except OSError:
        return 0
    found = re.search(r"^%s (\d+)$" % word, text, re.MULTILINE)
    return int(found.group(1)) if found else 0


class NumericThreads:
    """The thread pools of numeric libraries loaded in this process.

    They are loaded with one BLAS thread, because threads don't survive a fork;
    each forked process then asks for its own number.
    """

    def __init__(self) -> None:
        self._blas: List[Any] = []
        self._openmp: List[Any] = []
        for library in _loaded_libraries():
            self._find(ctypes.CDLL(library))

    def _find(self, library: Any) -> None:
        for prefix in ("", "scipy_"):
            for suffix in ("", "64_", "_64"):
                name = prefix + "openblas_set_num_threads" + suffix
                if hasattr(library, name):
                    self._blas.append(getattr(library, name))
        if hasattr(library, "omp_set_num_threads"):
            self._openmp.append(library.omp_set_num_threads)

    def apply(self) -> None:
        """Follow OPENBLAS_NUM_THREADS and OMP_NUM_THREADS, else use every core."""
        openmp = _number(os.environ.get("OMP_NUM_THREADS"))
        blas = _number(os.environ.get("OPENBLAS_NUM_THREADS")) or openmp
        for set_threads in self._blas:
            set_threads(blas or len(os.sched_getaffinity(0)))
        for set_threads in self._openmp:
            if openmp:
                set_threads(openmp)


def _loaded_libraries() -> List[str]:
    try:
        maps = Path("/proc/self/maps").read_text()
    except OSError:
        return []
    paths = {line.split(None, 5)[-1] for line in maps.splitlines() if "/" in line}
    return sorted(path for path in paths if _SET_THREADS.search(path))


def _number(text: Optional[str]) -> int:
    return int(text) if text and text.isdigit() else 0
