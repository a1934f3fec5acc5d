"""Acts as one would say them, for everything that explains itself."""

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
    Form,
    ProvisionalApplicationBegan,
    ProvisionalApplicationEnded,
    ReservationMade,
    ReservationObjected,
    ReservationWithdrawn,
)
from entente_partnerships.domain.treaty.acts import Dated

CONSENTED = {
    Form.RATIFICATION: "ratified",
    Form.ACCEPTANCE: "accepted",
    Form.APPROVAL: "approved",
    Form.ACCESSION: "acceded",
    Form.SUCCESSION: "succeeded",
    Form.NOTIFICATION: "notified",
    Form.UNRECORDED: "consented (how is not recorded)",
}


def in_words(act: Dated) -> str:  # noqa: PLR0911, PLR0912, C901 - one line an act
    """An act in a few words, its party first."""
    match act:
        case AgreementOpened():
            return "opened"
        case AgreementSigned():
            return f"{act.party} signed"
        case ConsentExpressed():
            since = f", with effect from {act.since}" if act.since else ""
            return f"{act.party} {CONSENTED[act.form]}{since}"
        case ProvisionalApplicationBegan():
            return f"{act.party} applies it provisionally"
        case ProvisionalApplicationEnded():
            return f"{act.party} stopped applying it provisionally"
        case ReservationMade():
            return f"{act.party} made the reservation {act.reservation} ({act.effect.value} {', '.join(act.provisions)})"[:200]
        case ReservationObjected():
            opposed = ", and opposes that it be in force between the two" if act.no_relations else ""
            return f"{act.party} objected to the reservation {act.reservation}{opposed}"
        case ReservationWithdrawn():
            return f"{act.party} withdrew the reservation {act.reservation}"
        case AgreementAmended():
            return f"amended by {act.amendment}"
        case AgreementSuspended():
            return f"suspended for {_whom(act.parties)}"
        case AgreementResumed():
            return f"resumed for {_whom(act.parties)}"
        case AgreementDenounced():
            named = f", effective {act.effective}" if act.effective else ""
            return f"{act.party} gave notice that it leaves{named}"
        case DenunciationWithdrawn():
            return f"{act.party} took its notice back"
        case AgreementRenewed():
            return f"renewed {f'until {act.until}' if act.until else 'without end'}"
        case AgreementTerminated():
            return f"ended for all ({act.how.value.replace('_', ' ')})"


def _whom(parties: tuple[str, ...] | None) -> str:
    if parties is None:
        return "all"
    named = ", ".join(parties[:20])
    return f"{named} and {len(parties) - 20} others" if len(parties) > 20 else named  # noqa: PLR2004 - what fits a line
