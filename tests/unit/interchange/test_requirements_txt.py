from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.environment import Declaration, declaration_key
from studio.domain.errors import InvalidError
from studio.domain.text_problem import TextProblem
from studio.interchange.requirements_file import import_requirements
from studio.interchange.requirements_txt import read_requirements


def problems(text: str, *known: str) -> list[TextProblem]:
    found = read_requirements(text, known).problems
    return [each for each in found if each.severity != "info"]


def one(text: str, *known: str) -> TextProblem:
    [found] = problems(text, *known)
    return found


def test_that_ordinary_lines_are_fine() -> None:
    text = (
        "# what we use\n"
        "numpy==2.1.0\n"
        "pandas[parquet, aws] >=2,<4  # tables\n"
        'tomli; python_version < "3.12"\n'
        "foo @ https://host.example/foo-1.0-py3-none-any.whl\n"
        "torch==2.1.0+cu121\n"
        "bar~=1.2\n"
        "baz==1.* \\\n  ; sys_platform != 'win32'\n"
    )
    assert problems(text) == []


def test_that_order_comments_and_spelling_make_no_other_environment() -> None:
    one = read_requirements("numpy>=1,<2\nScikit_Learn[b,a]\n").canonical
    other = read_requirements(
        "# x\nscikit.learn[a, b]  # y\n\n numpy <2, >=1"
    ).canonical
    assert one == other == ("numpy<2,>=1", "scikit-learn[a,b]")
    declaration = Declaration("pip", python="3.11")
    assert declaration_key(declaration, one) == declaration_key(declaration, other)


def test_that_an_open_version_is_fine_and_told() -> None:
    found = read_requirements("numpy\nscipy==1.2.3").problems
    assert [(each.line, each.severity) for each in found] == [(1, "info")]
    assert "the lock decides" in found[0].message


@pytest.mark.parametrize(
    ("line", "column", "message", "hint"),
    [
        ("numpy=1.26", 6, "One '=' is conda's way", "Write ==1.26"),
        ("numpy 1.26", 7, "Something must stand between", "Write ==1.26 or >=1.26"),
        ("numpy=>2", 6, "'=>' is no comparison", "Write one of"),
        ("numpy==", 6, "A version is missing", "only the name"),
        ("  numpy ^1.2", 9, "another tool's way", "Write >=1.2"),
        ("numpy~=2", 6, "needs two numbers", "Write ~=2.0"),
        ("pip install numpy", 1, "This is a command", "Write numpy"),
        ("import numpy", 1, "a line of a program", "the package that brings it"),
        ('"numpy>=2"', 1, "No quotes", "Write numpy>=2"),
        ("numpy pandas", 6, "Only one package", "a line for each"),
        ("numpy>=2 pandas", 9, "Only one package", "a line for each"),
        ("numpy, pandas", 6, "Only one package", "a line for each"),
        ("numpy≥2", 6, "word processor", "keys of the keyboard"),
        ("numpy[", 7, "This can't be read", "Write NAME"),
        ("numpy>=2,<1", 6, "No version can be", "Remove one of the bounds"),
        ("-e .", 1, "Code that can change", "Build a wheel"),
        ("-r base.txt", 1, "Another file isn't part", "import the file"),
        ("-c bounds.txt", 1, "Another file isn't part", "import the file"),
        ("git+https://h.example/x.git", 1, "A repository can change", "released"),
        ("x @ git+ssh://git@h.example/x", 1, "A repository can change", "released"),
        ("./wheels/foo-1.2-py3-none-any.whl", 1, "one computer", "Write foo==1.2"),
        ("numpy @ file:///croot/numpy/work", 1, "one computer", "numpy==VERSION"),
        ("C:\\work\\foo", 1, "one computer", "Name a released version"),
        ("https://h.example/foo.tar.gz", 1, "can't be seen", "Write NAME @ https"),
        ("--pre", 1, "Early versions", "NAME>=2.0rc1"),
        ("--trusted-host x", 1, "can't be trusted from here", "settings"),
        ("--find-links ./wheels", 1, "no address", "folder belongs to pip's"),
        ("--index-ulr https://x", 1, "isn't known", "Did you mean --index-url?"),
        ("numpy --global-option=x", 7, "can't stand behind a package", "Remove it"),
        ("python>=3.8", 1, "isn't a package of pip", "Choose the version of Python"),
        ("cudatoolkit", 1, "isn't a package of pip", "comes with the packages"),
    ],
)
def test_that_what_cannot_be_is_an_error_with_its_place_and_what_to_do(
    line: str, column: int, message: str, hint: str
) -> None:
    found = one(f"# first\n{line}")
    assert (found.line, found.column, found.severity) == (2, column, "error")
    assert message in found.message
    assert hint in found.hint


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("sklearn", "its package is 'scikit-learn'", "Write scikit-learn"),
        ("json", "part of Python", "Remove the line"),
        ('a==1; sys_platform == "amiga"', "true on no platform", "behind the ';'"),
        ("a==1 ; extra == 'x'", "true on no platform", "behind the ';'"),
        ("a==1 --hash=sha256:00", "The hash isn't taken over", "lock is as strict"),
        ("-i http://h.example/simple", "without encryption", "Write https://"),
    ],
)
def test_that_what_is_likely_a_slip_is_a_warning(
    line: str, message: str, hint: str
) -> None:
    found = one(line)
    assert found.severity == "warning"
    assert message in found.message
    assert hint in found.hint


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://reader:hunter2@h.example/simple",
        "--extra-index-url=https://hunter2@h.example/simple",
        "foo @ https://reader:hunter2@h.example/foo-1-py3-none-any.whl",
        "git+https://hunter2@h.example/x.git",
        "-e git+https://u:hunter2@h.example/x.git",
    ],
)
def test_that_an_address_with_a_password_is_refused_with_the_way_out(line: str) -> None:
    found = read_requirements(line)
    [problem] = found.errors
    assert "holds a password or key" in problem.message
    assert "${INDEX_TOKEN}" in problem.hint
    assert "hunter2" not in repr((problem, found.canonical))


def test_that_an_address_may_name_variables_for_what_is_secret() -> None:
    found = read_requirements("--extra-index-url https://me:${TOKEN}@h.example/simple")
    assert not found.errors
    assert found.canonical == (
        "--extra-index-url https://me:${TOKEN}@h.example/simple",
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("numpy==1.0", "numpy>=2"),
        ("numpy<1.5", "Numpy~=1.5"),
        ("numpy==1.*", "numpy==2.*"),
        ("numpy>1.0,<1.1", "numpy>=1.1"),
    ],
)
def test_that_two_lines_that_cannot_both_hold_are_told(first: str, second: str) -> None:
    found = one(f"{first}\n\n{second}")
    assert (found.line, found.severity) == (3, "error")
    assert f"'{first}' (line 1)" in found.message


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("numpy>1.0,<1.0.1", "numpy!=1.0.0.1"),
        ("numpy>=1", "numpy<2"),
        ("numpy>1", "numpy<1.0.1"),
        ("numpy==1.0", "numpy"),
    ],
)
def test_that_a_package_named_twice_is_a_warning_where_both_can_hold(
    first: str, second: str
) -> None:
    found = one(f"{first}\n{second}")
    assert (found.line, found.severity) == (2, "warning")
    assert "in line 1 already" in found.message


def test_that_lines_for_different_pythons_are_not_the_same_twice() -> None:
    text = 'numpy<2; python_version<"3.9"\nnumpy>=2; python_version>="3.9"\n'
    assert problems(text) == []


def test_that_a_name_beside_a_known_one_is_asked_about() -> None:
    found = one("scikit-lern", "scikit-learn", "numpy")
    assert found.hint == "Did you mean 'scikit-learn'?"
    assert (found.column, found.length) == (1, 11)
    assert problems("my-own-thing", "scikit-learn", "numpy") == []


def test_that_a_list_with_errors_cannot_be_declared_and_the_line_is_told() -> None:
    found = read_requirements("numpy\nnumpy=1\n-e .")
    with pytest.raises(InvalidError) as caught:
        found.declared()
    assert caught.value.message.startswith("requirements.txt, line 2: One '='")
    assert caught.value.message.endswith("(and 1 more)")


def test_that_a_very_long_line_and_very_many_lines_are_told() -> None:
    assert "too long" in one("a" * 3000).message
    assert any("More than 5000" in e.message for e in problems("a==1\n" * 5001))


PIECES = st.sampled_from(
    [
        *("numpy", "A_b.c", "==", ">=", "~=", "=", "<", ",", ";", "[", "]", "(", ")"),
        *("1.2", "1.*", "2!1.0+x", "@", "#", " ", "\t", "\\\n", "\n", "'", '"', "${A}"),
        *("-e ", "-r ", "--index-url ", "--hash=sha256:ab", "https://u:p@h/x", "git+"),
        *("python_version", "extra", "and", "or", "in", "file:///", "C:\\", "\x00"),
        *("\ufeff", "é", "\u2028", "*", "^", "===", "!="),
    ]
)


@settings(max_examples=2000, deadline=2000)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_that_no_broken_list_makes_it_fail(text: str) -> None:
    _stands_within(text)


@settings(max_examples=1000, deadline=2000)
@given(st.text(max_size=300))
def test_that_no_text_makes_it_fail(text: str) -> None:
    _stands_within(text)


@pytest.mark.parametrize(
    "text",
    [
        "a" + "(" * 1900,
        "a; " + "(" * 900 + "os_name=='x'" + ")" * 900,
        "a" + ">=1," * 400 + "<2",
        "a==" + "9" * 1900,
        "a" + "." * 1900,
        "a; " + "os_name=='x' and " * 100 + "os_name=='x'",
        "\\\n" * 5000,
        "a" + " " * 1900 + "b",
        "a==" + "1." * 900 + "1",
        "a==1\na>=2\n" * 2500,
        "".join(f"a>={number}\n" for number in range(5000)),
    ],
)
def test_that_monsters_are_read_quickly(text: str) -> None:
    _stands_within(text)


def _stands_within(text: str) -> None:
    found = read_requirements(text)
    count = text.count("\n") + 1
    for each in found.problems:
        assert 1 <= each.line <= count
        assert each.column >= 1
        assert each.message
    assert read_requirements("\n".join(found.canonical)).canonical == found.canonical


def test_that_a_key_in_the_query_of_an_address_is_refused() -> None:
    place = "alpha @ https://packages.test/alpha-1.0-py3-none-any.whl"
    assert read_requirements(f"{place}?v=1&sig=word\n").errors
    assert not read_requirements(f"{place}?v=1&sig=${{SIG}}\n").errors


def test_that_a_line_of_blanks_is_read_at_once(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("-r x" + " \t" * 100_000 + "y\n" + "alpha" + " " * 200_000 + "x\n")
    with pytest.raises(InvalidError):
        import_requirements(file)
