"""What the registry knows of its own decisions, whatever order and place they are met in."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import strategies as st

from entente_contracts.events.partnerships.agreements import (
    AgreementAmended,
    AgreementDenounced,
    AgreementOpened,
    ConsentExpressed,
    Effect,
    Form,
    ReservationMade,
    StepAnnulled,
    StepCorrected,
)
from entente_contracts.events.partnerships.bodies import (
    BindingRule,
    BodyKind,
    BodyRegistered,
    MembershipBegan,
    MembershipStepAnnulled,
    MembershipSuspended,
    Standing,
)
from entente_contracts.events.partnerships.parts import (
    Delay,
    Entry,
    EntryRule,
    ExitRule,
    Gives,
    Provision,
    Renewal,
    SharingLevel,
    TermRule,
    Terms,
)
from entente_contracts.topics import PARTNERSHIPS
from entente_partnerships.app import partnerships
from entente_partnerships.projections.treaty_events import BODY_EVENTS, TREATY_EVENTS
from entente_partnerships.projections.who_belongs import who_belongs
from entente_partnerships.projections.who_is_bound import who_is_bound
from entente_testkit import arbitrary, golden
from entente_testkit.history import stream_of
from entente_testkit.projecting import given
from entente_testkit.suites import PolicyBehaviour, ProjectionBehaviour, ServiceBehaviour

GOLDEN = Path(__file__).parent / "golden"
SHARING = Provision(key="art-1", gives=Gives.SHARING, level=SharingLevel.SECRET, topics=("maritime",), says="what is seen at sea")
HOTLINE = Provision(key="art-2", gives=Gives.HOTLINE)
TERMS = Terms(
    title="Pact",
    entry=EntryRule(by=Entry.DEPOSITS, deposits=2, delay=Delay(days=30)),
    exit=ExitRule(notice=Delay(months=6)),
    term=TermRule(lasts=Delay(months=60), renewal=Renewal.TACIT),
    provisions=(SHARING, HOTLINE),
)


def opened(agreement: str, on: date = date(2000, 1, 1)) -> AgreementOpened:
    return AgreementOpened(agreement=agreement, terms=TERMS, on=on)


def consented(agreement: str, party: str, on: date) -> ConsentExpressed:
    return ConsentExpressed(agreement=agreement, party=party, form=Form.RATIFICATION, on=on)


PACT = [
    opened("pact"),
    consented("pact", "FRA", date(2000, 2, 1)),
    ReservationMade(
        agreement="pact",
        party="DEU",
        reservation="r1",
        provisions=("art-2",),
        effect=Effect.EXCLUDES,
        text="no hotline",
        on=date(2000, 3, 1),
    ),
    consented("pact", "DEU", date(2000, 3, 1)),
    consented("pact", "OSCE", date(2000, 4, 1)),
    AgreementAmended(agreement="pact", amendment="a1", provisions=(HOTLINE,), text="less", on=date(2001, 1, 1)),
    AgreementDenounced(agreement="pact", party="FRA", on=date(2002, 1, 31)),
    StepCorrected(agreement="pact", step=2, on=date(2000, 2, 2), because="misread"),
    StepAnnulled(agreement="pact", step=7, because="of another pact"),
]
OSCE = [
    BodyRegistered(
        body="OSCE", name="OSCE", kind=BodyKind.REGIONAL_BODY, binds=BindingRule(standings=(Standing.FULL,)), founded=date(1995, 1, 1)
    ),
    MembershipBegan(body="OSCE", member="ITA", standing=Standing.FULL, on=date(1995, 1, 1)),
    MembershipBegan(body="OSCE", member="YUG", standing=Standing.FULL, on=date(1995, 1, 1)),
    MembershipSuspended(body="OSCE", member="YUG", because="decided", on=date(1996, 7, 8)),
    MembershipStepAnnulled(body="OSCE", step=3, because="not a founder"),
]
HISTORY = [*stream_of("agreement/pact", *PACT), *stream_of("body/OSCE", *OSCE)]


@pytest.mark.parametrize("projection", partnerships.projections, ids=lambda projection: projection.name)
def test_the_same_events_make_the_same_rows_as_long_as_the_code_is_the_same(projection):
    golden.check(projection, HISTORY, GOLDEN)


def treaty_streams():
    """Streams of whatever the schema allows, each after an opening, which is never annulled."""
    others = st.one_of([arbitrary.events(model) for model in TREATY_EVENTS if model is not AgreementOpened])

    def of(agreement):
        fitting = others.map(lambda event: event.model_copy(update={"agreement": agreement})).filter(
            lambda event: not (isinstance(event, StepAnnulled) and event.step == 1)
        )
        return st.lists(fitting, max_size=4).map(lambda events: stream_of(f"agreement/{agreement}", opened(agreement), *events))

    return {(PARTNERSHIPS.name, f"agreement/{name}"): of(name) for name in ("pact", "accord")}


def body_streams():
    """Streams of whatever the schema allows, each after a registration."""
    others = st.one_of([arbitrary.events(model) for model in BODY_EVENTS if model is not BodyRegistered])

    def of(body):
        fitting = others.map(lambda event: event.model_copy(update={"body": body}))
        return st.lists(fitting, max_size=4).map(
            lambda events: stream_of(f"body/{body}", OSCE[0].model_copy(update={"body": body}), *events)
        )

    return {(PARTNERSHIPS.name, f"body/{name}"): of(name) for name in ("OSCE", "ASEAN")}


class TestPartnerships(ProjectionBehaviour, PolicyBehaviour, ServiceBehaviour):
    """The kernel's own suites."""

    service = partnerships

    def histories(self, projection):
        """Each stream begins with what it is about."""
        return st.fixed_dictionaries(body_streams() if projection is who_belongs else treaty_streams())


@pytest.mark.parametrize(("projection", "event"), [(who_is_bound, PACT[1]), (who_belongs, OSCE[1])], ids=["act", "membership"])
def test_an_event_without_what_it_is_about_is_poison(projection, event):
    with pytest.raises(LookupError, match="before"):
        given(projection, *stream_of("s", event))
