"""What a step costs beside its own work: chains, reuse, a wide fan-out.

python -m tests.bench.pipeline_overhead
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from studio.bootstrap import Studio, create_workspace
from studio.domain.pipeline import Pipeline
from studio.domain.run import Run
from studio.targets.warm_interpreter import PRELOAD
from tests.bench.tables import Table, middle, verdict
from tests.workspaces import (
    fan_out,
    run_to_end,
    step,
    write_component,
    write_copy_components,
)

STEPS = 50
WIDTH = 200
BURN_SECONDS = 0.05

# Long enough for the interpreter to have imported everything; polls for it, so
# that what is measured is a chain with warm interpreters.
WARM = """
    import pathlib, sys, time
    time.sleep(8)
    pathlib.Path(sys.argv[1]).write_text("0")
"""
BURN = f"""
    import pathlib, sys, time
    end = time.process_time() + {BURN_SECONDS}
    while time.process_time() < end:
        pass
    pathlib.Path(sys.argv[2]).write_text("1")
"""
FORK = """
import gc, importlib, json, os, sys, time
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
gc.collect(); gc.freeze()
took = []
for _ in range(60):
    began = time.perf_counter()
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    took.append(time.perf_counter() - began)
print(json.dumps([each * 1000 for each in took]))
"""
JOBLIB = """
import json, sys, tempfile, time
from joblib import Memory
with tempfile.TemporaryDirectory() as folder:
    step = Memory(folder, verbose=0).cache(lambda n, before: before + f"-{n}")
    def chain():
        began, text = time.perf_counter(), ""
        for n in range(50):
            text = step(n, text)
        return (time.perf_counter() - began) * 1000
    print(json.dumps([chain() / 50, chain()]))
"""


def warm_chain(length: int) -> Pipeline:
    nodes = [step("warm")]
    for n in range(length):
        nodes.append(step(f"s{n}", "copy", data="@s" + str(n - 1), text=f"-{n}"))
    nodes[1] = step("s0", "copy", data="@warm", text="-0")
    return Pipeline("chain", tuple(nodes), experiment="chain")


def prepared(root: Path) -> Studio:
    studio = create_workspace(root)
    write_copy_components(root)
    out = {"out": {"type": "uri_file"}}
    write_component(root, "warm", WARM, outputs=out)
    file = {"data": {"type": "uri_file"}, "text": {"type": "string"}}
    write_component(
        root,
        "burn",
        BURN,
        inputs=file,
        outputs=out,
        command="python script.py ${{inputs.data}} ${{outputs.out}} ${{inputs.text}}",
    )
    return studio


def span_ms(run: Run) -> float:
    """From the end of the first step to the end of the last."""
    ends = [each.ended_at for each in run.steps if each.ended_at]
    assert run.state.value == "SUCCEEDED", run.message
    return (max(ends) - ends[0]).total_seconds() * 1000


def measured(code: str, *arguments: str) -> str:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def tables() -> list[Table]:
    with tempfile.TemporaryDirectory() as folder:
        studio = prepared(Path(folder) / "workspace")
        result = [steps_table(studio), fan_table(studio)]
        studio.close()
    return result


def steps_table(studio: Studio) -> Table:
    pipeline = warm_chain(STEPS)
    steps, own = [], []
    for _ in range(5):
        run = run_to_end(studio, pipeline, force=True)
        steps.append(span_ms(run) / STEPS)
        own.append(median(each.seconds or 0 for each in run.steps) * 1000)
    reuse = [(run_to_end(studio, pipeline).seconds or 0) * 1000 for _ in range(7)]
    forks = json.loads(measured(FORK, json.dumps(PRELOAD)))
    bare = middle(lambda _: subprocess.run([sys.executable, "-c", ""], check=True), 15)
    first, cached = json.loads(measured(JOBLIB))
    table = Table(
        f"Pipeline: a chain of {STEPS} trivial Python steps",
        ("what", "median, ms", "least disturbed, ms", "beside a bare fork", "target"),
        notes="A step: its own process, forked from an interpreter that holds pandas "
        "and scikit-learn; log, snapshot of code, hashes of inputs and outputs, "
        "state and events in the database. Reuse: the whole run from the runner's "
        "claim to its end. joblib.Memory computes in its own process and keeps "
        "neither logs nor state. 5 runs of steps, 7 of reuse, 60 forks.",
    )
    fork, each, whole = median(forks), median(steps), median(reuse)
    ratio = f"{each / fork:.1f}x"
    # 10 ms was set where a fork takes 5; machines differ, their ratio less so.
    limit = f"≤ 2 forks (10 ms where one takes 5): {verdict(each, 2 * fork)}"
    table.add("a step, warm", *_both(steps), ratio, limit)
    table.add("of it: process and program", *_both(own), "", "")
    limit = f"≤ 50 ms: {verdict(whole, 50)}"
    table.add(f"all {STEPS + 1} reused, whole run", *_both(reuse), "", limit)
    table.add("limit: bare fork of the same interpreter", *_both(forks), "1x", "")
    ratio = f"{bare / fork:.1f}x"
    table.add("limit: start of a bare Python", f"{bare:.1f}", "", ratio, "")
    ratio = f"{first / fork:.2f}x"
    table.add("joblib.Memory, a step", f"{first:.2f}", "", ratio, "")
    table.add(f"joblib.Memory, all {STEPS} cached", f"{cached:.1f}", "", "", "")
    return table


def _both(values: list[float]) -> tuple[str, str]:
    return f"{median(values):.1f}", f"{min(values):.1f}"


def fan_table(studio: Studio) -> Table:
    wide = fan_out(WIDTH)
    nodes = [step("s0", "warm")]
    nodes += [step(n.name, "burn", **_texts(n.name)) for n in wide.nodes[1:]]
    run = run_to_end(studio, Pipeline("fan", tuple(nodes)), force=True)
    wall = span_ms(run) / 1000
    ideal = WIDTH * BURN_SECONDS / 2
    table = Table(
        f"Pipeline: {WIDTH} steps beside each other, {BURN_SECONDS * 1000:.0f} ms of "
        "computing each, two slots",
        ("what", "s", "share of two processors"),
        notes="Ideal: the steps' own computing, divided by two. The rest is forking, "
        "hashing and writing down, which use the same two processors.",
    )
    table.add("whole fan-out", f"{wall:.2f}", f"{ideal / wall:.0%} in steps' own code")
    table.add("ideal", f"{ideal:.2f}", "100%")
    return table


def _texts(name: str) -> dict[str, str]:
    return {"data": "@s0", "text": name}


if __name__ == "__main__":
    for each_table in tables():
        each_table.show()
