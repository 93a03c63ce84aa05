"""Steps that run as Python runs them: codes, output, errors, the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from worker_steps import WORKER, Steps, wait_until


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("pass", 0),
        ("raise SystemExit", 0),
        ("import sys; sys.exit(7)", 7),
        ("import sys; sys.exit(-1)", 255),
        ("import sys; sys.exit('no data')", 1),
        ("1 / 0", 1),
        ("def f(:", 1),
        ("import os; os._exit(9)", 9),
        ("import os; os.kill(os.getpid(), 15)", None),
        ("raise KeyboardInterrupt", None),
    ],
)
def test_that_a_step_ends_with_the_code_of_the_interpreter(
    steps: Steps, script: str, code: int | None
) -> None:
    event = steps.run(script)
    cold = subprocess.run(
        [sys.executable, "step.py"], cwd=steps.folder, capture_output=True, check=False
    )
    assert event["code"] == code
    number = event["signal"]
    assert cold.returncode == (code if number is None else -number)


def test_that_a_step_sees_what_a_fresh_program_sees(steps: Steps) -> None:
    script = """
import json, os, sys, __main__
print(json.dumps({
    "name": __name__, "file": __file__, "argv": sys.argv, "path0": sys.path[0],
    "worker": [p for p in sys.path if p.endswith("worker")],
    "main": __main__.__dict__ is globals(), "cwd": os.getcwd(),
    "x": os.environ.get("X"), "home": os.environ.get("HOME"),
    "stdin": sys.stdin.read(), "group": os.getpgid(0) == os.getpid(),
    "extra": [p for p in sys.path if p == "/extra"],
    "oom": open("/proc/self/oom_score_adj").read().strip(),
    "sigpipe": open("/proc/self/status").read().split("SigIgn:")[1].split()[0],
}))
"""
    folder = steps.folder / "code"
    steps.script(script, "code/step.py")
    env = {"X": "ä ö", "PYTHONPATH": "/extra", "PATH": os.environ["PATH"]}
    env |= {k: v for k, v in os.environ.items() if k.startswith("PYTHON")} | env
    steps.start("s", "python code/step.py --a 'b c'", env=env)
    assert steps.next_event("exited", "s")["code"] == 0
    seen = json.loads(steps.log("s"))
    assert seen["name"] == "__main__" and seen["main"] and seen["group"]
    assert seen["file"] == str(folder / "step.py")
    assert seen["argv"] == ["code/step.py", "--a", "b c"]
    assert seen["path0"] == str(folder) and seen["worker"] == []
    assert seen["extra"] == ["/extra"]
    assert seen["cwd"] == str(steps.folder)
    assert (seen["x"], seen["home"], seen["stdin"]) == ("ä ö", None, "")
    assert seen["oom"] == "500"


def test_that_a_module_runs_as_main(steps: Steps) -> None:
    steps.script("", "pkg/__init__.py")
    steps.script("import sys; print(__name__, __package__, sys.argv)", "pkg/go.py")
    steps.start("s", "python -m pkg.go --n 3")
    assert steps.next_event("exited", "s")["code"] == 0
    expected = f"__main__ pkg ['{steps.folder}/pkg/go.py', '--n', '3']"
    assert steps.log("s").strip() == expected


def test_that_a_missing_module_is_named(steps: Steps) -> None:
    steps.start("s", "python -m not_there")
    assert steps.next_event("exited", "s")["code"] == 1
    assert "No module named not_there" in steps.log("s")


def test_that_a_missing_script_is_named(steps: Steps) -> None:
    steps.start("s", "python not_there.py")
    assert steps.next_event("exited", "s")["code"] == 2
    assert "not_there.py" in steps.log("s")


def test_that_an_exception_names_the_innermost_line_of_the_step(steps: Steps) -> None:
    steps.script(
        "import json\n\ndef load(text):\n    return json.loads(text)\n", "a.py"
    )
    event = steps.run("import a\n\na.load('{')\n")
    assert event["code"] == 1 and event["reason"] is None
    error = steps.error("s")
    assert error["type"] == "JSONDecodeError"
    assert (error["file"], error["line"]) == (str(steps.folder / "a.py"), 4)
    assert error["function"] == "load"
    assert error["source_line"] == "return json.loads(text)"
    assert error["traceback"].startswith("Traceback (most recent call last):\n")
    assert error["traceback"].strip() == steps.log("s").strip()
    assert str(WORKER) not in steps.log("s")
    assert steps.log("s").splitlines()[1].endswith('step.py", line 3, in <module>')


def test_that_a_syntax_error_names_its_line(steps: Steps) -> None:
    steps.run("x = 1\ny = = 2\n")
    error = steps.error("s")
    assert (error["type"], error["line"]) == ("SyntaxError", 2)
    assert error["source_line"] == "y = = 2"
    assert str(WORKER) not in steps.log("s")


def test_that_an_exit_with_a_text_is_an_error_with_that_message(steps: Steps) -> None:
    steps.run("import sys\nsys.exit('The column y is missing')")
    assert steps.log("s") == "The column y is missing\n"
    assert steps.error("s")["message"] == "The column y is missing"


def test_that_the_log_grows_while_the_step_runs(steps: Steps) -> None:
    steps.script("import time\nprint('one')\ntime.sleep(60)\n")
    steps.start("s", "python step.py")
    wait_until(lambda: steps.log("s") == "one\n", 5)
    steps.send({"op": "stop", "id": "s"})
    assert steps.next_event("exited", "s")["reason"] == "stopped"


def test_that_what_a_program_does_at_its_end_is_done(steps: Steps) -> None:
    script = """
import atexit, sys, tempfile, threading, time, weakref, zipfile
atexit.register(lambda: print("atexit"))
thread = threading.Thread(target=lambda: (time.sleep(0.05), print("thread")))
thread.start()
kept = open("kept.txt", "w"); kept.write("kept")
archive = zipfile.ZipFile("a.zip", "w"); archive.writestr("x", "y")
class Noisy:
    def __del__(self): print("finalised")
noisy = Noisy()
noisy.itself = noisy
sys.stdout.write("no newline ")
"""
    assert steps.run(script)["code"] == 0
    assert steps.log("s").split() == "no newline thread atexit finalised".split()  # noqa: SIM905
    assert (steps.folder / "kept.txt").read_text() == "kept"
    names = "import zipfile; print(zipfile.ZipFile('a.zip').namelist())"
    listed = subprocess.check_output([sys.executable, "-c", names], cwd=steps.folder)
    assert listed.strip() == b"['x']"


def test_that_multiprocessing_works_in_a_step(steps: Steps) -> None:
    script = """
import multiprocessing as mp
def double(x): return 2 * x
if __name__ == "__main__":
    for method in ("fork", "spawn"):
        with mp.get_context(method).Pool(2) as pool:
            print(pool.map(double, [1, 2]))
"""
    assert steps.run(script)["code"] == 0, steps.log("s")
    assert steps.log("s").split("\n")[:2] == ["[2, 4]", "[2, 4]"]


def test_that_a_shell_command_runs_with_this_python(steps: Steps) -> None:
    steps.script("import sys; print(sys.executable, sys.argv[1:])")
    command = "A=3; python step.py $A > out.txt && echo made; exit 4"
    steps.start("s", command)
    assert steps.next_event("exited", "s")["code"] == 4
    assert steps.log("s") == "made\n"
    made = (steps.folder / "out.txt").read_text().split()
    assert Path(made[0]).parent == Path(sys.executable).parent
    assert made[1] == "['3']"


def test_that_a_file_named_like_a_loaded_library_wins(steps: Steps) -> None:
    steps.script("word = 'mine'", "csv.py")
    steps.run("import csv; print(csv.word)")
    assert steps.log("s") == "mine\n"


def test_that_a_step_with_its_own_hash_seed_gets_it(steps: Steps) -> None:
    env = {**os.environ, "PYTHONHASHSEED": "7"}
    steps.run("print(hash('a'))", env=env)
    expected = subprocess.check_output(
        [sys.executable, "-c", "print(hash('a'))"], env=env, text=True
    )
    assert steps.log("s") == expected


def test_that_two_steps_draw_different_random_numbers(numeric: Steps) -> None:
    script = "import random, numpy; print(random.random(), numpy.random.rand())"
    numeric.run(script, "r1")
    numeric.run(script, "r2")
    first, second = numeric.log("r1").split(), numeric.log("r2").split()
    assert first[0] != second[0] and first[1] != second[1]


def test_that_a_step_tells_what_it_cost(steps: Steps) -> None:
    event = steps.run(
        "import time; x = b'x' * 60_000_000; t = time.process_time()\n"
        "while time.process_time() < t + 0.2: pass"
    )
    assert 0.2 <= event["cpu_seconds"] < 5 and event["seconds"] >= 0.2
    assert 60_000_000 < event["peak_memory_bytes"] < 300_000_000


NUMERIC_WORK = """
import os
import numpy as np, pandas as pd
import pyarrow as pa, pyarrow.parquet as pq
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
rng = np.random.default_rng(0)
frame = pd.DataFrame(rng.normal(size=(2000, 6)), columns=list("abcdef"))
frame["y"] = (frame["a"] > 0).astype(int)
assert len(frame.groupby("y")["b"].mean()) == 2
pq.write_table(pa.Table.from_pandas(frame), "t.parquet")
back = pq.read_table("t.parquet").to_pandas()
x, y = back[list("abcdef")], back["y"]
assert RandomForestClassifier(20, n_jobs=2).fit(x, y).score(x, y) > 0.9
assert HistGradientBoostingClassifier(max_iter=20).fit(x, y).score(x, y) > 0.9
assert (np.ones((600, 600)) @ np.ones((600, 600)))[0, 0] == 600
print("threads", os.environ.get("OPENBLAS_NUM_THREADS"))
"""


def test_that_numeric_libraries_work_in_a_fork(numeric: Steps) -> None:
    event = numeric.run(NUMERIC_WORK, "work")
    assert event["code"] == 0, numeric.log("work")
    assert numeric.log("work").endswith("threads None\n")


def test_that_a_fork_gets_back_the_threads_it_asks_for(numeric: Steps) -> None:
    script = """
import threadpoolctl
print({p["user_api"]: p["num_threads"] for p in threadpoolctl.threadpool_info()})
"""
    cores = len(os.sched_getaffinity(0))
    free = {k: v for k, v in os.environ.items() if k != "OMP_NUM_THREADS"}
    numeric.run(script, "all", env=free)
    assert f"'blas': {cores}" in numeric.log("all")
    env = {**free, "OMP_NUM_THREADS": "3"}
    numeric.run(script, "three", env=env)
    assert "'blas': 3" in numeric.log("three")
    assert "'openmp': 3" in numeric.log("three")


def test_that_memory_is_told_while_a_step_runs_with_what_it_has_started(
    steps: Steps,
) -> None:
    child = "import time; held = b'x' * (64 << 20); print(1, flush=True)"
    steps.script(
        "import subprocess, sys, pathlib, time\n"
        f"child = [sys.executable, '-c', {child + '; time.sleep(600)'!r}]\n"
        "held = b'x' * (96 << 20)\n"
        "other = subprocess.Popen(child)\n"
        "while not pathlib.Path('gate').exists():\n    time.sleep(0.01)\n"
        "other.kill()\n"
    )
    steps.start("s", "python step.py")
    told = steps.next_event("memory", "s")
    while told["peak_memory_bytes"] < 160 << 20:
        told = steps.next_event("memory", "s")
    assert told["peak_memory_bytes"] < 400 << 20
    (steps.folder / "gate").touch()
    event = steps.next_event("exited", "s")
    assert event["code"] == 0
    assert event["peak_memory_bytes"] >= told["peak_memory_bytes"]
