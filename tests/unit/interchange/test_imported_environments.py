from __future__ import annotations

from pathlib import Path

import pytest

from studio.domain.errors import InvalidError, NotFoundError
from studio.interchange.imported_environments import import_file, import_project
from studio.interchange.pyproject_toml import extras_of, import_pyproject
from studio.interchange.requirements_file import import_requirements


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_that_files_named_by_a_file_are_brought_once(tmp_path: Path) -> None:
    main = write(tmp_path / "requirements.txt", "-r more/base.txt\nnumpy\n")
    write(tmp_path / "more" / "base.txt", "pandas # tables\n-r ../requirements.txt\n")
    assert import_requirements(main).text == (
        "# from more/base.txt\npandas # tables\nnumpy\n"
    )


def test_that_constraints_become_bounds_of_what_is_asked_for(tmp_path: Path) -> None:
    main = write(tmp_path / "requirements.txt", "numpy\n--constraint=bounds.txt\n")
    write(tmp_path / "bounds.txt", "numpy<2\nscipy==1.1\n")
    found = import_requirements(main)
    assert found.text == "numpy\n# bounds of constraints\nnumpy<2\n"
    assert "scipy" in found.notes[0]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("-r ../secrets.txt", "lies outside of"),
        ("-r /etc/hostname", "lies outside of"),
        ("-r nothere.txt", "there is no file 'nothere.txt'"),
        ("-r https://h.example/x.txt", "another computer"),
    ],
)
def test_that_files_from_elsewhere_are_refused_with_file_and_line(
    line: str, message: str, tmp_path: Path
) -> None:
    write(tmp_path / "secrets.txt", "password")
    main = write(tmp_path / "project" / "requirements.txt", f"numpy\n{line}\n")
    with pytest.raises(InvalidError) as caught:
        import_requirements(main)
    assert f"{main}, line 2: " in caught.value.message
    assert message in caught.value.message


def test_that_a_list_written_by_powershell_is_read(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes("numpy==2.0\r\n".encode("utf-16"))
    found = import_requirements(tmp_path / "requirements.txt")
    assert found.text == "numpy==2.0\n"


def test_that_a_pyproject_gives_its_dependencies_extras_and_python(
    tmp_path: Path,
) -> None:
    file = write(
        tmp_path / "pyproject.toml",
        '[project]\nname = "My.Thing"\nrequires-python = ">=3.12"\n'
        'dependencies = ["numpy>=2"]\n[project.optional-dependencies]\n'
        'plot = ["matplotlib"]\nall = ["my-thing[plot]", "rich"]\n'
        '[dependency-groups]\ntest = ["pytest", {include-group = "lint"}]\n'
        'lint = ["ruff"]\n',
    )
    assert import_pyproject(file).text == "numpy>=2\n"
    assert import_pyproject(file).python == "3.12"
    assert import_pyproject(file, ["all"]).text == "numpy>=2\nmatplotlib\nrich\n"
    assert import_pyproject(file, ["test"]).text == "numpy>=2\npytest\nruff\n"
    assert extras_of(file) == ["all", "lint", "plot", "test"]
    with pytest.raises(InvalidError, match="has no extra 'nothing'"):
        import_pyproject(file, ["nothing"])


def test_that_poetrys_bounds_are_told_in_the_words_of_the_standard(
    tmp_path: Path,
) -> None:
    file = write(
        tmp_path / "pyproject.toml",
        '[tool.poetry.dependencies]\npython = "^3.9"\nnumpy = "^1.26"\n'
        'scipy = "~1.9.1"\nzero = "^0.2.3"\nrich = "*"\nexact = "1.2"\n'
        'range = ">=1,<3"\nfrom-git = {git = "https://h.example/x.git"}\n'
        'maybe = {version = "^2", optional = true}\n'
        'marked = {version = "1.*", extras = ["a"], markers = "os_name == \'nt\'"}\n'
        '[tool.poetry.extras]\nmore = ["maybe"]\n',
    )
    found = import_pyproject(file)
    assert found.text.splitlines() == [
        "numpy>=1.26,<2",
        "scipy>=1.9.1,<1.10",
        "zero>=0.2.3,<0.3",
        "rich",
        "exact==1.2",
        "range>=1,<3",
        "marked[a]==1.* ; os_name == 'nt'",
    ]
    assert found.python == "3.11"
    assert found.notes == ("from-git comes from a place, not an index: left out",)
    assert import_pyproject(file, ["more"]).text.endswith("maybe>=2,<3\n")


def test_that_dependencies_kept_in_a_file_are_brought(tmp_path: Path) -> None:
    file = write(
        tmp_path / "pyproject.toml",
        '[project]\nname = "x"\ndynamic = ["dependencies"]\n[tool.setuptools.dynamic]\n'
        'dependencies = {file = ["requirements.txt"]}\n',
    )
    write(tmp_path / "requirements.txt", "numpy\n")
    assert import_pyproject(file).text == "numpy\n"


@pytest.mark.parametrize(
    "text",
    [
        "[project",
        "project = 3",
        "[project]\ndependencies = 3",
        "[project.optional-dependencies]\nx = [3]",
        "[tool]\npoetry = []",
        "[dependency-groups]\na = [{include-group = 'a'}, 3]",
        "x = " + "[" * 5000,
    ],
)
def test_that_a_broken_pyproject_is_told_or_asks_for_nothing(
    text: str, tmp_path: Path
) -> None:
    file = write(tmp_path / "pyproject.toml", text)
    try:
        assert import_pyproject(file).text.strip() == ""
    except InvalidError as error:
        assert str(file) in error.message


MODEL = (
    "channels:\n- conda-forge\ndependencies:\n- python=3.10.4\n- pip<=23\n- libfoo=1\n"
    "- pip:\n  - mlflow==3.1\n  - numpy==2.0\n"
)


def test_that_an_mlflow_model_gives_its_packages_and_python(tmp_path: Path) -> None:
    write(tmp_path / "MLmodel", "flavors: {}\n")
    write(tmp_path / "conda.yaml", MODEL)
    found = import_project(tmp_path)
    assert found.text == "mlflow==3.1\nnumpy==2.0\n"
    assert found.python == "3.10"
    assert "libfoo=1" in found.notes[0]
    write(tmp_path / "requirements.txt", "numpy==2.1\n")
    write(tmp_path / "python_env.yaml", "python: 3.12.1\n")
    assert import_project(tmp_path).text == "numpy==2.1\n"
    assert import_project(tmp_path).python == "3.12"


def test_that_a_model_that_says_nothing_is_told(tmp_path: Path) -> None:
    write(tmp_path / "MLmodel", "flavors: {}\n")
    with pytest.raises(NotFoundError, match="doesn't say what it needs"):
        import_project(tmp_path)


def test_that_a_project_is_taken_by_the_strongest_of_its_files(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        import_project(tmp_path)
    assert "environment.yml" in caught.value.hint
    write(tmp_path / "pyproject.toml", '[project]\ndependencies = ["a"]\n')
    assert import_project(tmp_path).text == "a\n"
    write(tmp_path / "requirements.txt", "b\n")
    write(tmp_path / ".python-version", "3.10.2\n")
    assert import_project(tmp_path).text == "b\n"
    assert import_project(tmp_path).python == "3.10"
    write(tmp_path / "environment.yml", "dependencies: [c]\n")
    assert import_file(tmp_path).kind == "conda"
    assert import_file(tmp_path / "pyproject.toml").kind == "pip"


def test_that_an_error_is_told_where_it_stands_not_where_it_was_brought_to(
    tmp_path: Path,
) -> None:
    from studio.interchange.environment_file import read_environment

    main = write(tmp_path / "requirements.txt", "\nnumpy\n-r more.txt\n-e .\n")
    write(tmp_path / "more.txt", "pandas\n\nscipy\n")
    with pytest.raises(InvalidError, match=r"requirements\.txt, line 4: "):
        read_environment(main)
    more = write(tmp_path / "more.txt", "pandas\nnumpy 3 of them\n")
    with pytest.raises(InvalidError) as caught:
        read_environment(main)
    assert caught.value.message.startswith(f"{more}, line 2: ")


@pytest.mark.parametrize("name", ["bundle.zip", "notes.md", "steps.py"])
def test_that_a_file_of_another_kind_is_no_list_of_packages(
    name: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidError, match="declares no environment"):
        import_file(write(tmp_path / name, "numpy\n"))


def test_that_a_project_gives_its_environment_its_name(tmp_path: Path) -> None:
    text = '[project]\nname = "churn"\ndependencies = ["numpy"]\n'
    assert import_file(write(tmp_path / "pyproject.toml", text)).name == "churn"
