from __future__ import annotations

from pathlib import Path

import pytest

from studio.environments.package_indexes import PackageIndexes, package_indexes
from studio.environments.pip_settings import pip_settings
from studio.environments.uv import child_environment


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The variables of a person with an empty home; no file of the computer counts."""
    return {"HOME": str(tmp_path), "XDG_CONFIG_DIRS": str(tmp_path / "xdg")}


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_that_pips_file_says_where_packages_come_from(
    tmp_path: Path, home: dict[str, str]
) -> None:
    links = tmp_path / "wheels"
    links.mkdir()
    write(
        tmp_path / ".config/pip/pip.conf",
        "[global]\nindex-url = https://main.example/simple\nextra-index-url =\n"
        "    https://one.example/simple\n    https://two.example/simple\n"
        f"cert = /ca.pem\ntimeout = 7.5\n[install]\nfind-links = {links}\n",
    )
    found = package_indexes(environ=home)
    assert found.default == "https://main.example/simple"
    assert found.extra == ("https://one.example/simple", "https://two.example/simple")
    assert found.find_links == (str(links),)
    assert found.certificates == "/ca.pem"
    assert found.environment({})["UV_HTTP_TIMEOUT"] == "7"


def test_that_a_variable_wins_over_a_file_and_uvs_own_over_pips(
    tmp_path: Path, home: dict[str, str]
) -> None:
    write(tmp_path / ".pip/pip.conf", "[global]\nindex-url = https://file.example\n")
    assert pip_settings(home)["index-url"] == "https://file.example"
    pip = home | {"PIP_INDEX_URL": "https://variable.example"}
    assert package_indexes(environ=pip).default == "https://variable.example"
    uv = pip | {"UV_DEFAULT_INDEX": "https://uv.example"}
    assert package_indexes(environ=uv).default == "https://uv.example"


def test_that_uvs_settings_file_is_obeyed_before_pips(
    tmp_path: Path, home: dict[str, str]
) -> None:
    write(tmp_path / ".config/uv/uv.toml", '[[index]]\nurl = "https://uv.example"\n')
    pip = home | {"PIP_INDEX_URL": "https://variable.example"}
    assert "UV_DEFAULT_INDEX" not in package_indexes(environ=pip).environment(pip)


def test_that_a_file_named_by_a_variable_is_read_and_a_broken_one_passed_over(
    tmp_path: Path, home: dict[str, str]
) -> None:
    named = write(tmp_path / "my.conf", "[global]\nno_index = true\n")
    write(tmp_path / ".pip/pip.conf", "index-url without a section\n")
    found = package_indexes(environ=home | {"PIP_CONFIG_FILE": str(named)})
    assert found.no_index
    assert found.environment({})["UV_NO_INDEX"] == "1"


def test_that_folders_that_are_not_there_are_left_out_and_told(
    home: dict[str, str],
) -> None:
    found = package_indexes(environ=home | {"PIP_EXTRA_INDEX_URL": "file:///nowhere/x"})
    assert found.extra == ()
    assert "Not there, left out: file:///nowhere/x" in found.describe()


def test_that_our_own_settings_win_and_replace_what_pip_says(
    home: dict[str, str],
) -> None:
    pip = home | {
        "PIP_INDEX_URL": "https://pip.example",
        "PIP_EXTRA_INDEX_URL": "https://extra.example",
        "PIP_CERT": "/ca.pem",
    }
    own = PackageIndexes(default="https://own.example")
    found = package_indexes(own, pip)
    assert (found.default, found.extra) == ("https://own.example", ())
    assert found.certificates == "/ca.pem"


def test_that_credentials_are_in_the_environment_and_in_no_text(
    home: dict[str, str],
) -> None:
    url = "https://reader:p%40ss@main.example/simple"
    found = package_indexes(environ=home | {"PIP_INDEX_URL": url})
    assert found.environment({})["UV_DEFAULT_INDEX"] == url
    assert found.describe()[0] == "Package index: https://main.example/simple"
    shown = repr(found) + found.hide(f"at {url}: reader said p@ss, p%40ss")
    assert "p@ss" not in shown
    assert "p%40ss" not in shown


def test_that_a_child_gets_none_of_our_own_virtual_environment() -> None:
    given = {"VIRTUAL_ENV": "/x", "PYTHONPATH": "/y", "HTTPS_PROXY": "http://p"}
    got = child_environment(given, PackageIndexes(certificates="/ca.pem"))
    assert "VIRTUAL_ENV" not in got
    assert "PYTHONPATH" not in got
    assert got["HTTPS_PROXY"] == "http://p"
    assert got["SSL_CERT_FILE"] == "/ca.pem"


def test_that_further_indexes_are_compared_where_they_are_folders_of_this_computer(
    tmp_path: Path,
) -> None:
    here = f"file://{tmp_path}"
    away = "http://127.0.0.1:1/simple"
    asked = [
        package_indexes(environ={"PIP_EXTRA_INDEX_URL": extra, "HOME": str(tmp_path)})
        for extra in (here, f"{here} {away}", away)
    ]
    assert [each.compare_all for each in asked] == [True, False, False]
