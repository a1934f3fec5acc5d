import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente_contracts.cloudevent import NotACloudEvent
from entente_contracts.codec.batch import elements

space = st.text(" \t\r\n", max_size=3).map(str.encode)
values = st.recursive(
    st.none() | st.integers() | st.text() | st.text('[]{},"\\'),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('[]{},"\\a'), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.tuples(space, values, space, st.booleans())), space)
def test_each_element_is_cut_out_as_it_was_sent(items, around):
    texts = [json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass") for _, value, _, ascii_only in items]
    array = b",".join(before + text + after for (before, _, after, _), text in zip(items, texts, strict=True))
    assert elements(around + b"[" + around + array + b"]" + around) == texts


@given(st.binary() | st.text('[]{},"\\ ').map(str.encode))
def test_any_bytes_are_cut_or_refused(body):
    try:
        found = elements(b"[" + body + b"]")
    except NotACloudEvent:
        return
    place = 0
    for part in found:
        place = body.index(part, place) + len(part)


def test_an_empty_place_is_an_empty_element():
    assert elements(b"[1,,2,]") == [b"1", b"", b"2", b""]


def test_invalid_text_stays_within_its_element():
    assert elements(b'[{"a": \xff}, "\\u", {"b"}]') == [b'{"a": \xff}', b'"\\u"', b'{"b"}']


@pytest.mark.parametrize("body", [b"", b"1", b"{}", b"[1", b"[1]]", b"[[1]", b'["a]', b'["a\\"]', b"[1] 2", b"[{]}"])
def test_an_array_that_does_not_hold_together_is_refused(body):
    with pytest.raises(NotACloudEvent, match=r"one JSON array|does not end|something follows"):
        elements(body)


def test_counting_stops_one_past_the_most_that_is_wanted():
    assert elements(b"[1,2,3,4,5]", most=2) == [b"1", b"2", b"3"]
    assert elements(b"[1,2]", most=2) == [b"1", b"2"]
    assert elements(b"[1]", most=2) == [b"1"]
    assert elements(b"[]", most=2) == []
