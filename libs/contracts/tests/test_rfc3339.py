from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente_contracts import rfc3339

offsets = st.timedeltas(timedelta(hours=-14), timedelta(hours=14)).map(
    lambda span: timezone(timedelta(minutes=span // timedelta(minutes=1)))
)
moments = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=offsets)  # noqa: DTZ001 - hypothesis wants naive bounds


@given(moments)
def test_a_moment_comes_back_in_utc(moment):
    text = rfc3339.to_text(moment)
    assert len(text) == len("2023-10-01T00:00:00.000000Z")
    assert rfc3339.from_text(text) == moment
    assert rfc3339.from_text(text).tzinfo is UTC
    assert rfc3339.zulu(moment.isoformat()) in {text, text.replace(".000000Z", "Z")}


@given(moments, moments)
def test_the_text_sorts_as_time_does(one, other):
    assert (rfc3339.to_text(one) < rfc3339.to_text(other)) == (one < other)


@pytest.mark.parametrize(
    ("written", "zulu"),
    [
        ("2020-06-18T19:24:53+02:00", "2020-06-18T17:24:53Z"),
        ("2020-06-18t17:24:53z", "2020-06-18T17:24:53Z"),
        ("2020-06-18T17:24:53.120Z", "2020-06-18T17:24:53.120Z"),
        ("2020-06-18T23:59:59.123456789-01:00", "2020-06-19T00:59:59.123456789Z"),
        ("2020-06-18T17:24:53-00:00", "2020-06-18T17:24:53Z"),
    ],
)
def test_zulu_keeps_the_decimals_and_changes_the_offset(written, zulu):
    assert rfc3339.zulu(written) == zulu


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2020-06-18",
        "2020-06-18T17:24:53",
        "20200618T172453Z",
        "2020-02-30T00:00:00Z",
        "2020-06-18T17:24:60Z",
        "2020-06-18T24:00:01Z",
        "٢٠٢٠-06-18T17:24:53Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "2020-06-18T17:24:53Z\n",
        "2020-06-18T17:24:53+25:00",
    ],
)
def test_what_names_no_moment_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        rfc3339.zulu(text)


def test_a_moment_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="no offset"):
        rfc3339.from_text("2020-06-18T17:24:53")
    with pytest.raises(ValueError, match="no offset"):
        rfc3339.to_text(datetime(2020, 6, 18))  # noqa: DTZ001 - the fault under test


def test_decimals_beyond_the_sixth_are_cut_off():
    assert rfc3339.from_text("2020-06-18T17:24:53.123456789Z").microsecond == 123456
