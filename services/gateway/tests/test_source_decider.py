"""Sources: registered, given keys, deprived of them, given other rights."""

from datetime import UTC, datetime

import pytest

from entente_contracts.events.gateway import (
    KeyAlgorithm,
    PublicKey,
    Rights,
    SourceKeyAdded,
    SourceKeyRevoked,
    SourceRegistered,
    SourceRightsChanged,
)
from entente_contracts.refused import Refused
from entente_gateway.domain.changing_sources import MOST_KEYS, decide
from entente_gateway.domain.source import evolve
from entente_gateway.domain.source_commands import AddKey, ChangeRights, RegisterSource, RevokeKey, stream

NOW = datetime(2023, 10, 5, tzinfo=UTC)
RIGHTS = Rights(types=("entente.observations.reported",))
MORE = Rights(types=("entente.observations.reported",), countries=("SDN",))


def key(name, pem=None):
    return PublicKey(keyid=name, algorithm=KeyAlgorithm.ED25519, pem=pem or f"pem of {name}")


def register(*keys, rights=RIGHTS):
    return RegisterSource("ucdp", "//ucdp", "SWE", "Uppsala", rights, keys, "agreed")


REGISTERED = SourceRegistered(source="ucdp", uri="//ucdp", party="SWE", title="Uppsala", rights=RIGHTS, because="agreed")
WITH_KEY = SourceKeyAdded(source="ucdp", key=key("k1"), because="agreed")
REVOKED = SourceKeyRevoked(source="ucdp", keyid="k1", revoked_at=NOW, because="lost")


def given(*events):
    source = None
    for event in events:
        source = evolve(source, event)
    return source


def refusal(command, *events):
    with pytest.raises(Refused) as refused:
        decide(command, given(*events))
    assert refused.value.mend
    return refused.value.code


def test_a_source_is_registered_with_its_keys():
    assert decide(register(key("k1")), None) == [REGISTERED, WITH_KEY]
    assert stream(register()) == "source/ucdp"


def test_a_key_is_added_beside_the_others():
    added = decide(AddKey("ucdp", key("k2"), "rotation"), given(REGISTERED, WITH_KEY))
    assert added == [SourceKeyAdded(source="ucdp", key=key("k2"), because="rotation")]
    source = given(REGISTERED, WITH_KEY, *added)
    assert [held.key.keyid for held in source.keys] == ["k1", "k2"]


def test_a_key_is_revoked_from_a_moment_on():
    assert decide(RevokeKey("ucdp", "k1", NOW, "lost"), given(REGISTERED, WITH_KEY)) == [REVOKED]
    held = given(REGISTERED, WITH_KEY, REVOKED).key("k1")
    assert held.revoked(NOW)
    assert not held.revoked(datetime(2023, 10, 4, tzinfo=UTC))


def test_rights_are_replaced():
    changed = decide(ChangeRights("ucdp", MORE, "more trust"), given(REGISTERED))
    assert changed == [SourceRightsChanged(source="ucdp", rights=MORE, because="more trust")]
    assert given(REGISTERED, *changed).rights == MORE


@pytest.mark.parametrize(
    ("command", "history", "code"),
    [
        (register(), [REGISTERED], "source-exists"),
        (register(rights=Rights(types=())), [], "no-types"),
        (register(rights=Rights(types=("entente.stability.assessed",))), [], "not-reportable"),
        (register(rights=Rights(types=("entente.observations.reported.v2",))), [], "not-reportable"),
        (register(key("k1"), key("k1", "another")), [], "key-exists"),
        (register(key("k1", "same"), key("k2", "same")), [], "key-exists"),
        (AddKey("ucdp", key("k2"), "x"), [], "no-such-source"),
        (AddKey("ucdp", key("k1", "another"), "x"), [REGISTERED, WITH_KEY], "key-exists"),
        (AddKey("ucdp", key("k1"), "x"), [REGISTERED, WITH_KEY, REVOKED], "key-exists"),
        (AddKey("ucdp", key("k9", "pem of k1"), "x"), [REGISTERED, WITH_KEY, REVOKED], "key-exists"),
        (RevokeKey("ucdp", "k1", NOW, "x"), [], "no-such-source"),
        (RevokeKey("ucdp", "k2", NOW, "x"), [REGISTERED, WITH_KEY], "no-such-key"),
        (RevokeKey("ucdp", "k1", NOW, "x"), [REGISTERED, WITH_KEY, REVOKED], "key-revoked"),
        (ChangeRights("ucdp", MORE, "x"), [], "no-such-source"),
        (ChangeRights("ucdp", RIGHTS, "x"), [REGISTERED], "nothing-changes"),
        (ChangeRights("ucdp", Rights(types=()), "x"), [REGISTERED], "no-types"),
    ],
)
def test_what_cannot_be_is_refused(command, history, code):
    assert refusal(command, *history) == code


def test_a_source_has_a_limited_number_of_keys():
    keys = [SourceKeyAdded(source="ucdp", key=key(f"k{number}")) for number in range(MOST_KEYS)]
    assert refusal(AddKey("ucdp", key("one more"), "x"), REGISTERED, *keys) == "too-many-keys"


@pytest.mark.parametrize("event", [WITH_KEY, REVOKED, SourceRightsChanged(source="ucdp", rights=RIGHTS, because="x")])
def test_a_stream_that_does_not_begin_with_a_registration_is_an_error(event):
    with pytest.raises(ValueError, match="before the source was registered"):
        evolve(None, event)
