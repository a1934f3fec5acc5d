"""The order of judgements, as pure decisions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from entente_contracts.events.gateway import KeyAlgorithm, PublicKey, QuarantineReason, Rights
from entente_contracts.events.observations import ObservationRetracted
from entente_contracts.validation import FieldError
from entente_gateway.domain.describing import LONGEST_DETAIL, describe
from entente_gateway.domain.examined import ITEM_LIMIT, Examined, Reading, Signature
from entente_gateway.domain.judging import Admitted, Duplicate, FirstSeen, Quarantined, judge
from entente_gateway.domain.registry import Registry
from entente_gateway.domain.source import HeldKey, Source, Suspension

NOW = datetime(2023, 10, 5, 12, tzinfo=UTC)
KEY = PublicKey(keyid="k1", algorithm=KeyAlgorithm.ED25519, pem="A")
OTHER_KEY = PublicKey(keyid="k1", algorithm=KeyAlgorithm.ED25519, pem="B")
NAME = "entente.observations.retracted"
UCDP = Source("ucdp", "//ucdp", None, "Uppsala", Rights(types=(NAME,), countries=("SDN",)), (HeldKey(KEY),))
ACLED = Source("acled", "//acled", None, "Acled", Rights(types=(NAME,)), (HeldKey(OTHER_KEY),))
DATA = ObservationRetracted(observation="1", country="SDN", because="wrong")
SOUND = Examined(
    length=1_000,
    arrived=NOW,
    source="//ucdp",
    id="1",
    type=f"{NAME}.v1",
    signature=Signature("c0", keyids=("k1",), made_by=frozenset({KEY})),
    reading=Reading(NAME, "SDN", data=DATA, body=b"{}"),
)


def judged(arrival, *sources, first=None):
    return judge(arrival, Registry(sources or (UCDP, ACLED)), lambda _source, _id: first)


def reason(arrival, *sources, first=None):
    judgement = judged(arrival, *sources, first=first)
    return judgement.reason.value if isinstance(judgement, Quarantined) else type(judgement).__name__


def test_what_is_sound_is_admitted_with_what_was_signed():
    assert judged(SOUND) == Admitted(UCDP, "1", "SDN", DATA, b"{}", "c0")


def test_the_judgements_come_in_the_order_that_is_stated():
    """Everything is wrong with it; each time one thing is mended, the next judgement shows."""
    errors = (FieldError("$.x", "is wrong", "mend it"),)
    revoked = replace(UCDP, keys=(HeldKey(KEY, revoked_at=NOW),))
    arrival = replace(
        SOUND, length=ITEM_LIMIT + 1, unreadable="no event", signature=None, reading=Reading(None), source="//nobody", type="unheard.of.v1"
    )
    met = [reason(arrival, revoked)]
    arrival = replace(arrival, length=ITEM_LIMIT)
    met.append(reason(arrival, revoked))
    arrival = replace(arrival, unreadable=None)
    met.append(reason(arrival, revoked))
    arrival = replace(arrival, signature=Signature(flaw="it covers another event"))
    met.append(reason(arrival, revoked))
    arrival = replace(arrival, signature=SOUND.signature)
    met.append(reason(arrival, revoked))
    arrival = replace(arrival, signature=replace(SOUND.signature, made_by=frozenset()))
    met.append(reason(arrival, revoked))
    arrival = replace(arrival, signature=SOUND.signature, source="//ucdp", time=NOW + timedelta(days=1))
    met.append(reason(arrival, replace(revoked, suspensions=(Suspension(NOW),)), first=FirstSeen("other", 3, "e")))
    met.append(reason(arrival, replace(UCDP, suspensions=(Suspension(NOW),)), first=FirstSeen("other", 3, "e")))
    met.append(reason(arrival, first=FirstSeen("other", 3, "e")))
    met.append(reason(arrival, first=FirstSeen("c0", 3, "e")))
    met.append(reason(arrival))
    arrival = replace(arrival, reading=Reading("not.allowed", "EGY", errors, versions="v1"))
    met.append(reason(arrival))
    arrival = replace(arrival, reading=Reading("not.allowed", "EGY", errors))
    met.append(reason(arrival))
    arrival = replace(arrival, time=NOW)
    met.append(reason(arrival))
    arrival = replace(arrival, reading=Reading("not.allowed", "EGY", data=DATA))
    met.append(reason(arrival))
    arrival = replace(arrival, reading=Reading(NAME, "EGY", data=DATA))
    met.append(reason(arrival))
    arrival = replace(arrival, reading=Reading(NAME, "SDN", data=DATA))
    met.append(reason(arrival))
    assert met == [
        "too_large",
        "not_cloudevent",
        "unsigned",
        "bad_signature",
        "bad_signature",
        "unknown_source",
        "revoked_key",
        "suspended_source",
        "conflicting_duplicate",
        "Duplicate",
        "unknown_type",
        "unknown_version",
        "from_the_future",
        "invalid_data",
        "beyond_rights",
        "beyond_rights",
        "Admitted",
    ]


@pytest.mark.parametrize(("minutes", "seconds", "expected"), [(5, -1, "Admitted"), (5, 0, "Admitted"), (5, 1, "from_the_future")])
def test_a_senders_clock_may_be_five_minutes_ahead(minutes, seconds, expected):
    ahead = NOW + timedelta(minutes=minutes, seconds=seconds)
    assert reason(replace(SOUND, time=ahead)) == expected
    assert reason(replace(SOUND, time=ahead, judged=ahead)) == "Admitted"


@pytest.mark.parametrize("flaw", ["not_utf8", "duplicate_keys", "too_deep"])
def test_bytes_that_are_no_json_are_named_by_what_they_suffer_from_with_its_mend(flaw):
    named = QuarantineReason(flaw)
    whole = judged(replace(SOUND, unreadable="byte 3", unreadable_as=named))
    data = judged(replace(SOUND, reading=Reading(NAME, errors=(FieldError("$", "byte 3", "x"),), flaw=named)))
    assert whole.reason is data.reason is named
    assert data.mend.startswith(whole.mend)
    assert (whole.signed_by, data.signed_by) == (None, UCDP)


def test_a_suspension_holds_from_its_moment_up_to_its_end():
    closed = replace(UCDP, suspensions=(Suspension(NOW, NOW + timedelta(hours=1)),))
    at = [reason(replace(SOUND, arrived=NOW + timedelta(minutes=minutes)), closed) for minutes in (-1, 0, 59, 60)]
    assert at == ["Admitted", "suspended_source", "suspended_source", "Admitted"]


def test_an_error_in_the_data_is_told_with_its_path_its_value_and_its_mend():
    wrong = FieldError("$.deaths.low", "should be at least 0", "keep to the bounds", "-3")
    judgement = judged(replace(SOUND, reading=Reading(NAME, "SDN", (wrong,))))
    assert judgement.detail == "$.deaths.low: should be at least 0, and -3 is there"
    assert "$.deaths.low: keep to the bounds" in judgement.mend


def test_a_stranger_is_told_the_same_whether_the_source_is_registered_or_not():
    made_by_nobody = replace(SOUND, signature=Signature("c0", keyids=("k1",)))
    known, unknown = judged(made_by_nobody), judged(made_by_nobody, ACLED)
    assert (known.reason, known.detail, known.mend) == (unknown.reason, unknown.detail, unknown.mend)
    assert known.reason is QuarantineReason.UNKNOWN_SOURCE
    assert known.for_operators == "ucdp is registered under it, but none of its keys made the signature; its keys: k1"
    assert unknown.for_operators == "no source is registered as '//ucdp'"


@pytest.mark.parametrize("change", [{"type": "x.v1"}, {"reading": Reading(None)}, {"id": "2"}], ids=str)
def test_a_stranger_learns_nothing_from_what_he_says_besides(change):
    stranger = replace(SOUND, signature=Signature("c0", keyids=("k1",)))
    assert judged(replace(stranger, **change), first=FirstSeen("c0", 1, "e")) == judged(stranger)


def test_a_signature_by_another_sources_key_is_bad():
    by_acled = replace(SOUND, signature=replace(SOUND.signature, made_by=frozenset({OTHER_KEY})))
    judgement = judged(by_acled)
    assert judgement.reason is QuarantineReason.BAD_SIGNATURE
    assert judgement.signed_by is None
    assert judgement.for_operators == "it was signed by acled (key k1) but says that it comes from '//ucdp'"


@pytest.mark.parametrize(("after", "expected"), [(timedelta(microseconds=-1), "Admitted"), (timedelta(0), "revoked_key")])
def test_a_revoked_key_is_refused_from_its_moment_of_revocation_on(after, expected):
    revoked = replace(UCDP, keys=(HeldKey(KEY, revoked_at=NOW),))
    assert reason(replace(SOUND, arrived=NOW + after), revoked) == expected


def test_of_two_signatures_one_by_a_key_in_force_is_enough():
    new = PublicKey(keyid="k2", algorithm=KeyAlgorithm.ED25519, pem="C")
    rotating = replace(UCDP, keys=(HeldKey(KEY, revoked_at=NOW), HeldKey(new)))
    both = replace(SOUND, signature=Signature("c0", keyids=("k1", "k2"), made_by=frozenset({KEY, new})))
    assert reason(both, rotating) == "Admitted"


def test_only_the_same_signed_content_is_a_duplicate():
    first = FirstSeen("c0", 3, "e")
    assert judged(SOUND, first=first) == Duplicate(UCDP, first)
    conflict = judged(SOUND, first=FirstSeen("c1", 3, "e"))
    assert conflict.reason is QuarantineReason.CONFLICTING_DUPLICATE
    assert conflict.signed_by is UCDP
    assert "position 3" in conflict.detail


def test_rights_to_no_country_let_nothing_in():
    nowhere = replace(UCDP, rights=Rights(types=(NAME,), countries=()))
    assert judged(SOUND, nowhere).detail == "the source 'ucdp' may not report of SDN; it may report of no country"


def test_a_long_claim_is_cut_in_what_is_told():
    long = judged(replace(SOUND, source="x" * 100_000, signature=Signature("c0")))
    assert len(long.detail) < 400


def test_every_error_is_told_until_the_text_grows_too_long():
    few = [FieldError("$.a", "is wrong", "mend it"), FieldError("$.b", "is wrong too", "mend that")]
    assert describe(few) == ("$.a: is wrong; $.b: is wrong too", "$.a: mend it; $.b: mend that; then sign it anew and send it again")
    many = [FieldError(f"$.field{number}", "is wrong" * 40, "mend it " * 20) for number in range(500)]
    detail, mend = describe(many)
    assert len(detail) <= LONGEST_DETAIL + 20
    assert len(mend) < 2_000
    told = detail.count("$.field")
    assert detail.endswith(f"and {500 - told} more")


def test_an_unreadable_arrival_needs_a_reason():
    with pytest.raises(ValueError, match="has a source"):
        judged(replace(SOUND, source=None))
