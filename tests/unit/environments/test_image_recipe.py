"""The Dockerfiles we write, and what is sent with them."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from studio.domain.environment import Lock, LockedPackage
from studio.domain.errors import InvalidError
from studio.environments.image_context import BuildContext, Content, folder_context
from studio.environments.image_recipe import (
    CopiedContent,
    EnvironmentRecipe,
    ModelRecipe,
    environment_context,
    model_context,
)
from studio.environments.model_image import (
    ServedModel,
    model_recipe,
    server_requirements,
)


def keywords(context: BuildContext) -> list[str]:
    return [line.split()[0] for line in context.dockerfile.splitlines()]


def sent(context: BuildContext) -> dict[str, tarfile.TarInfo]:
    stream = io.BytesIO()
    context.write(stream, lambda _: None)
    stream.seek(0)
    with tarfile.open(fileobj=stream) as tar:
        return {each.name: each for each in tar}


def test_that_an_environments_lines_go_from_seldom_to_often(tmp_path: Path) -> None:
    recipe = EnvironmentRecipe("base:1", "3.11", tmp_path, system=("libgomp1",))
    lines = environment_context(recipe).dockerfile.splitlines()
    assert lines[0] == "FROM base:1"
    assert "apt-get install" in lines[1]
    assert "-m venv --without-pip /opt/env" in lines[2]
    assert lines[3] == "ADD packages.tar /opt/env/lib/python3.11/site-packages/"
    assert "USER 10001:10001" in lines
    assert recipe.needs_network
    assert not EnvironmentRecipe("base:1", "3.11", tmp_path).needs_network


def test_that_a_conda_environment_is_copied_as_it_is(tmp_path: Path) -> None:
    context = environment_context(EnvironmentRecipe("base:1", prefix=tmp_path))
    assert "ADD prefix.tar /opt/env/" in context.dockerfile
    assert "venv" not in context.dockerfile


def test_that_what_changes_most_is_a_models_last_line(tmp_path: Path) -> None:
    code, model = tmp_path / "code", tmp_path / "model"
    for folder in (code, model):
        folder.mkdir()
    recipe = ModelRecipe(
        "env:1",
        (CopiedContent(model, "/model"), CopiedContent(code, "/code")),
        command=("python", "serve.py"),
        health=("true",),
        port=80,
        variables={"MODE": 'a "quoted" $word'},
    )
    context = model_context(recipe)
    told = ["FROM", "ENV", "LABEL", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT"]
    assert keywords(context) == [*told, "COPY", "COPY"]
    assert context.dockerfile.endswith("COPY content1/ /code/\n")
    assert 'ENV MODE="a \\"quoted\\" \\$word"' in context.dockerfile


@pytest.mark.parametrize(
    "recipe",
    [
        EnvironmentRecipe("base:1\nRUN curl"),
        EnvironmentRecipe("base $X"),
        EnvironmentRecipe("base:1", system=("gcc; curl",)),
        EnvironmentRecipe("base:1", labels={"a": "b\nRUN curl"}),
        EnvironmentRecipe("base:1", labels={"a b": "c"}),
    ],
)
def test_that_nothing_slips_a_line_into_a_dockerfile(
    recipe: EnvironmentRecipe,
) -> None:
    with pytest.raises(InvalidError):
        environment_context(recipe)


def test_that_a_context_has_no_owner_and_no_interpreter_of_this_computer(
    tmp_path: Path,
) -> None:
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin/tool"
    script.write_text("#!/home/somebody/bin/python3\nprint(1)\n")
    script.chmod(0o700)
    (tmp_path / "link").symlink_to("bin/tool")
    context = BuildContext(
        "FROM x\n", (Content(tmp_path, "p", interpreter="/opt/env/bin/python"),)
    )
    members = sent(context)
    assert set(members) == {"Dockerfile", "p/bin/tool", "p/link"}
    assert members["p/bin/tool"].mode == 0o755
    assert members["p/link"].linkname == "bin/tool"
    assert {(m.uid, m.gid, m.uname) for m in members.values()} == {(0, 0, "")}
    stream = io.BytesIO()
    context.write(stream, lambda _: None)
    assert b"#!/opt/env/bin/python\nprint(1)" in stream.getvalue()
    assert b"somebody" not in stream.getvalue()


def test_that_a_packed_folder_is_one_tar_within_the_context(tmp_path: Path) -> None:
    long = tmp_path / ("d" * 90) / ("e" * 90)
    long.mkdir(parents=True)
    (long / "ünïcode.txt").write_bytes(b"x" * 700)
    (tmp_path / "tool").write_text("#!/usr/bin/python3\n")
    (tmp_path / "tool").chmod(0o755)
    content = Content(tmp_path, "packages.tar", "/opt/env/bin/python", packed=True)
    context = BuildContext("FROM x\n", (content, Content(tmp_path / "tool", "t")))
    stream = io.BytesIO()
    sizes: list[int] = []
    context.write(stream, sizes.append)
    assert sum(sizes) == context.size_bytes()
    stream.seek(0)
    with tarfile.open(fileobj=stream) as outer:
        assert outer.getnames() == ["Dockerfile", "packages.tar", "t"]
        with tarfile.open(fileobj=outer.extractfile("packages.tar")) as inner:
            names = {each.name: each.size for each in inner}
            assert inner.extractfile("tool").read() == b"#!/opt/env/bin/python\n"
    assert names == {f"{'d' * 90}/{'e' * 90}/ünïcode.txt": 700, "tool": 22}


def test_that_a_folders_own_dockerfile_and_what_it_ignores_are_obeyed(
    tmp_path: Path,
) -> None:
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker/Dockerfile").write_text("FROM x\n")
    (tmp_path / "kept.txt").touch()
    (tmp_path / "secret.env").touch()
    (tmp_path / ".dockerignore").write_text("# not these\n*.env\n")
    members = sent(folder_context(tmp_path, "docker/Dockerfile"))
    assert set(members) == {"docker/Dockerfile", "kept.txt", ".dockerignore"}
    for name in ("Dockerfile", "../Dockerfile", "/etc/passwd"):
        with pytest.raises(InvalidError, match="There is no file"):
            folder_context(tmp_path, name)


def test_that_the_server_brings_only_what_the_environment_lacks() -> None:
    packages = (LockedPackage("httptools", "0.6"), LockedPackage("pandas", "2.2"))
    lock = Lock("3.11", "linux-64", packages, "uv", "")
    assert server_requirements(lock, "sklearn") == []
    assert server_requirements(lock, "mlflow") == ["pyyaml>=6"]
    assert server_requirements(None, "onnx") == ["httptools>=0.6"]


def test_that_a_script_that_isnt_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match=r"score\.py isn't in"):
        model_recipe(
            ServedModel("script", code=tmp_path, script="score.py"),
            "env:1",
            tmp_path / "staging",
        )
