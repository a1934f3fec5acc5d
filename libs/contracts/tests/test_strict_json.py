import json

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from entente_contracts import strict_json
from entente_contracts.strict_json import DEEPEST, NotJson
from entente_testkit.arbitrary import TEXT

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
    | st.sampled_from(["1e+5", ".0,", "2e-7}", "\ue000", "\U0001f600", '"\\']),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)


@given(values)
@example({"\ue000": 1, "\U0001f600": 2})
@example([1e21, 1e20, 1e16, 1e-6, 1e-7, -0.0, 1.0, 5e-324, 0.1, 123456789012345680.0])
@example(1.0)
@example([2.0])
@example({"a": 2.0})
def test_the_canonical_form_is_that_of_rfc_8785(value):
    assert strict_json.canonical(value) == rfc8785.dumps(value)


@given(values)
def test_what_is_canonical_is_read_as_it_was(value):
    canonical = strict_json.canonical(value)
    assert strict_json.canonical(strict_json.read(canonical)) == canonical
    assert strict_json.is_canonical(canonical, value)


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_or_refused(data):
    try:
        value = strict_json.read(data)
    except NotJson:
        return
    assert value == json.loads(data)


def nested(levels):
    return b'{"a":[' * (levels // 2) + b"1" + b"]}" * (levels // 2)


def test_the_deepest_level_is_the_same_wherever_it_is_read():
    assert strict_json.read(nested(DEEPEST))
    with pytest.raises(NotJson, match="at most 64 levels"):
        strict_json.read(nested(DEEPEST + 2))
    assert len(strict_json.read(b"[" + b"[]," * 200 + b"[]]")) == 201


def test_a_backslash_before_a_u_is_no_escape():
    assert strict_json.read(b'"\\\\u0000 \\\\ud800"') == "\\u0000 \\ud800"


@pytest.mark.parametrize("escaped", [b'"\\u0000"', b'"\\\\\\u0000"', b'{"\\u0000": 1}'])
def test_a_nul_is_refused(escaped):
    with pytest.raises(NotJson, match=r"U\+0000"):
        strict_json.read(escaped)


@pytest.mark.parametrize("pair", ["\\ud83d\\ude00", "\\uD83D\\uDE00"])
def test_a_whole_surrogate_pair_is_a_character(pair):
    assert strict_json.read(f'"{pair}"'.encode()) == "\U0001f600"


@pytest.mark.parametrize("half", ["\\ud83d", "\\ude00", "\\ude00\\ud83d", "\\uDFFF"])
def test_half_a_surrogate_pair_is_refused(half):
    with pytest.raises(NotJson, match="surrogate"):
        strict_json.read(f'{{"{half}": 1}}'.encode())


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, "\ud800", {"\ud800": 1}, {"\U0001f600": 1, "\ud800": 2}])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(NotJson, match="no canonical form"):
        strict_json.canonical(value)
    assert not strict_json.is_canonical(b"1", value)


def test_a_value_nested_too_deep_has_no_canonical_form():
    value = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(NotJson, match="too deep"):
        strict_json.canonical(value)


@pytest.mark.parametrize("number", [2**53 - 1, -(2**53) + 1, 0])
def test_numbers_up_to_2_to_the_53_are_exact(number):
    assert strict_json.read(str(number).encode()) == number


@pytest.mark.parametrize("number", [float(2**53), -1e20, 123456789012345680000.0])
def test_larger_numbers_in_canonical_form_are_read_as_what_they_are(number):
    assert strict_json.read(rfc8785.dumps(number)) == number


@pytest.mark.parametrize("number", [str(2**53 + 1), str(-(2**53) - 1), "1" + "0" * 21, "1" * 21, "1" + "0" * 5_000])
def test_larger_numbers_that_would_be_rounded_are_refused(number):
    with pytest.raises(NotJson, match="write it as a string"):
        strict_json.read(number.encode())
