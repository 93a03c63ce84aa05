"""A step may do anything: it is told apart, and harms neither run nor neighbours."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from workspaces import (
    SharedTarget,
    begin_here,
    eventually,
    reasons,
    reused,
    run_here,
    states,
    step,
    write_component,
)

from studio.bootstrap import Studio
from studio.domain.pipeline import Pipeline, PipelineSettings
from studio.domain.run import Run, StepError

Runs = Callable[..., Run]
OUT = {"out": {"type": "uri_file"}}


def failing(studio: Studio, script: str, **more: object) -> Pipeline:
    """Beside the step `bad`: `good`, which doesn't need it, and `after`, which does."""
    write_component(studio.workspace.root, "bad", script, outputs=OUT, **more)  # type: ignore[arg-type]
    nodes = (step("bad"), step("good", "first"), step("after", "copy", data="@bad"))
    return Pipeline("p", nodes)


def error_of(run: Run, name: str = "bad") -> StepError:
    found = run.step(name)
    assert found
    assert found.error, found
    return found.error


def processes_with(text: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line = " ".join(process.info["cmdline"] or ())
        if text in line and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def test_that_a_script_that_raises_is_told_with_file_and_line(
    workspace: Studio, run: Runs
) -> None:
    pipeline = failing(
        workspace,
        """
        def load(path):
            raise ValueError(f"no rows in {path}")

        load("x.csv")
        """,
    )
    done = run(pipeline)
    error = error_of(done)
    assert error.message == "ValueError: no rows in x.csv"
    assert (error.file, error.line) == ("script.py", 3)
    assert "raise ValueError" in error.details
    assert done.state.value == "FAILED"
    assert done.message == "Step 'bad' failed: ValueError: no rows in x.csv"
    assert "ValueError" in workspace.runs.log(done.id, "bad").text
    assert states(done)["after"] == "SKIPPED"
    assert reasons(done)["after"] == "'bad' didn't succeed"


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("import os; os.kill(os.getpid(), 11)", "its process was ended by signal 11"),
        ("import os; os.abort()", "its process was ended by signal 6"),
        ("import os; os._exit(7)", "its command ended with exit code 7"),
        ("import os; os.kill(os.getpid(), 9)", "signal 9"),
        ("import sys; sys.exit('no such column: age')", "no such column: age"),
        ("def broken(:", "SyntaxError"),
        ("import not_there_at_all", "ModuleNotFoundError"),
        ("raise KeyboardInterrupt", ""),
        ("import ctypes; ctypes.string_at(0)", "signal 11"),
        ("x = [0]; exec('x = [x]\\n' * 9); f = lambda: f(); f()", "RecursionError"),
    ],
)
def test_that_every_way_to_end_badly_is_a_failed_step_and_nothing_more(
    workspace: Studio, run: Runs, script: str, message: str
) -> None:
    done = run(failing(workspace, script))
    assert message in error_of(done).message
    assert states(done)["bad"] == "FAILED"
    assert states(done)["good"] in ("SUCCEEDED", "SKIPPED")
    assert states(run(Pipeline("q", (step("good", "first"),))))["good"] == "SUCCEEDED"


def test_that_a_missing_output_is_told_by_name(workspace: Studio, run: Runs) -> None:
    error = error_of(run(failing(workspace, "print('done nothing')")))
    assert error.message == "it ended well, but wrote nothing to its output 'out'"
    assert "${{outputs.out}}" in error.hint


def test_that_an_optional_output_may_stay_away(workspace: Studio, run: Runs) -> None:
    write_component(
        workspace.workspace.root,
        "maybe",
        "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text('1')",
        outputs={**OUT, "extra": {"type": "uri_folder", "optional": True}},
    )
    done = run(Pipeline("p", (step("maybe"),)))
    assert states(done) == {"maybe": "SUCCEEDED"}
    assert set(done.steps[0].outputs) == {"out"}


def test_that_an_output_that_is_a_link_is_refused(workspace: Studio, run: Runs) -> None:
    pipeline = failing(
        workspace, "import os, sys; os.symlink('/etc/hostname', sys.argv[1] + '/x')"
    )
    write_component(
        workspace.workspace.root,
        "bad",
        "import os, sys; os.symlink('/etc/hostname', sys.argv[1] + '/x')",
        outputs={"out": {"type": "uri_folder"}},
    )
    done = run(Pipeline("p", pipeline.nodes[:2]))
    assert "link or a special file" in error_of(done).message


def test_that_a_step_over_its_time_is_ended_with_all_its_processes(
    workspace: Studio, run: Runs
) -> None:
    pipeline = failing(
        workspace,
        """
        import signal, subprocess
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        subprocess.run(["sleep", "4242.5"])
        """,
        command="python script.py ${{outputs.out}}",
    )
    slow = replace(pipeline.by_name["bad"], timeout_seconds=0.5)
    began = time.monotonic()
    done = run(pipeline.update(slow))
    assert "took longer than its limit" in error_of(done).message
    assert time.monotonic() - began < 15
    assert processes_with("4242.5") == []


def test_that_what_a_step_leaves_running_is_ended_with_it(
    workspace: Studio, run: Runs
) -> None:
    pipeline = failing(
        workspace,
        """
        import pathlib, subprocess, sys
        subprocess.Popen(["sleep", "4243.5"])
        pathlib.Path(sys.argv[1]).write_text("1")
        """,
    )
    assert states(run(pipeline))["bad"] == "SUCCEEDED"
    eventually(lambda: not processes_with("4243.5"), "the end of the grandchild")


def test_that_two_hundred_megabytes_of_output_harm_nobody(
    workspace: Studio, run: Runs
) -> None:
    pipeline = failing(
        workspace,
        """
        import os, pathlib, sys
        line = b"x" * 1023 + b"\\n"
        for _ in range(200):
            os.write(1, line * 1024)
        pathlib.Path(sys.argv[1]).write_text("1")
        """,
    )
    done = run(pipeline)
    assert states(done)["bad"] == "SUCCEEDED"
    part = workspace.runs.log(done.id, "bad")
    assert len(part.text) == part.offset == 1 << 20
    (workspace.runs.folder(done.id) / "bad" / "log.txt").unlink()


def test_that_a_step_over_its_memory_fails_and_says_so(
    workspace: Studio, target: SharedTarget, tmp_path: Path
) -> None:
    from studio.domain.target import StepTask, TaskEnded

    code = "x = bytearray(600 * 1024 * 1024); print(len(x))"
    (tmp_path / "big.py").write_text(code)
    task = StepTask(
        "big#1",
        "python big.py",
        tmp_path,
        tmp_path / "log.txt",
        tmp_path / "error.json",
        dict(os.environ),
        memory_limit_bytes=200 * 1024 * 1024,
    )
    target.start(task)
    ended: list[TaskEnded] = []
    while not ended:
        ended = [e for e in target.status(1.0) if isinstance(e, TaskEnded)]
    assert not ended[0].ok
    assert "MemoryError" in (tmp_path / "error.json").read_text()


def test_that_a_step_is_tried_again_as_often_as_it_may_be(
    workspace: Studio, run: Runs, tmp_path: Path
) -> None:
    pipeline = failing(
        workspace,
        f"""
        import pathlib, sys
        tries = pathlib.Path({str(tmp_path)!r}) / "tries"
        count = len(tries.read_text()) + 1 if tries.exists() else 1
        tries.write_text("x" * count)
        assert count == 3, f"attempt {{count}}"
        pathlib.Path(sys.argv[1]).write_text("1")
        """,
    )
    twice = pipeline.update(replace(pipeline.by_name["bad"], max_retries=1))
    done = run(twice)
    assert states(done)["bad"] == "FAILED"
    assert done.step("bad").attempt == 2  # type: ignore[union-attr]
    assert states(run(twice))["bad"] == "SUCCEEDED"


def test_that_other_branches_go_on_only_when_the_pipeline_says_so(
    workspace: Studio, run: Runs
) -> None:
    pipeline = failing(workspace, "import time; raise SystemExit(1)")
    more = [step(f"g{n}", "copy", data="@good", text=str(n)) for n in range(3)]
    pipeline = pipeline.add(*more)
    on = replace(pipeline, settings=PipelineSettings(continue_on_step_failure=True))
    done = run(on)
    assert done.state.value == "FAILED"
    assert {n for n, s in states(done).items() if s == "SUCCEEDED"} == {
        "good",
        *("g0", "g1", "g2"),
    }
    stopped = run(replace(pipeline, name="q"), force=True)
    assert "SKIPPED" in {states(stopped)[n] for n in ("g0", "g1", "g2")}
    assert "'bad' failed" in reasons(stopped).values()


def test_that_an_endless_loop_is_ended_by_a_cancellation(
    workspace: Studio, target: SharedTarget
) -> None:
    pipeline = failing(
        workspace,
        """
        print("looping", flush=True)
        while True:
            pass
        """,
    )
    run_id, thread = begin_here(workspace, target, pipeline)
    eventually(lambda: "looping" in workspace.runs.log(run_id, "bad").text)
    assert workspace.runs.cancel(run_id).state.value == "CANCELLING"
    thread.join(30)
    done = workspace.runs.get(run_id)
    assert done.state.value == "CANCELLED"
    assert states(done)["bad"] == "CANCELLED"
    assert states(done)["after"] in ("CANCELLED", "SKIPPED")


def test_that_a_resumed_run_reuses_what_succeeded(
    workspace: Studio, target: SharedTarget, tmp_path: Path
) -> None:
    flag = tmp_path / "mended"
    pipeline = failing(
        workspace,
        f"""
        import pathlib, sys
        assert pathlib.Path({str(flag)!r}).exists(), "not mended"
        pathlib.Path(sys.argv[1]).write_text("1")
        """,
    )
    pipeline = replace(
        pipeline, settings=PipelineSettings(continue_on_step_failure=True)
    )
    first = run_here(workspace, target, pipeline)
    assert states(first) == {"bad": "FAILED", "good": "SUCCEEDED", "after": "SKIPPED"}
    flag.touch()
    second = run_here(workspace, target, pipeline, resume=first.id)
    assert set(states(second).values()) == {"SUCCEEDED"}
    assert reused(second) == {"good"}
    assert second.resumed_from == first.id


def test_that_a_step_sees_no_secrets_and_no_session(
    workspace: Studio, run: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    monkeypatch.setenv("STUDIO_SECRET", "hidden")
    pipeline = failing(
        workspace,
        """
        import os, pathlib, sys
        names = sorted(os.environ)
        pathlib.Path(sys.argv[1]).write_text("1")
        print(*names)
        """,
    )
    done = run(pipeline)
    printed = workspace.runs.log(done.id, "bad").text.split()
    assert "STUDIO_METRICS" in printed
    assert not {"DBUS_SESSION_BUS_ADDRESS", "STUDIO_SECRET"} & set(printed)


def test_that_a_steps_reports_become_metrics_parameters_and_progress(
    workspace: Studio, run: Runs
) -> None:
    pipeline = failing(
        workspace,
        """
        import json, os, pathlib, sys
        lines = [
            {"key": "loss", "value": 0.5, "step": 1},
            {"key": "loss", "value": 0.25, "step": 2},
            {"key": "worse", "value": "x"},
            {"param": "depth", "value": 3},
            {"progress": 7},
            ["not", "a", "report"],
        ]
        with open(os.environ["STUDIO_METRICS"], "a") as file:
            for line in lines:
                file.write(json.dumps(line) + "\\n")
            file.write("not json\\n\\xff\\n")
            file.write('{"key": "half"')
        pathlib.Path(sys.argv[1]).write_text("1")
        """,
    )
    done = run(pipeline)
    bad = done.step("bad")
    assert bad
    assert bad.metrics == {"loss": 0.25}
    assert bad.parameters["depth"] == "3"
    points = [(p.value, p.step) for p in workspace.runs.metrics(done.id, "bad")]
    assert points == [(0.5, 1), (0.25, 2)]


def test_that_the_strangest_reports_harm_nobody(workspace: Studio, run: Runs) -> None:
    pipeline = failing(
        workspace,
        r"""
        import os, pathlib, sys
        lines = [
            '{"key": "good", "value": 1, "step": 1}',
            '{"key": "far", "value": 1, "step": 1000000000000000000000000000000}',
            '{"key": "when", "value": 1, "time": 1e999}',
            '{"key": "half \\ud800", "value": 1}',
            '{"param": "\\udfff", "value": "\\ud800x"}',
            '{"progress": 0.5, "message": "\\ud83d"}',
            "[" * 100000,
            '{"key": {"a": []}, "value": [1]}',
            "\x00\x01",
        ]
        pathlib.Path(os.environ["STUDIO_METRICS"]).write_text("\n".join(lines) + "\n")
        metrics = pathlib.Path("..", "mlruns", "0", "r", "metrics")
        metrics.mkdir(parents=True)
        (metrics.parent / "meta.yaml").touch()
        odd = os.fsdecode(os.fsencode(metrics) + b"/m\xff")
        pathlib.Path(odd).write_text("1 2 3\n")
        (metrics / "odd").write_text("x y z\n1\n\n1 nan 1\n1 5 99999999999999999999\n")
        raise ValueError("half \ud800 a character")
        """,
    )
    done = run(pipeline)
    assert error_of(done).message.startswith("ValueError: half")
    bad = done.step("bad")
    assert bad
    assert bad.metrics["good"] == 1
    assert "far" not in bad.metrics
    assert "when" not in bad.metrics
    assert workspace.runs.list()[0] == done
    assert workspace.events.verify()


def test_that_a_wish_that_can_not_be_read_fails_the_step(
    workspace: Studio, run: Runs
) -> None:
    pipeline = failing(
        workspace,
        """
        import os, pathlib, sys
        pathlib.Path(sys.argv[1]).write_text("1")
        pathlib.Path(os.environ["STUDIO_ACTIONS"]).write_text('{"action": "regi')
        """,
    )
    assert "a wish that can't be read" in error_of(run(pipeline)).message


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ({"output": "gone", "name": "m"}, "which isn't its output"),
        ({"output": "out", "name": "../m"}, "can't be the name of an asset"),
        ({"output": "out", "name": "m", "type": "x"}, "isn't a type of model"),
    ],
)
def test_that_a_wish_that_can_not_be_granted_fails_the_step(
    workspace: Studio, run: Runs, action: dict[str, str], message: str
) -> None:
    text = json.dumps({"action": "register_model", **action})
    pipeline = failing(
        workspace,
        f"""
        import os, pathlib, sys
        pathlib.Path(sys.argv[1]).write_text("1")
        pathlib.Path(os.environ["STUDIO_ACTIONS"]).write_text({text!r} + "\\n")
        """,
    )
    assert message in error_of(run(pipeline)).message
    assert workspace.models.list().total == 0


def test_that_an_output_replaced_by_a_link_harms_nothing_outside(
    workspace: Studio, run: Runs, tmp_path: Path
) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("years")
    pipeline = failing(
        workspace,
        f"""
        import os, sys
        os.symlink({str(precious)!r}, sys.argv[1])
        """,
    )
    assert "link or a special file" in error_of(run(pipeline)).message
    (precious / "thesis.txt").write_text("still mine to write")
