"""Images of environments on a real engine: made once, listed, cleaned up, moved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from docker_engine import TestEngine

from studio.domain.container_engine import EngineImage
from studio.domain.environment import Lock
from studio.domain.errors import InvalidError, RefusedError, StudioError
from studio.environments.base_images import ensure_image
from studio.environments.image_making import (
    ImageSource,
    environment_image,
    model_image,
    platform_of,
)
from studio.environments.images import (
    clean_up,
    export_image,
    import_image,
    layers,
    our_images,
    remove_image,
)
from studio.environments.model_image import ServedModel
from studio.environments.package_indexes import PackageIndexes
from studio.environments.pip_lock import lock_pip
from studio.environments.tool import Progress
from studio.targets.docker_engine import DockerEngine
from tests.company_network import authority
from tests.local_index import LocalIndex

pytestmark = pytest.mark.docker

BASE = "studio-test-base:1"


@pytest.fixture
def index(tmp_path: Path) -> LocalIndex:
    made = LocalIndex()
    made.wheel("alpha", "1.0", ["beta"])
    made.wheel("beta", "1.0")
    return made


def small_environment(
    engine: DockerEngine, index: LocalIndex, cache: Path, name: str = "small:1"
) -> str:
    with index.served() as url:
        indexes = PackageIndexes(default=url, cache=str(cache))
        lock = lock_pip("alpha", platform=platform_of(engine), indexes=indexes)
        source = ImageSource(name, lock, BASE)
        return environment_image(engine, source, indexes=indexes).tag


def small_model(engine: DockerEngine, environment: str, folder: Path, tag: str) -> str:
    code = folder / "code"
    code.mkdir(exist_ok=True)
    (code / "score.py").write_text("def init(): pass\ndef run(raw): return raw\n")
    served = ServedModel("script", code=code, script="score.py")
    return model_image(engine, served, environment, tag).id


def test_that_an_environment_becomes_an_image_once(
    engine: DockerEngine, docker_engine: TestEngine, index: LocalIndex, tmp_path: Path
) -> None:
    told: list[Progress] = []
    with index.served() as url:
        indexes = PackageIndexes(default=url, cache=str(tmp_path))
        lock = lock_pip("alpha", platform=platform_of(engine), indexes=indexes)
        source = ImageSource("small:1", lock, BASE)
        first = environment_image(engine, source, indexes=indexes)
    again = environment_image(
        engine, source, indexes=PackageIndexes(no_index=True), progress=told.append
    )
    assert again.id == first.id
    assert [each.phase for each in told] == ["reused"]
    code = "import alpha, getpass, sys; print(getpass.getuser(), sys.prefix)"
    options = ("--rm", "--read-only", "--network", "none")
    said = docker_engine.docker("run", *options, first.tag, "python", "-c", code)
    assert said == "app /opt/env\n"


def test_that_a_base_with_another_python_is_told(
    engine: DockerEngine, index: LocalIndex, tmp_path: Path
) -> None:
    with index.served() as url:
        indexes = PackageIndexes(default=url, cache=str(tmp_path))
        options = {"python": "3.12", "platform": platform_of(engine)}
        lock = lock_pip("beta", indexes=indexes, **options)
        with pytest.raises(StudioError) as refused:
            environment_image(engine, ImageSource("x", lock, BASE), indexes=indexes)
    told = "The base image has Python 3.11, the packages are for 3.12"
    assert told in refused.value.message


def test_that_a_lock_for_another_machine_is_refused(engine: DockerEngine) -> None:
    lock = Lock("3.11", "win-64", (), "uv", "")
    with pytest.raises(InvalidError, match="This lock is for win-64"):
        environment_image(
            engine, ImageSource("x", lock, BASE), indexes=PackageIndexes()
        )


def test_that_a_base_that_cant_be_had_is_told(engine: DockerEngine) -> None:
    with pytest.raises(StudioError, match="isn't on the Docker engine and can't be"):
        ensure_image(engine, "studio-nowhere.invalid/base:1")
    with pytest.raises(InvalidError, match="isn't the name of an image"):
        ensure_image(engine, "UPPER case")


def test_that_what_an_image_cost_is_told_line_by_line(
    engine: DockerEngine, index: LocalIndex, tmp_path: Path
) -> None:
    environment = small_environment(engine, index, tmp_path)
    image = small_model(engine, environment, tmp_path, "studio-test/model:cost")
    found = layers(engine, image)
    assert found[0].from_base
    assert found[0].size_bytes > 100e6
    ours = [each for each in found if not each.from_base]
    assert "venv" in ours[0].line
    assert ours[-1].line.startswith("COPY")
    assert 0 < ours[-1].size_bytes < 10_000
    total = engine.api.inspect_image(image)["Size"]
    assert sum(each.size_bytes for each in found) == total
    engine.api.remove_image("studio-test/model:cost")


def test_that_a_clean_up_never_takes_what_is_in_use(
    own_engine: DockerEngine, index: LocalIndex, tmp_path: Path
) -> None:
    environment = small_environment(own_engine, index, tmp_path, "clean:1")
    tag = "studio-test/model:clean"
    image = small_model(own_engine, environment, tmp_path, tag)
    made = own_engine.api.create_container(tag)

    def listed(users: object = None) -> dict[str, EngineImage]:
        return {each.id: each for each in our_images(own_engine)}

    assert listed()[image].used_by[0].startswith("container ")
    assert listed()[image].kind == "model"
    named = next(each for each in listed().values() if environment in each.tags)
    assert named.used_by == (f"image {tag}",)
    with pytest.raises(RefusedError, match="is used by container"):
        remove_image(own_engine, listed()[image])
    clean_up(own_engine)
    assert image in listed() and named.id in listed()
    own_engine.api.remove_container(made)

    kept = clean_up(
        own_engine, lambda each: ["endpoint iris"] if each.id == image else []
    )
    assert image in [each.id for each in kept.kept]
    trial = clean_up(own_engine, trial=True)
    assert image in [each.id for each in trial.removed]
    assert image in listed()
    done = clean_up(own_engine)
    assert {image, named.id} <= {each.id for each in done.removed}
    assert done.freed_bytes > 0
    assert listed() == {}


def test_that_an_image_moves_as_one_file(
    engine: DockerEngine, index: LocalIndex, tmp_path: Path
) -> None:
    environment = small_environment(engine, index, tmp_path, "moved:1")
    tag = "studio-test/model:moved"
    image = small_model(engine, environment, tmp_path, tag)
    file = tmp_path / "model.tar"
    export_image(engine, tag, file)
    engine.api.remove_image(tag)
    assert import_image(engine, file) == [tag]
    assert engine.api.inspect_image(tag)["Id"] == image
    assert [each.name for each in tmp_path.glob("*.tar*")] == ["model.tar"]

    cut = tmp_path / "cut.tar"
    cut.write_bytes(file.read_bytes()[:-1_000_000])
    other = tmp_path / "notes.txt"
    other.write_text("not an image")
    for wrong in (cut, other, tmp_path / "none.tar"):
        with pytest.raises(InvalidError):
            import_image(engine, wrong)
    engine.api.remove_image(tag)


def test_that_a_networks_own_certificates_are_in_an_image_only_if_asked_for(
    engine: DockerEngine,
    docker_engine: TestEngine,
    index: LocalIndex,
    tmp_path: Path,
) -> None:
    own = authority(tmp_path / "authority").certificates
    with index.served() as url:
        indexes = PackageIndexes(
            default=url,
            cache=str(tmp_path / "cache"),
            certificates=str(own),
            certificates_in_images=True,
        )
        lock = lock_pip("alpha", platform=platform_of(engine), indexes=indexes)
        source = ImageSource("trusting:1", lock, BASE)
        trusting = environment_image(engine, source, indexes=indexes)
        plain = environment_image(
            engine, source, indexes=replace(indexes, certificates_in_images=False)
        )
    show = ("run", "--rm", trusting.tag, "/bin/sh", "-c", "cat $SSL_CERT_FILE")
    trusted = docker_engine.docker(*show)
    assert own.read_text() in trusted
    assert trusted.count("BEGIN CERTIFICATE") > 1
    assert plain.tag != trusting.tag
    variables = engine.api.inspect_image(plain.tag)["Config"]["Env"]
    assert not any(each.startswith("SSL_CERT_FILE") for each in variables)
