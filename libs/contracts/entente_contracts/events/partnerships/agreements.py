"""The life of a treaty, act by act as its depositary records it. Stream: `agreement/<id>`, whose events are numbered steps.

Nothing here is computed: when it is in force, and for whom, follows from the acts and is told in `bindings`.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from entente_contracts.event import Event
from entente_contracts.events.observations import LongText
from entente_contracts.events.partnerships.parts import AgreementId, Because, Key, On, Parties, PartyId, Provision, Source, Step, Terms
from entente_contracts.topics import PARTNERSHIPS


class AgreementOpened(Event, name="entente.partnerships.agreement-opened", version=1, topic=PARTNERSHIPS):
    """The text stands and is open to those whom it names. The first step of its stream."""

    agreement: AgreementId
    terms: Annotated[Terms, Field(description="what it is and by which rules it lives")]
    on: On


class AgreementSigned(Event, name="entente.partnerships.agreement-signed", version=1, topic=PARTNERSHIPS):
    """A party signed. It is bound by that only where the agreement enters into force by signature."""

    agreement: AgreementId
    party: PartyId
    on: On


class Form(StrEnum):
    """How a party consented to be bound."""

    RATIFICATION = "ratification"
    ACCEPTANCE = "acceptance"
    APPROVAL = "approval"
    ACCESSION = "accession"
    SUCCESSION = "succession"
    NOTIFICATION = "notification"
    UNRECORDED = "unrecorded"


class ConsentExpressed(Event, name="entente.partnerships.consent-expressed", version=1, topic=PARTNERSHIPS):
    """A party's consent to be bound was deposited or notified. A successor may be bound from the day of its succession on: `since`."""

    agreement: AgreementId
    party: PartyId
    form: Annotated[Form, Field(description="how it consented")]
    on: On
    since: Annotated[On | None, Field(description="the day of succession; null: counted from the deposit")] = None


class ProvisionalApplicationBegan(Event, name="entente.partnerships.provisional-application-began", version=1, topic=PARTNERSHIPS):
    """A party applies the agreement before it is in force for it (Vienna Convention on the Law of Treaties, article 25)."""

    agreement: AgreementId
    party: PartyId
    on: On


class ProvisionalApplicationEnded(Event, name="entente.partnerships.provisional-application-ended", version=1, topic=PARTNERSHIPS):
    """A party no longer applies the agreement provisionally: `on` is the first day without."""

    agreement: AgreementId
    party: PartyId
    on: On


class Effect(StrEnum):
    """What a reservation does to the provisions that it names."""

    EXCLUDES = "excludes"
    MODIFIES = "modifies"


class ReservationMade(Event, name="entente.partnerships.reservation-made", version=1, topic=PARTNERSHIPS):
    """A party excludes provisions from what binds it, or modifies them."""

    agreement: AgreementId
    party: PartyId
    reservation: Annotated[Key, Field(description="name of the reservation within the agreement")]
    provisions: Annotated[tuple[Key, ...], Field(min_length=1, max_length=100, description="provisions it is about")]
    effect: Annotated[Effect, Field(description="what it does to them")]
    text: Annotated[LongText, Field(description="what it says, in a sentence")]
    on: On


class ReservationObjected(Event, name="entente.partnerships.reservation-objected", version=1, topic=PARTNERSHIPS):
    """A party objects to another's reservation. `no_relations`: it also opposes that the agreement be in force between the two."""

    agreement: AgreementId
    party: PartyId
    reservation: Annotated[Key, Field(description="reservation objected to")]
    no_relations: Annotated[bool, Field(description="whether the agreement shall not be in force between the two")] = False
    on: On


class ReservationWithdrawn(Event, name="entente.partnerships.reservation-withdrawn", version=1, topic=PARTNERSHIPS):
    """A party takes its reservation back."""

    agreement: AgreementId
    party: PartyId
    reservation: Annotated[Key, Field(description="reservation taken back")]
    on: On


class AgreementAmended(Event, name="entente.partnerships.agreement-amended", version=1, topic=PARTNERSHIPS):
    """An amendment took effect: among those whom it binds, these provisions hold instead of those before."""

    agreement: AgreementId
    amendment: Annotated[Key, Field(description="name of the amendment within the agreement")]
    provisions: Annotated[tuple[Provision, ...], Field(max_length=100, description="all that the agreement gives from now on")]
    binds: Annotated[Parties | None, Field(description="parties that accepted it; null: all")] = None
    text: Annotated[LongText, Field(description="what it changes, in a sentence")]
    on: On


class AgreementSuspended(Event, name="entente.partnerships.agreement-suspended", version=1, topic=PARTNERSHIPS):
    """The agreement's operation is suspended, for some parties or for all. It lasts until it is resumed."""

    agreement: AgreementId
    parties: Annotated[Parties | None, Field(description="for whom; null: for all")] = None
    because: Because
    on: On


class AgreementResumed(Event, name="entente.partnerships.agreement-resumed", version=1, topic=PARTNERSHIPS):
    """The agreement operates again, for some parties or for all."""

    agreement: AgreementId
    parties: Annotated[Parties | None, Field(description="for whom; null: for all")] = None
    because: Because
    on: On


class AgreementDenounced(Event, name="entente.partnerships.agreement-denounced", version=1, topic=PARTNERSHIPS):
    """A party gave notice that it leaves; the agreement's own notice period runs from `on`, unless `effective` names the day.

    The day on which it takes effect is the first on which the party is not bound.
    """

    agreement: AgreementId
    party: PartyId
    on: On
    effective: Annotated[On | None, Field(description="the day it takes effect, where the notice names one; null: by the rule")] = None


class DenunciationWithdrawn(Event, name="entente.partnerships.denunciation-withdrawn", version=1, topic=PARTNERSHIPS):
    """A party took its notice back before it took effect."""

    agreement: AgreementId
    party: PartyId
    on: On


class AgreementRenewed(Event, name="entente.partnerships.agreement-renewed", version=1, topic=PARTNERSHIPS):
    """The parties prolonged the agreement."""

    agreement: AgreementId
    on: On
    until: Annotated[On | None, Field(description="first day without the agreement; null: without end")] = None


class Ending(StrEnum):
    """How an agreement came to its end."""

    BY_CONSENT = "by_consent"
    SUPERSEDED = "superseded"
    FULFILLED = "fulfilled"
    BREACH = "breach"
    PARTY_GONE = "party_gone"
    UNRECORDED = "unrecorded"


class AgreementTerminated(Event, name="entente.partnerships.agreement-terminated", version=1, topic=PARTNERSHIPS):
    """The agreement ended for all: `on` is the first day without it."""

    agreement: AgreementId
    how: Annotated[Ending, Field(description="how it ended")]
    because: Because
    on: On


class StepCorrected(Event, name="entente.partnerships.step-corrected", version=1, topic=PARTNERSHIPS):
    """A step of this stream took effect on another day than was recorded."""

    agreement: AgreementId
    step: Step
    on: Annotated[On, Field(description="the day on which that step took effect")]
    because: Because
    source: Source | None = None


class StepAnnulled(Event, name="entente.partnerships.step-annulled", version=1, topic=PARTNERSHIPS):
    """A step of this stream never happened."""

    agreement: AgreementId
    step: Step
    because: Because
    source: Source | None = None
