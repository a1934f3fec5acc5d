"""What the gateway knows of its own decisions."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import strategies as st

from entente_contracts.events.gateway import (
    EventQuarantined,
    KeyAlgorithm,
    PublicKey,
    QuarantineReason,
    QuarantineReleased,
    Rights,
    SourceKeyAdded,
    SourceKeyRevoked,
    SourceRegistered,
    SourceRightsChanged,
)
from entente_contracts.topics import GATEWAY
from entente_gateway.app import gateway
from entente_gateway.projections.quarantine import RefusedArrival, quarantine
from entente_gateway.projections.sources import SourceKeyNow, SourceNow, rights_text, sources
from entente_testkit import golden
from entente_testkit.history import START, recorded, stream_of
from entente_testkit.projecting import given
from entente_testkit.suites import PolicyBehaviour, ProjectionBehaviour, ServiceBehaviour

GOLDEN = Path(__file__).parent / "golden"
RIGHTS = Rights(types=("entente.observations.reported",), countries=("SDN",))
LATER = START + timedelta(hours=1)


def key(name):
    return PublicKey(keyid=name, algorithm=KeyAlgorithm.ED25519, pem=f"pem of {name}")


def registered(name):
    return SourceRegistered(source=name, uri=f"//{name}", party="SWE", title=name.title(), rights=RIGHTS, because="agreed")


def added(name, keyid="k1"):
    return SourceKeyAdded(source=name, key=key(keyid), because="agreed")


def revoked(name, keyid="k1"):
    return SourceKeyRevoked(source=name, keyid=keyid, revoked_at=LATER, because="lost")


def changed(name, *countries):
    return SourceRightsChanged(source=name, rights=Rights(types=RIGHTS.types, countries=countries or None), because="trust")


def refused(digest, reason=QuarantineReason.UNSIGNED):
    return EventQuarantined(reason=reason, detail="d", mend="m", digest=digest, length=3, claimed_source="//x", claimed_id="1")


def released(digest):
    return QuarantineReleased(digest=digest, admitted="e1", because="mended")


A, B = "a" * 64, "b" * 64
HISTORY = [
    *stream_of("source/ucdp", registered("ucdp"), added("ucdp"), added("ucdp", "k2"), revoked("ucdp"), changed("ucdp")),
    *stream_of("source/acled", registered("acled")),
    *stream_of(f"quarantine/{A}", refused(A), refused(A, QuarantineReason.INVALID_DATA), released(A)),
    *stream_of(f"quarantine/{B}", refused(B)),
]


@pytest.mark.parametrize("projection", gateway.projections, ids=lambda projection: projection.name)
def test_the_same_events_make_the_same_rows_as_long_as_the_code_is_the_same(projection):
    golden.check(projection, HISTORY, GOLDEN)


class TestGateway(ProjectionBehaviour, PolicyBehaviour, ServiceBehaviour):
    """The kernel's own suites."""

    service = gateway

    def histories(self, projection):
        """A source's stream begins with its registration, and each stream is about one thing."""
        if projection is quarantine:
            after = st.sampled_from([refused, released, lambda digest: refused(digest, QuarantineReason.INVALID_DATA)])
            first, names, stream = refused, [A, B, "c" * 64], "quarantine"
        else:
            after = st.sampled_from([added, lambda name: added(name, "k2"), changed, lambda name: changed(name, "EGY")])
            first, names, stream = registered, ["ucdp", "acled", "icews"], "source"

        def of(name):
            return st.lists(after, max_size=3).map(
                lambda steps: stream_of(f"{stream}/{name}", first(name), *(step(name) for step in steps))
            )

        return st.fixed_dictionaries({(GATEWAY.name, f"{stream}/{name}"): of(name) for name in names})


def test_a_source_is_shown_as_its_last_event_left_it():
    now = SourceNow(
        name="ucdp",
        uri="//ucdp",
        party="SWE",
        title="Ucdp",
        rights=rights_text(RIGHTS),
        registered=START,
        registered_by="testkit",
        version=3,
    )
    held = SourceKeyNow(
        source="ucdp",
        keyid="k1",
        algorithm="ed25519",
        pem="pem of k1",
        added=START,
        added_by="testkit",
        revoked_at=LATER,
        revoked_by="testkit",
        revoked_because="lost",
    )
    given(sources, *stream_of("source/ucdp", registered("ucdp"), added("ucdp"), revoked("ucdp"))).then(now, held)


def test_what_was_refused_twice_and_passed_later_shows_the_last_word_and_the_first_day():
    stream = f"quarantine/{A}"
    first = recorded(refused(A), stream, 1)
    second = recorded(refused(A, QuarantineReason.INVALID_DATA), stream, 2, at=LATER)
    passed = recorded(released(A), stream, 3, at=LATER + timedelta(hours=1))
    given(quarantine, first, second, passed).then(
        RefusedArrival(
            digest=A,
            reason="invalid_data",
            detail="d",
            mend="m",
            length=3,
            claimed_source="//x",
            claimed_id="1",
            signed_by=None,
            first_refused=START,
            last_judged=LATER + timedelta(hours=1),
            admitted="e1",
        )
    )


@pytest.mark.parametrize(
    ("projection", "event"),
    [(sources, added("ucdp")), (sources, changed("ucdp")), (quarantine, released(A))],
    ids=["key", "rights", "release"],
)
def test_an_event_without_what_it_is_about_is_poison(projection, event):
    with pytest.raises(LookupError, match="before"):
        given(projection, *stream_of("s", event))


def test_a_key_revoked_that_was_never_added_is_poison():
    with pytest.raises(LookupError, match="before it was added"):
        given(sources, *stream_of("source/ucdp", registered("ucdp"), revoked("ucdp")))
