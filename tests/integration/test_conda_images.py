"""A conda environment as an image: solved and laid out here, served by `docker run`."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docker_engine import TestEngine
from our_lock import our_indexes

from studio.bootstrap import Studio
from studio.domain.container_engine import EngineContext
from studio.domain.endpoint import DeploymentSpec
from studio.domain.environment import Declaration
from studio.domain.packaging import PackageWish
from studio.environments.image_build import BuiltImage
from studio.environments.tool import Progress
from studio.services.environments.images import ImageService
from studio.services.environments.local import LocalEnvironments
from studio.services.environments.packaging import PackagingService
from studio.services.environments.service import EnvironmentService
from studio.services.environments.twin import ImageWish, TwinService
from studio.storage.artifacts import ArtifactStore
from studio.storage.environments import EnvironmentRepository
from tests.conda_channel import PYTHON, Channel
from tests.workspaces import eventually

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(600)]

BASE = "studio-test-base:1"
SCORES = """
import sys
import plots, six
def init(): ...
def run(raw):
    return [plots.__version__, six.__version__, sys.executable]
"""
LOOKS = """
import json, os, sys, sysconfig
print(json.dumps([sys.prefix, os.getuid(), sysconfig.get_path("purelib")]))
"""


@pytest.fixture(scope="module")
def channel(tmp_path_factory: pytest.TempPathFactory) -> Channel:
    made = Channel(tmp_path_factory.mktemp("channel"))
    made.add_python(whole=True)
    made.add_module("pip", "24.0")
    made.add_module("plots", "1.0")
    point = {
        "site-packages/teller.py": b"def main():\n    print('told')\n",
        "etc/conda/activate.d/teller.sh": b"export TOLD=1\n",
    }
    made.add(
        "teller",
        "1.0",
        ["python"],
        point,
        noarch="python",
        entry_points=["teller = teller:main"],
    )
    return made.write()


@pytest.fixture
def environments(
    studio: Studio, tmp_path: Path, channel: Channel
) -> EnvironmentService:
    """With `drawing:1`, of that channel and of pip."""
    made = EnvironmentService(
        EnvironmentRepository(studio.database),
        ArtifactStore(studio.workspace.artifacts),
        LocalEnvironments(tmp_path / "environments"),
        our_indexes(),
    )
    text = f"""\
channels: [{channel.url}]
dependencies: [python={PYTHON}, plots, teller, pip, {{pip: [six]}}]
"""
    made.create("drawing", Declaration("conda", text))
    return made


@pytest.fixture
def images(studio: Studio, environments: EnvironmentService) -> ImageService:
    return ImageService(environments, ArtifactStore(studio.workspace.artifacts))


def asked(address: str) -> Any:
    request = urllib.request.Request(
        address, data=b"{}", headers={"Authorization": "Bearer chosen"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=2).close()
    except OSError:
        return False
    return True


@pytest.fixture
def served(docker_engine: TestEngine) -> Iterator[list[str]]:
    """Images and containers to be removed afterwards, the last first."""
    made: list[str] = []
    yield made
    for each in reversed(made):
        docker_engine.docker(*each.split(), "--force")


def test_that_a_conda_environment_is_an_image_that_serves_a_model(
    studio: Studio,
    environments: EnvironmentService,
    images: ImageService,
    docker_engine: TestEngine,
    served: list[str],
    tmp_path: Path,
) -> None:
    context = EngineContext("tests", docker_engine.host)
    packaging = PackagingService(
        studio.models,
        environments,
        images,
        ArtifactStore(studio.workspace.artifacts),
    )
    code = tmp_path / "code"
    code.mkdir()
    (code / "score.py").write_text(SCORES)
    (tmp_path / "model.txt").write_text("a model")
    studio.models.register("drawer", tmp_path / "model.txt")
    wish = PackageWish("drawer", "drawing", code, "score.py")
    tag = "studio-test/drawer:1"
    told: list[Progress] = []
    made = packaging.to_image(
        wish, tag, base=BASE, context=context, progress=told.append
    )
    warned = [each.message for each in told if each.phase == "warning"]
    assert any("teller would set variables" in each for each in warned)
    under = images.build("drawing", base=BASE, context=context)
    served += [f"rmi {under.tag}", f"rmi {tag}"]
    assert str(tmp_path) not in made.log
    assert list((tmp_path / "environments").iterdir()) == [environments.conda_cache]

    def runs(*words: str) -> str:
        plain = ("run", "--rm", "--network", "none", "--read-only", under.tag)
        return docker_engine.docker(*plain, *words)

    site = f"/opt/env/lib/python{PYTHON}/site-packages"
    assert json.loads(runs("python", "-c", LOOKS)) == ["/opt/env", 10001, site]
    assert runs("teller").strip() == "told"
    first_line = runs("head", "-1", "/opt/env/bin/teller").strip()
    assert first_line == f"#!/opt/env/bin/python{PYTHON}"
    compiled = runs("ls", f"{site}/plots/__pycache__")
    assert "__init__.cpython-" in compiled

    words = ("--read-only", "--cap-drop", "ALL", "--env", "STUDIO_KEY=chosen")
    container = docker_engine.docker(
        "run", "--detach", "--publish", "127.0.0.1::8080", *words, tag
    ).strip()
    served.append(f"rm {container}")
    said = docker_engine.docker("port", container, "8080/tcp")
    address = f"http://127.0.0.1:{said.splitlines()[0].rpartition(':')[2]}"
    eventually(lambda: answers(f"{address}/ready"), "an answer", 60)
    plots, _, python = asked(f"{address}/score")
    assert (plots, python) == ("1.0", "/opt/env/bin/python")
    bill = docker_engine.docker(
        "exec", container, "cat", "/opt/studio/server/sbom.cdx.json"
    )
    purls = {each["purl"] for each in json.loads(bill)["components"]}
    assert any(each.startswith("pkg:conda/plots@1.0?build=0&") for each in purls)
    assert any(each.startswith("pkg:pypi/six@") for each in purls)
    about = json.loads(docker_engine.docker("inspect", tag))[0]["Config"]
    assert about["Healthcheck"] and about["User"] == "10001:10001"
    assert about["Labels"]["mlops-studio.environment"] == "drawing:1"

    twin = TwinService(
        environments,
        studio.models,
        ArtifactStore(studio.workspace.artifacts),
        images,
    )
    spec = DeploymentSpec(
        *("", "", "drawer", str(code), "score.py", "drawing"), trust=True
    )
    report = twin.check_deployment(spec, image=ImageWish(BASE, context))
    rows = {row.name: (row.declared, row.locked, row.imported) for row in report.rows}
    assert report.passed and report.image == under.tag, report.reasons
    assert rows["plots"] == ("any", "1.0", "1.0")
    assert rows["six"][0] == "any" and rows["six"][1] == rows["six"][2]
    _check_reuse(environments, images, under, context, served)


def _check_reuse(
    environments: EnvironmentService,
    images: ImageService,
    under: BuiltImage,
    context: EngineContext,
    served: list[str],
) -> None:
    """The image by its lock; conda's layer by its content."""
    told: list[Progress] = []
    again = images.build("drawing", base=BASE, context=context, progress=told.append)
    assert again.id == under.id and told[-1].phase == "reused"
    declared = environments.get("drawing").declaration.packages
    other = declared.replace("[six]", "[six, joblib]")
    environments.create("drawing", Declaration("conda", other))
    more = images.build("drawing:2", base=BASE, context=context)
    served.append(f"rmi {more.tag}")
    copied = more.log.index("prefix.tar")
    assert "Using cache" in more.log[copied : more.log.index("packages.tar")]
