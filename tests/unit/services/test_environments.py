from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.bootstrap import Studio
from studio.domain.environment import Declaration
from studio.domain.errors import InvalidError, NotFoundError, RefusedError, StudioError
from studio.environments.package_indexes import PackageIndexes
from studio.services.environments import starters
from studio.services.environments.local import LocalEnvironments
from studio.services.environments.origins import Asked, create_from_path
from studio.services.environments.service import EnvironmentService
from studio.storage.artifacts import ArtifactStore
from studio.storage.environments import EnvironmentRepository
from tests.local_index import LocalIndex


@pytest.fixture
def index() -> LocalIndex:
    made = LocalIndex()
    made.wheel("alpha", "1.0", ["beta"])
    made.wheel("beta", "1.0")
    return made


@pytest.fixture
def service(
    studio: Studio, index: LocalIndex, tmp_path: Path
) -> Iterator[EnvironmentService]:
    with index.served() as url:
        yield EnvironmentService(
            EnvironmentRepository(studio.database),
            ArtifactStore(studio.workspace.artifacts),
            LocalEnvironments(tmp_path / "environments"),
            PackageIndexes(default=url, cache=str(tmp_path / "cache")),
        )


def pip(packages: str) -> Declaration:
    return Declaration("pip", packages)


def test_that_order_and_comments_make_no_new_version(
    service: EnvironmentService,
) -> None:
    first = service.create("letters", pip("alpha\nbeta  # both\n"))
    again = service.create("letters", pip("# as before\nbeta\n\nalpha\n"))
    other = service.create("letters", pip("alpha\nbeta<2\n"))
    assert (first.version, again.version, other.version) == (1, 1, 2)
    assert service.get("letters@latest").version == 2


def test_that_a_lock_belongs_to_its_version_for_good(
    service: EnvironmentService, index: LocalIndex
) -> None:
    service.create("letters", pip("alpha"))
    locked = service.lock("letters")
    index.wheel("alpha", "2.0")
    assert service.lock("letters").locks == locked.locks
    newer = service.relock("letters")
    assert newer.version == 2
    assert newer.locks[0].version_of("alpha") == "2.0", newer.locks
    assert service.relock("letters").version == 2
    found = service.difference("letters:1", "letters:2")
    changed = [(each.name, each.change) for each in found.packages]
    assert changed == [("alpha", "changed"), ("beta", "removed")]
    assert list(found.declared_lines()) == []


def test_that_a_build_stands_once_for_all_versions_with_its_lock(
    service: EnvironmentService,
) -> None:
    service.create("letters", pip("alpha"))
    service.create("others", pip("alpha\nbeta"))
    assert service.built("letters") is None
    first = service.build("letters")
    second = service.build("others")
    assert not first.local.reused
    assert second.local.folder == first.local.folder
    assert service.built("letters") is not None


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("AzureML-mine", RefusedError),
        ("microsoft-x", RefusedError),
        ("a b", InvalidError),
        ("", InvalidError),
    ],
)
def test_that_reserved_and_impossible_names_are_refused(
    service: EnvironmentService, name: str, error: type[StudioError]
) -> None:
    with pytest.raises(error) as refused:
        service.create(name, pip("alpha"))
    assert refused.value.hint


def test_that_what_is_no_version_of_python_is_refused_before_it_is_kept(
    service: EnvironmentService,
) -> None:
    with pytest.raises(InvalidError, match="'newest' isn't a version of Python"):
        service.create("letters", Declaration("pip", "alpha\n", python="newest"))
    assert not service.list()


def test_that_archived_versions_are_out_of_sight_and_deleted_ones_gone(
    service: EnvironmentService,
) -> None:
    service.create("letters", pip("alpha"))
    service.create("letters", pip("beta"))
    service.archive("letters:2")
    assert [each.reference for each in service.list()] == ["letters:1"]
    assert service.get("letters").version == 1
    assert service.get("letters:2").archived
    with pytest.raises(InvalidError, match="which version"):
        service.delete("letters")
    assert service.delete("letters:1") == "letters:1"
    with pytest.raises(NotFoundError):
        service.get("letters:1")
    assert service.create("letters", pip("alpha")).version == 3


def test_that_every_starter_can_be_made(service: EnvironmentService) -> None:
    made = [service.create_starter(name) for name in starters.names()]
    assert [each.name for each in made] == list(starters.names())
    assert all(each.description and each.declaration.packages for each in made)


FILES = {
    "requirements.txt": ("alpha\n", "pip", ""),
    "pyproject.toml": (
        '[project]\nname="mine"\nrequires-python=">=3.10"\ndependencies=["alpha"]\n',
        "pip",
        "3.11",
    ),
    "environment.yml": ("name: e\ndependencies: [python=3.11, pip]\n", "conda", "3.11"),
    "azure.yml": (
        "name: az\nimage: base:1\nconda_file:\n  dependencies: [python=3.10]\n",
        "conda",
        "3.10",
    ),
    "image.yml": ("name: im\nimage: base:1\n", "image", ""),
}


@pytest.mark.parametrize("file", FILES)
def test_that_an_environment_comes_from_a_file_of_any_known_format(
    service: EnvironmentService, tmp_path: Path, file: str
) -> None:
    text, kind, python = FILES[file]
    (tmp_path / file).write_text(text)
    made = service.create_from(tmp_path / file, name="made")
    assert (made.declaration.kind, made.declaration.python) == (kind, python)


def test_that_a_name_that_was_guessed_of_the_folder_is_told(
    service: EnvironmentService, tmp_path: Path
) -> None:
    file = tmp_path / "churn" / "requirements.txt"
    file.parent.mkdir()
    file.write_text("alpha\n")
    guessed = create_from_path(service, file, Asked())
    assert guessed.version.reference == "churn:1"
    assert ["named after its folder" in each for each in guessed.notes] == [True]
    assert not create_from_path(service, file, Asked(name="letters")).notes


def test_that_a_folder_with_a_dockerfile_is_kept_as_it_is_now(
    service: EnvironmentService, tmp_path: Path, studio: Studio
) -> None:
    context = tmp_path / "context"
    context.mkdir()
    (context / "Dockerfile").write_text("FROM base\n")
    made = service.create_from(context, name="docker")
    (context / "Dockerfile").write_text("FROM other\n")
    kept = ArtifactStore(studio.workspace.artifacts).path(made.declaration.context)
    assert (kept / "Dockerfile").read_text() == "FROM base\n"


def test_that_requirements_with_errors_are_refused_with_their_line(
    service: EnvironmentService, tmp_path: Path
) -> None:
    (tmp_path / "requirements.txt").write_text("alpha\n-e ./mine\n")
    with pytest.raises(InvalidError, match="line 2"):
        service.create_from(tmp_path / "requirements.txt", name="wrong")


def test_that_files_of_other_computers_are_read(
    service: EnvironmentService, tmp_path: Path
) -> None:
    lines = ("name: x", "channels: &c [one]", "dependencies:", "- &p python", "")
    text = "\r\n".join(lines)
    file = tmp_path / "environment.yml"
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    conda = service.create_from(file)
    assert conda.declaration.packages == text
    lists = tmp_path / "requirements.txt"
    for number, coding in enumerate(("utf-8-sig", "utf-16", "ascii")):
        lists.write_bytes("alpha\r\nbeta\r\n".encode(coding))
        made = service.create_from(lists, name=f"list{number}")
        assert made.declaration.packages == "alpha\nbeta\n"


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("requirements.txt", b"alpha\n# f\xfcr\n", "line 2: this isn't UTF-8"),
        ("environment.yml", b"name: x\n# f\xfcr\n", "line 2: this isn't UTF-8"),
        ("requirements.txt", b"alpha\n" * 1_700_000, "is larger than 1 MiB"),
        ("environment.yml", b"- alpha\n" * 1_300_000, "is larger than 4 MiB"),
        ("requirements.txt", b"alpha\rbeta\r-e .\r", "line 3: --editable"),
        ("requirements.txt", b"alpha\n\x00\n", "line 2: This can't be read"),
        ("requirements.txt", b"alpha\n-c bounds.txt\n", "line 2: there is no file"),
        ("Dockerfile", b"ARG A\nRUN true\n", "line 2: RUN stands before FROM"),
        ("Dockerfile", b"FROM a\n\nFORM b\n", "line 3: FORM is no instruction"),
        ("Dockerfile", b"# nothing\n", "line 1: The Dockerfile says nothing"),
        ("Dockerfile", b"FROM a\nRUN \xff\n", "line 2: this isn't UTF-8"),
    ],
)
def test_that_a_file_that_cannot_be_meant_is_told_with_its_line(
    service: EnvironmentService, tmp_path: Path, file: str, content: bytes, told: str
) -> None:
    (tmp_path / file).write_bytes(content)
    with pytest.raises(InvalidError) as refused:
        service.create_from(tmp_path / file, name="wrong")
    assert told in refused.value.message
    assert refused.value.hint
    assert service.list() == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("image: a\nbuild: {path: .}\n", "line 2: an environment has an image or a"),
        ("build: {dockerfile_path: D}\n", "'build' names no path"),
        ("image: a\nos_type: windows\n", "line 2: only Linux"),
        ("image: a\nconda_flie: x.yml\n", "'conda_flie' isn't known here"),
        ("name: x\nimage: a b;rm\n", "line 2: 'a b;rm' isn't the name of an image"),
        ("name: x\nbuild: {path: .}\n", "line 2: there is no Dockerfile in the build"),
        ("build: {path: .}\nconda_file: c.yml\n", "line 1: an environment has a conda"),
        (
            "image: a\nconda_file:\n  dependencies:\n  - python\n  - x==\n",
            "line 5: 'x==",
        ),
        ("name: x\nimage: a\nname: y\n", "line 3: 'name' is written twice"),
        (
            "name: x\ndependencies: !!python/name:a [python]\n",
            "line 2: the tag '!!pyth",
        ),
        ("name: x\ndependencies:\n- !mine python\n", "line 3: the tag '!mine' isn't"),
        ("dependencies: &d\n- python\n- pip: *d\n", "line 1: too many or too deeply"),
        ("name: x\ndependencies:\n\t- python\n", "line 3, column 1: this isn't valid"),
    ],
)
def test_that_a_wrong_environment_file_is_told_with_its_line(
    service: EnvironmentService, tmp_path: Path, text: str, told: str
) -> None:
    (tmp_path / "wrong.yml").write_text(text)
    with pytest.raises(InvalidError) as refused:
        service.create_from(tmp_path / "wrong.yml", name="wrong")
    assert told in refused.value.message
    assert refused.value.hint


def test_that_what_a_dockerignore_leaves_out_never_comes_into_the_workspace(
    service: EnvironmentService, studio: Studio, tmp_path: Path
) -> None:
    folder = tmp_path / "context"
    (folder / "secrets").mkdir(parents=True)
    (folder / "Dockerfile").write_text("FROM python:3.11-slim\nCOPY . /a\n")
    (folder / ".dockerignore").write_text("# mine\n.env\nsecrets\n")
    for name in (".env", "secrets/key"):
        (folder / name).write_text("planted")
    (folder / "app.py").write_text("wanted")
    made = service.create_from(folder, name="built")
    stored = ArtifactStore(studio.workspace.artifacts).folder(made.declaration.context)
    assert {"Dockerfile", "app.py"} <= {each.name for each in stored.iterdir()}
    kept = [f for f in studio.workspace.root.rglob("*") if f.is_file()]
    assert not any(b"planted" in file.read_bytes() for file in kept)
    (folder / "link").symlink_to(folder / ".env")
    with pytest.raises(InvalidError, match="link"):
        service.create_from(folder, name="built")
