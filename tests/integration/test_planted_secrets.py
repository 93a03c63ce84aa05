"""Twenty secrets are given to the whole product, which works with them and keeps none.

What a person does to an environment, from lock to image, export and run, is done by the
command line against a private index, a real keyring and a real engine; then everything
that was written or said is searched for the secrets, also as base64 and quoted.
"""

from __future__ import annotations

import base64
import gzip
import json
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from docker_engine import TestEngine

from studio.bootstrap import create_workspace, open_workspace
from studio.cli.app import run
from studio.environments.buildkit import find_buildkit
from tests.company_network import authority, keyring, need_keyring, served
from tests.local_index import LocalIndex
from tests.workspaces import write_component

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(400)]

BASE = "studio-test-base:1"
NAMES = (
    "index in the keyring",
    "token of a server in the keyring",
    "proxy in the keyring",
    "UV_INDEX",
    "UV_DEFAULT_INDEX",
    "UV_INDEX_COMPANY_PASSWORD",
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "pip.conf",
    ".netrc",
    "HTTPS_PROXY",
    "variable of a requirement's address",
    "address of a requirement",
    "address of an index in a setting",
    "variable of a conda channel",
    "registry",
    "variable that a step uses",
    "variable that a deployment uses",
    "primary key of an endpoint",
    "secondary key of an endpoint",
)


def secret(name: str) -> str:
    """Long enough not to be there by chance; with letters that addresses quote."""
    return f"s3cr@t/{NAMES.index(name):02}+Kq=Zw9"


def spellings(text: str) -> Mapping[str, bytes]:
    """How a secret may be written."""
    raw = text.encode()
    found = {
        "plain": raw,
        "quoted": quote(text, safe="").encode(),
        "lower quoted": quote(text, safe="").lower().encode(),
        "half quoted": quote(text).encode(),
        "plus quoted": quote_plus(text).encode(),
        "json": json.dumps(text)[1:-1].encode(),
    }
    for before in range(3):  # wherever it stands in what was encoded
        whole = base64.b64encode(b"\0" * before + raw)
        cut = whole[-(-before * 4 // 3) : -4]
        found[f"base64 at {before}"] = cut
        found[f"base64 for addresses at {before}"] = cut.translate(
            bytes.maketrans(b"+/", b"-_")
        )
    return found


@dataclass
class Searched:
    """What was written and said, by where."""

    secrets: Mapping[str, str]
    found: list[str] = field(default_factory=list)
    files: int = 0

    def text(self, where: str, content: bytes) -> None:
        for name, value in self.secrets.items():
            for how, spelt in spellings(value).items():
                if spelt in content:
                    self.found.append(f"{name}, {how}, in {where}")

    def folder(self, folder: Path) -> None:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and not file.is_symlink() and file.suffix != ".tar":
                self.files += 1
                self.file(file)

    def file(self, file: Path) -> None:
        self.text(file.name, file.name.encode())
        content = file.read_bytes()
        self.text(str(file), content)
        if content[:2] == b"\x1f\x8b":
            self.text(f"{file}, unpacked", gzip.decompress(content))
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                for name in archive.namelist():
                    self.text(f"{name} in {file}", archive.read(name))

    def image(self, file: Path) -> None:
        """Its configuration and every layer but the base's, which was there before."""
        with tarfile.open(file) as archive:
            manifest = archive.extractfile("manifest.json")
            assert manifest is not None
            base = json.loads(manifest.read())[0]["Layers"][0]
            for member in archive:
                opened = archive.extractfile(member) if member.isfile() else None
                if opened is not None and member.name != base:
                    content = opened.read()
                    packed = content[:2] == b"\x1f\x8b"
                    whole = gzip.decompress(content) if packed else content
                    self.text(f"{member.name} of {file.name}", whole)


@dataclass
class Company:
    """The command line on a workspace of its own; all it says is kept."""

    root: Path
    read: Callable[[], tuple[bytes, bytes]]
    said: list[bytes] = field(default_factory=list)
    started: list[str] = field(default_factory=list)

    def __call__(self, *words: str, code: int | None = 0, secret: bool = False) -> Any:
        self.read()
        got = run(["--workspace", str(self.root), *words, "--json"])
        out, err = self.read()
        if not secret:
            self.said += [out, err]
        assert code is None or got == code, (words, out, err)
        return json.loads(out)

    def environments(self, *words: str, code: int | None = 0) -> Any:
        return self("environments", *words, code=code)


@pytest.fixture
def company(
    tmp_path: Path,
    docker_engine: TestEngine,
    capfdbinary: pytest.CaptureFixture[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Company]:
    import keyring as keyrings
    from keyring.backends.SecretService import Keyring

    need_keyring()
    plant(tmp_path / "person", docker_engine, monkeypatch)
    create_workspace(tmp_path / "workspace").close()
    made = Company(tmp_path / "workspace", capfdbinary.readouterr)
    began = subprocess.Popen.__init__

    def noted(self: Any, args: Any, *more: Any, **named: Any) -> None:
        made.started.append(repr(args))
        began(self, args, *more, **named)

    monkeypatch.setattr(subprocess.Popen, "__init__", noted)
    before = keyrings.get_keyring()
    with keyring(tmp_path / "keyring") as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        keyrings.set_keyring(Keyring())
        yield made
        keyrings.set_keyring(before)
    studio = open_workspace(made.root)
    studio.endpoints.stop_all()
    studio.close()


def plant(home: Path, engine: TestEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever tools look for them; the addresses that aren't ours lead nowhere."""

    def address(name: str, host: str = "nowhere.invalid") -> str:
        return f"https://reader:{quote(secret(name), safe='')}@{host}/simple"

    (home / "docker").mkdir(parents=True)
    auth = base64.b64encode(f"reader:{secret('registry')}".encode()).decode()
    auths = {"auths": {"registry.invalid": {"auth": auth}}}
    (home / "docker" / "config.json").write_text(json.dumps(auths))
    (home / ".netrc").write_text(
        f"machine netrc.invalid login reader password {secret('.netrc')}\n"
    )
    (home / ".netrc").chmod(0o600)
    (home / "pip.conf").write_text(
        f"[global]\nextra-index-url = {address('pip.conf')}\n"
    )
    variables = {
        "HOME": str(home),
        "NETRC": str(home / ".netrc"),
        "DOCKER_CONFIG": str(home / "docker"),
        "DOCKER_HOST": engine.host,
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "UV_CACHE_DIR": str(home / "cache" / "uv"),
        "PIP_CONFIG_FILE": str(home / "pip.conf"),
        "NO_PROXY": "127.0.0.1,localhost",
        "UV_HTTP_RETRIES": "0",
        "UV_INDEX": address("UV_INDEX"),
        "UV_DEFAULT_INDEX": address("UV_DEFAULT_INDEX"),
        "UV_INDEX_COMPANY_USERNAME": "reader",
        "UV_INDEX_COMPANY_PASSWORD": secret("UV_INDEX_COMPANY_PASSWORD"),
        "PIP_INDEX_URL": address("PIP_INDEX_URL"),
        "PIP_EXTRA_INDEX_URL": address("PIP_EXTRA_INDEX_URL"),
        "HTTPS_PROXY": address("HTTPS_PROXY", "127.0.0.1:9").removesuffix("/simple"),
        "PLACE_TOKEN": secret("variable of a requirement's address"),
        "CONDA_TOKEN": secret("variable of a conda channel"),
        "STEP_TOKEN": secret("variable that a step uses"),
        "SERVED_TOKEN": secret("variable that a deployment uses"),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


USES_ITS_TOKEN = """
    import os, pathlib, sys
    import alpha
    assert os.environ["STEP_TOKEN"].startswith("s3cr@t")
    pathlib.Path(sys.argv[1]).write_text(alpha.__version__)
"""
SCORE = """
import os

def init():
    assert os.environ["SERVED_TOKEN"].startswith("s3cr@t")

def run(raw_data):
    return {"known": len(os.environ["SERVED_TOKEN"])}
"""


def test_that_twenty_planted_secrets_are_found_nowhere(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = LocalIndex(password=secret("index in the keyring"))
    index.wheel("alpha", "1.0", ["beta"])
    index.wheel("beta", "1.0")
    gone = index.wheel("gone", "1.0")
    network = authority(tmp_path / "authority")
    (tmp_path / "work").mkdir()
    with served(index, network.tls) as url:
        set_up(company, url, network.certificates, monkeypatch)
        lock(company, tmp_path / "work", url)
        index.packages["gone"].remove(gone)
        build(company, tmp_path / "work")
        run_pipeline(company, tmp_path / "work")
        keys = deploy(company, tmp_path / "work")
    company("events", "list")
    company("audit", "verify")
    company("backup", "create")
    company("diagnostics")
    company("settings", "packages", "show")

    planted = {name: secret(name) for name in NAMES[:18]}
    searched = Searched({**planted, **dict(zip(NAMES[18:], keys, strict=True))})
    assert len(searched.secrets) == 20
    searched.text("what was said", b"\n".join(company.said))
    searched.text("arguments of processes", "\n".join(company.started).encode())
    for folder in (company.root, tmp_path / "person" / "data", tmp_path / "work"):
        searched.folder(folder)
    for folder in (tmp_path / "person" / "config", tmp_path / "person" / "cache"):
        searched.folder(folder)
    searched.image(tmp_path / "work" / "image.tar")
    assert searched.found == []
    assert searched.files > 50
    assert b"alpha" in b"".join(company.said)


def set_up(
    company: Company, url: str, certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company("settings", "packages", "set", f"--index={url}")
    company("settings", "packages", "set", f"--ca-bundle={certificates}")
    logins = {
        url: ("index in the keyring", "reader"),
        "https://token.invalid": ("token of a server in the keyring", ""),
        "http://127.0.0.1:9": ("proxy in the keyring", "reader"),
    }
    for address, (name, user) in logins.items():
        told = f"{secret(name)}\n"
        monkeypatch.setattr("sys.stdin.readline", lambda told=told: told, raising=False)
        words = ("settings", "packages", "login", address, f"--user={user}")
        company(*words, "--password-stdin")
    wrong = f"https://me:{secret('address of an index in a setting')}@x.invalid/simple"
    company("settings", "packages", "set", f"--extra-index={wrong}", code=1)
    company("settings", "packages", "test")
    company("settings", "packages", "set", "--proxy=http://127.0.0.1:9")
    company("settings", "packages", "test", code=None)
    company("settings", "packages", "set", "--proxy=")


def lock(company: Company, work: Path, url: str) -> None:
    written = {
        "good": "alpha\n",
        "bad": "nosuch\n",
        "gone": "gone\n",
        "place": "far @ https://x:${PLACE_TOKEN}@nowhere.invalid/far-1.0-py3-none-any.whl\n",
        "netrc": "--index-url https://netrc.invalid/simple\nalpha\n",
    }
    for name, text in written.items():
        (work / f"{name}.txt").write_text(text)
        company.environments("create", str(work / f"{name}.txt"), f"--name={name}")
    literal = quote(secret("address of a requirement"), safe="")
    refused = work.parent / "refused.txt"
    refused.write_text(f"far @ https://x:{literal}@nowhere.invalid/far-1.0.zip\n")
    company.environments("create", str(refused), "--name=refused", code=1)
    refused.unlink()
    (work / "environment.yml").write_text(
        "channels:\n  - https://nowhere.invalid/t/${CONDA_TOKEN}/channel\n"
        "dependencies:\n  - python=3.11\n"
    )
    company.environments("create", str(work / "environment.yml"), "--name=conda")
    for name, code in (("good", 0), ("gone", 0), ("bad", 1), ("place", 1)):
        company.environments("lock", name, code=code)
    for name in ("conda", "netrc"):
        company.environments("lock", name, code=None)
    company.environments("news", "good")
    company.environments("show", "good")


def build(company: Company, work: Path) -> None:
    company.environments("build", "good")
    company.environments("build", "gone", code=1)
    image = ("build", "good", "--image")
    company.environments(*image, f"--base={BASE}")
    company.environments(*image, "--base=registry.invalid/none:1", code=1)
    if find_buildkit():
        build_with_a_secret(company, work)
    file = str(work / "image.tar")
    company.environments("export", "good", file, "--image", f"--base={BASE}")
    company.environments("import", file)
    carried = str(work / "good.zip")
    company.environments("export", "good", carried)
    company.environments("import", carried)
    company.environments("images")


def build_with_a_secret(company: Company, work: Path) -> None:
    """A Dockerfile's own pip sees the log-in of the index."""
    context = work / "context"
    context.mkdir()
    mount = "--mount=type=secret,id=pip.conf,target=/run/pip.conf"
    (context / "Dockerfile").write_text(
        f"FROM {BASE}\nRUN {mount} grep -c reader: /run/pip.conf\n"
    )
    company.environments("create", str(context), "--name=own")
    company.environments("build", "own", "--image")


def run_pipeline(company: Company, work: Path) -> None:
    write_component(
        company.root,
        "uses_its_token",
        USES_ITS_TOKEN,
        outputs={"out": {"type": "uri_file"}},
        environment="azureml:good@latest",
    )
    (work / "pipeline.yml").write_text(
        "type: pipeline\nname: secrets\njobs:\n  ask:\n    type: command\n"
        "    component: azureml:uses_its_token@latest\n"
    )
    company("run", str(work / "pipeline.yml"))


def deploy(company: Company, work: Path) -> tuple[str, str]:
    code = work / "code"
    code.mkdir()
    (code / "score.py").write_text(SCORE)
    company("endpoints", "create", "known")
    words = ("endpoints", "deploy", "known", "blue", f"--code={code}")
    company(*words, "--scoring-script=score.py")
    (work / "request.json").write_text("{}")
    company("endpoints", "invoke", "known", f"--request={work / 'request.json'}")
    company("endpoints", "logs", "known", "blue")
    company("endpoints", "show", "known")
    told = company("endpoints", "keys", "known", secret=True)
    company("endpoints", "stop", "known")
    keys = told.get("keys", told)
    return str(keys["primary"]), str(keys["secondary"])


def test_that_the_search_finds_a_secret_however_it_is_written(tmp_path: Path) -> None:
    planted = {name: secret(name) for name in NAMES[:6]}
    values = [*planted.values()]
    pair = base64.b64encode(f"reader:{values[1]}".encode())
    (tmp_path / "a").write_text(f"https://x:{quote(values[0], safe='')}@y")
    (tmp_path / "b").write_bytes(pair)
    (tmp_path / "c").write_bytes(gzip.compress(values[2].encode()))
    (tmp_path / "d").write_text(json.dumps({"password": values[3]}))
    (tmp_path / "e").write_bytes(b"\0binary\xff" + values[4].encode())
    searched = Searched(planted)
    searched.folder(tmp_path)
    assert {each.split(",")[0] for each in searched.found} == {*NAMES[:5]}
