"""The filter language: what it understands, corrects and refuses."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.errors import InvalidError
from studio.domain.tag_filter import (
    MetricIs,
    NameHas,
    TagFilter,
    TagIs,
    parse_filter,
    write_term,
)


def test_that_every_kind_of_term_is_read() -> None:
    text = 'stage=prod owner!="Data team" f=a|b f1>0.9 loss<=1e-3 churn "two words"'
    assert parse_filter(text).terms == (
        TagIs("stage", ("prod",)),
        TagIs("owner", ("Data team",), negated=True),
        TagIs("f", ("a", "b")),
        MetricIs("f1", ">", 0.9),
        MetricIs("loss", "<=", 1e-3),
        NameHas("churn"),
        NameHas("two words"),
    )


@pytest.mark.parametrize(
    ("written", "corrected"),
    [
        ("stage : prod", "stage=prod"),
        ("stage = prod churn", "stage=prod churn"),
        ("owner: 'x'", "owner='x'"),
        ("f1 > 0.123456789", "f1>0.123456789"),
        ("stage=prod", ""),
    ],
)
def test_that_loosely_written_filters_are_understood_and_shown_corrected(
    written: str, corrected: str
) -> None:
    assert parse_filter(written).corrected == corrected


@pytest.mark.parametrize(
    "text", ["=", "a=", "f1>", "a=|b", '"open', "f1>abc", "f1>nan"]
)
def test_that_a_filter_that_is_not_understood_comes_with_a_way_to_write_it(
    text: str,
) -> None:
    with pytest.raises(InvalidError) as refused:
        parse_filter(text)
    assert refused.value.hint


def test_that_a_filter_that_no_person_wrote_is_refused() -> None:
    with pytest.raises(InvalidError, match="too long"):
        parse_filter("k=" + "|".join("v" * 2000))


def test_that_a_missing_tag_is_not_equal_to_anything() -> None:
    absent = parse_filter("stage!=prod")
    assert absent.matches("m", {}, {})
    assert absent.matches("m", {"stage": "dev"}, {})
    assert not absent.matches("m", {"stage": "prod"}, {})


def test_that_a_missing_metric_compares_with_nothing() -> None:
    assert not parse_filter("f1<1").matches("m", {}, {})
    assert parse_filter("f1<1").matches("m", {}, {"f1": 0.5})


keys = st.text(
    st.characters(blacklist_characters=' =!<>:|"', blacklist_categories=("Z", "C")),
    min_size=1,
    max_size=8,
)
values = st.text(max_size=10)
terms = st.one_of(
    st.builds(
        TagIs,
        keys,
        st.lists(values, min_size=1, max_size=3).map(tuple),
        st.booleans(),
    ),
    st.builds(
        MetricIs,
        keys,
        st.sampled_from([">", ">=", "<", "<="]),
        st.floats(allow_nan=False),
    ),
    st.builds(NameHas, values),
)


@given(st.lists(terms, max_size=4))
@settings(max_examples=400, deadline=None)
def test_that_a_written_filter_is_read_back_as_it_was(given_terms: list) -> None:
    text = " ".join(write_term(term) for term in given_terms)
    assert parse_filter(text) == TagFilter(tuple(given_terms))


@given(st.text(max_size=60))
@settings(max_examples=800, deadline=None)
def test_that_any_text_is_either_understood_or_refused_with_a_message(
    text: str,
) -> None:
    try:
        found = parse_filter(text)
    except InvalidError as error:
        assert error.message
        assert error.hint
        return
    again = parse_filter(" ".join(write_term(term) for term in found.terms))
    assert again.terms == found.terms
