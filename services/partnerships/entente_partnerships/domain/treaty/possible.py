"""Whether an act can have happened, by what is known of the agreement: each refusal says why not, and what to do."""

from collections.abc import Callable
from datetime import date
from typing import Any

from entente_contracts.events.partnerships.agreements import (
    AgreementAmended,
    AgreementDenounced,
    AgreementRenewed,
    AgreementResumed,
    AgreementSigned,
    AgreementSuspended,
    AgreementTerminated,
    ConsentExpressed,
    DenunciationWithdrawn,
    ProvisionalApplicationBegan,
    ProvisionalApplicationEnded,
    ReservationMade,
    ReservationObjected,
    ReservationWithdrawn,
)
from entente_contracts.events.partnerships.parts import Reservations
from entente_contracts.refused import Refused
from entente_partnerships.domain.calendar import after
from entente_partnerships.domain.treaty.acts import Dated, of_kind
from entente_partnerships.domain.treaty.consent import provisional
from entente_partnerships.domain.treaty.life import Life
from entente_partnerships.domain.treaty.opening import check_provisions
from entente_partnerships.domain.treaty.suspension import suspensions


def check_possible(act: Dated, life: Life) -> None:
    """Refuses an act that cannot have happened on its day."""
    opened = life.acts[0].on
    if act.on < opened:
        raise Refused(
            "before-opened",
            f"{act.on} lies before the agreement was opened on {opened}",
            mend=f"send a day from {opened} on, or correct the opening first",
            where="on",
        )
    check = CHECKS.get(type(act))
    if check is not None:
        check(act, life)


def _open_to(party: str, life: Life) -> None:
    if life.terms.open_to is not None and party not in life.terms.open_to:
        raise Refused(
            "not-open-to",
            f"the agreement is not open to {party}; it is open to {', '.join(life.terms.open_to[:20])}",
            mend="name one of these, or register the agreement with other terms",
            where="party",
        )


def _signed(act: AgreementSigned, life: Life) -> None:
    _open_to(act.party, life)
    earlier = [each.on for each, said in of_kind(life.acts, AgreementSigned) if said.party == act.party]
    if earlier:
        raise _already("signed", act.party, earlier[0])


def _consented(act: ConsentExpressed, life: Life) -> None:
    _open_to(act.party, life)
    if act.since is not None and act.since > act.on:
        raise Refused(
            "succession-later",
            f"the succession of {act.since} lies after the notification of {act.on}",
            mend="send the day of the succession, which comes first",
            where="since",
        )
    expressed = [each.on for each, said in of_kind(life.acts, ConsentExpressed) if said.party == act.party]
    if expressed and life.has_consented(act.party, act.on):
        raise _already("consented", act.party, max(day for day in expressed))
    later = [day for day in expressed if day > act.on]
    if later:
        raise _already("consented", act.party, later[0])


def _applied(act: ProvisionalApplicationBegan, life: Life) -> None:
    _open_to(act.party, life)
    spans = provisional(life.acts).get(act.party, [])
    if any(span.holds(act.on) or span.first > act.on for span in spans):
        raise _already("applied it provisionally", act.party, spans[-1].first)


def _stopped(act: ProvisionalApplicationEnded, life: Life) -> None:
    if not any(span.first <= act.on < span.until for span in provisional(life.acts).get(act.party, [])):
        raise Refused(
            "not-applied",
            f"{act.party} did not apply the agreement provisionally on {act.on}",
            mend="record `applied_provisionally` first, or correct the day",
            where="party",
        )


def _takes_part(party: str, life: Life) -> bool:
    signed = any(said.party == party for _, said in of_kind(life.acts, AgreementSigned))
    return signed or any(consent.party == party for consent in life.given)


def _reserved(act: ReservationMade, life: Life) -> None:
    if life.terms.reservations is Reservations.PROHIBITED:
        raise Refused("reservations-prohibited", "the agreement lets nobody make reservations", "record none", where="reservation")
    if any(said.reservation == act.reservation for _, said in of_kind(life.acts, ReservationMade)):
        raise Refused(
            "reservation-exists",
            f"there is a reservation {act.reservation!r} already",
            mend="give this one a name of its own",
            where="reservation",
            status=409,
        )
    known = {each.key for each in life.terms.provisions} | {
        each.key for _, amended in of_kind(life.acts, AgreementAmended) for each in amended.provisions
    }
    unknown = [key for key in act.provisions if key not in known]
    if unknown:
        raise Refused(
            "no-such-provision",
            f"the agreement has no provision {unknown[0]!r}; it has {', '.join(sorted(known)) or 'none'}",
            mend="name provisions that it has",
            where=f"provisions[{act.provisions.index(unknown[0])}]",
        )
    if not _takes_part(act.party, life):
        raise _no_part(act.party)
    consented = [consent.on for consent in life.given if consent.party == act.party]
    if consented and act.on > max(consented):
        raise Refused(
            "too-late",
            f"{act.party} consented on {max(consented)}; a reservation is made by then",
            mend=f"send a day up to {max(consented)}",
            where="on",
        )


def _objected(act: ReservationObjected, life: Life) -> None:
    made = [(each.on, said) for each, said in of_kind(life.acts, ReservationMade) if said.reservation == act.reservation]
    if not made or made[0][0] > act.on:
        raise _no_reservation(act.reservation, act.on)
    if made[0][1].party == act.party:
        raise Refused(
            "own-reservation", f"the reservation is {act.party}'s own", mend="record `unreserved` where it is withdrawn", where="party"
        )
    if not _takes_part(act.party, life):
        raise _no_part(act.party)
    same = [said for _, said in of_kind(life.acts, ReservationObjected) if (said.party, said.reservation) == (act.party, act.reservation)]
    if same:
        raise _already("objected to it", act.party, same[0].on)


def _unreserved(act: ReservationWithdrawn, life: Life) -> None:
    made = [said for each, said in of_kind(life.acts, ReservationMade) if said.reservation == act.reservation and each.on <= act.on]
    if not made or made[0].party != act.party:
        raise _no_reservation(act.reservation, act.on)
    withdrawn = [each.on for each, said in of_kind(life.acts, ReservationWithdrawn) if said.reservation == act.reservation]
    if withdrawn:
        raise _already("withdrew it", act.party, withdrawn[0])


def _amended(act: AgreementAmended, life: Life) -> None:
    check_provisions(act.provisions, "provisions")
    if any(said.amendment == act.amendment for _, said in of_kind(life.acts, AgreementAmended)):
        raise Refused(
            "amendment-exists",
            f"there is an amendment {act.amendment!r} already",
            mend="give this one a name of its own",
            where="amendment",
            status=409,
        )


def _suspended(act: AgreementSuspended, life: Life) -> None:
    for_all, for_one = suspensions(life.acts)
    for party in [None] if act.parties is None else act.parties:
        spans = for_all if party is None else for_one.get(party, [])
        if any(span.first <= act.on < span.until for span in spans):
            raise Refused(
                "suspended-already",
                f"the agreement is suspended for {party or 'all'} on {act.on} already",
                mend="correct the day, or resume it first",
                where="parties",
                status=409,
            )


def _resumed(act: AgreementResumed, life: Life) -> None:
    for_all, for_one = suspensions(life.acts)
    spans = [for_all, *for_one.values()] if act.parties is None else [for_one.get(party, []) for party in act.parties]
    suspended = [any(span.first <= act.on < span.until for span in some) for some in spans]
    if not (any(suspended) if act.parties is None else all(suspended)):
        raise Refused(
            "not-suspended",
            f"on {act.on} the agreement is not suspended for {'anybody' if act.parties is None else 'each of them'}",
            mend="name those for whom it is suspended, none of them where it is for all",
            where="parties",
        )


def _denounced(act: AgreementDenounced, life: Life) -> None:
    if not life.has_consented(act.party, act.on):
        raise Refused(
            "not-a-party",
            f"{act.party} has not consented to be bound by {act.on}",
            mend="record its consent first, or correct the party or the day",
            where="party",
        )
    standing = [notice for notice in life.notices if notice.party == act.party and life.leaving[notice.step] > act.on]
    if standing:
        raise _already("gave notice", act.party, standing[0].on)
    if act.effective is None:
        return
    earliest = act.on if life.terms.exit is None else after(act.on, life.terms.exit.notice)
    if act.effective < earliest:
        raise Refused(
            "too-soon",
            f"a notice of {act.on} takes effect on {earliest} at the earliest",
            mend=f"leave `effective` out, or send a day from {earliest} on",
            where="effective",
            also={"earliest": earliest.isoformat()},
        )


def _denunciation_withdrawn(act: DenunciationWithdrawn, life: Life) -> None:
    given = [notice for notice in life.notices if notice.party == act.party and notice.on <= act.on]
    if not given:
        raise Refused("no-notice", f"{act.party} had given no notice by {act.on}", mend="correct the party or the day", where="party")
    effective: date = life.leaving[given[-1].step]
    if act.on >= effective:
        raise Refused(
            "took-effect",
            f"the notice took effect on {effective}",
            mend=f"send a day before {effective}; afterwards a party comes back by a new consent",
            where="on",
        )


def _renewed(act: AgreementRenewed, life: Life) -> None:
    if life.terms.term is None:
        raise Refused("without-term", "the agreement has no term that could be renewed", "record none", where="act")
    if act.until is not None and act.until <= act.on:
        raise Refused(
            "ends-before", f"it would end on {act.until}, before it is renewed on {act.on}", mend="send a later end", where="until"
        )


def _terminated(_: AgreementTerminated, life: Life) -> None:
    ended = of_kind(life.acts, AgreementTerminated)
    if ended:
        raise Refused(
            "ended-already",
            f"the agreement ended for all on {ended[0][0].on}",
            mend="correct that act, where its day is wrong",
            where="on",
            status=409,
        )


def _already(did: str, party: str, on: date) -> Refused:
    return Refused(
        "done-already",
        f"{party} {did} on {on} already",
        mend="correct that act where its day is wrong; record it once",
        where="party",
        status=409,
    )


def _no_part(party: str) -> Refused:
    return Refused("no-part", f"{party} has neither signed nor consented", "record that first, or correct the party", where="party")


def _no_reservation(reservation: str, on: date) -> Refused:
    return Refused(
        "no-such-reservation",
        f"by {on} that party had made no reservation {reservation!r}",
        mend="name one that was made by then",
        where="reservation",
    )


CHECKS: dict[type[Dated], Callable[[Any, Life], None]] = {
    AgreementSigned: _signed,
    ConsentExpressed: _consented,
    ProvisionalApplicationBegan: _applied,
    ProvisionalApplicationEnded: _stopped,
    ReservationMade: _reserved,
    ReservationObjected: _objected,
    ReservationWithdrawn: _unreserved,
    AgreementAmended: _amended,
    AgreementSuspended: _suspended,
    AgreementResumed: _resumed,
    AgreementDenounced: _denounced,
    DenunciationWithdrawn: _denunciation_withdrawn,
    AgreementRenewed: _renewed,
    AgreementTerminated: _terminated,
}
"""What is asked of each kind of act."""
