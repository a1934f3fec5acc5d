"""Acts in few words, and lives made of them."""

from datetime import date
from typing import Any

from entente_contracts.events.partnerships.agreements import (
    AgreementAmended,
    AgreementDenounced,
    AgreementOpened,
    AgreementRenewed,
    AgreementResumed,
    AgreementSigned,
    AgreementSuspended,
    AgreementTerminated,
    ConsentExpressed,
    DenunciationWithdrawn,
    Effect,
    Ending,
    Form,
    ProvisionalApplicationBegan,
    ProvisionalApplicationEnded,
    ReservationMade,
    ReservationObjected,
    ReservationWithdrawn,
)
from entente_contracts.events.partnerships.parts import Delay, Entry, EntryRule, Gives, Provision, Terms
from entente_partnerships.domain.treaty.acts import TreatyEvent
from entente_partnerships.domain.treaty.life import Life, life_of
from entente_partnerships.domain.treaty.standing import Former

PACT = "pact"
TWO_DEPOSITS = EntryRule(by=Entry.DEPOSITS, deposits=2)
ART_1 = Provision(key="art-1", gives=Gives.SHARING)
ART_2 = Provision(key="art-2", gives=Gives.HOTLINE)


def day(text: str) -> date:
    """A day as ISO writes it."""
    return date.fromisoformat(text)


def opened(on: str = "2000-01-01", **terms: Any) -> AgreementOpened:
    """The opening; two deposits bring it into force at once unless the terms say otherwise."""
    said = {"title": "Pact", "entry": TWO_DEPOSITS, "provisions": (ART_1, ART_2), **terms}
    return AgreementOpened(agreement=PACT, terms=Terms(**said), on=day(on))


def by(kind: Entry, **rule: Any) -> EntryRule:
    """A rule of entry into force."""
    return EntryRule(by=kind, **rule)


def signed(party: str, on: str) -> AgreementSigned:
    """A party signed."""
    return AgreementSigned(agreement=PACT, party=party, on=day(on))


def consented(party: str, on: str, form: Form = Form.RATIFICATION, since: str | None = None) -> ConsentExpressed:
    """A party consented to be bound."""
    return ConsentExpressed(agreement=PACT, party=party, form=form, on=day(on), since=day(since) if since else None)


def applied(party: str, on: str) -> ProvisionalApplicationBegan:
    """A party applies it provisionally."""
    return ProvisionalApplicationBegan(agreement=PACT, party=party, on=day(on))


def stopped(party: str, on: str) -> ProvisionalApplicationEnded:
    """A party stopped to."""
    return ProvisionalApplicationEnded(agreement=PACT, party=party, on=day(on))


def reserved(party: str, on: str, *keys: str, name: str = "r1", effect: Effect = Effect.EXCLUDES) -> ReservationMade:
    """A party made a reservation to provisions."""
    return ReservationMade(agreement=PACT, party=party, reservation=name, provisions=keys, effect=effect, text="not that", on=day(on))


def objected(party: str, on: str, name: str = "r1", *, no_relations: bool = False) -> ReservationObjected:
    """A party objected to a reservation."""
    return ReservationObjected(agreement=PACT, party=party, reservation=name, no_relations=no_relations, on=day(on))


def unreserved(party: str, on: str, name: str = "r1") -> ReservationWithdrawn:
    """A party withdrew its reservation."""
    return ReservationWithdrawn(agreement=PACT, party=party, reservation=name, on=day(on))


def amended(on: str, *provisions: Provision, name: str = "a1", binds: tuple[str, ...] | None = None) -> AgreementAmended:
    """An amendment took effect."""
    return AgreementAmended(agreement=PACT, amendment=name, provisions=provisions, binds=binds, text="changed", on=day(on))


def suspended(on: str, *parties: str) -> AgreementSuspended:
    """The agreement was suspended, for all where no party is named."""
    return AgreementSuspended(agreement=PACT, parties=parties or None, because="decided", on=day(on))


def resumed(on: str, *parties: str) -> AgreementResumed:
    """The agreement was resumed, for all where no party is named."""
    return AgreementResumed(agreement=PACT, parties=parties or None, because="decided", on=day(on))


def denounced(party: str, on: str, effective: str | None = None) -> AgreementDenounced:
    """A party gave notice that it leaves."""
    return AgreementDenounced(agreement=PACT, party=party, on=day(on), effective=day(effective) if effective else None)


def notice_withdrawn(party: str, on: str) -> DenunciationWithdrawn:
    """A party took its notice back."""
    return DenunciationWithdrawn(agreement=PACT, party=party, on=day(on))


def renewed(on: str, until: str | None = None) -> AgreementRenewed:
    """The parties prolonged the agreement."""
    return AgreementRenewed(agreement=PACT, on=day(on), until=day(until) if until else None)


def terminated(on: str) -> AgreementTerminated:
    """The agreement ended for all."""
    return AgreementTerminated(agreement=PACT, how=Ending.BY_CONSENT, because="agreed", on=day(on))


def life(*events: TreatyEvent, former: Former | None = None) -> Life:
    """What follows from events, in the order in which they were written down; without an opening a usual one comes first."""
    all_of_them: tuple[TreatyEvent, ...] = events if events and isinstance(events[0], AgreementOpened) else (opened(), *events)
    found = life_of(enumerate(all_of_them, 1), former)
    if found is None:
        raise ValueError("no opening counts")
    return found


def days(number: int) -> Delay:
    """A delay of so many days."""
    return Delay(days=number)


def months(number: int, *, to_month: bool = False) -> Delay:
    """A delay of so many months."""
    return Delay(months=number, to_month=to_month)
