"""Acts as they are sent: what an event says of itself, but its stream, under the name of the act.

Each model follows from its event's, so what may be sent and what is written down cannot part.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union

from pydantic import BaseModel, ConfigDict, Field, create_model

from entente_contracts.event import Event
from entente_contracts.events.partnerships import agreements, bodies

TREATY_ACTS: Mapping[str, type[Event]] = {
    "signed": agreements.AgreementSigned,
    "consented": agreements.ConsentExpressed,
    "applied_provisionally": agreements.ProvisionalApplicationBegan,
    "stopped_applying": agreements.ProvisionalApplicationEnded,
    "reserved": agreements.ReservationMade,
    "objected": agreements.ReservationObjected,
    "unreserved": agreements.ReservationWithdrawn,
    "amended": agreements.AgreementAmended,
    "suspended": agreements.AgreementSuspended,
    "resumed": agreements.AgreementResumed,
    "denounced": agreements.AgreementDenounced,
    "denunciation_withdrawn": agreements.DenunciationWithdrawn,
    "renewed": agreements.AgreementRenewed,
    "terminated": agreements.AgreementTerminated,
}
CORRECTIONS: Mapping[str, type[Event]] = {"corrected": agreements.StepCorrected, "annulled": agreements.StepAnnulled}

MEMBER_ACTS: Mapping[str, type[Event]] = {
    "joined": bodies.MembershipBegan,
    "suspended": bodies.MembershipSuspended,
    "resumed": bodies.MembershipResumed,
    "left": bodies.MembershipEnded,
}
MEMBER_CORRECTIONS: Mapping[str, type[Event]] = {
    "corrected": bodies.MembershipStepCorrected,
    "annulled": bodies.MembershipStepAnnulled,
}


class Asked(BaseModel):
    """Something sent: strict about what it knows, so that a misspelt field is told and not ignored."""

    model_config = ConfigDict(extra="forbid")


class AskedAct(Asked):
    """An act without the stream that it belongs to."""

    act: str

    def said(self) -> dict[str, Any]:
        """What the act says, for its event."""
        return {name: getattr(self, name) for name in type(self).model_fields if name != "act"}


def act_model(act: str, event: type[Event], stream: str) -> type[AskedAct]:
    """The model of an act: its event's fields but `stream`'s, and its name."""
    fields: dict[str, Any] = {name: (field.annotation, field) for name, field in event.model_fields.items() if name != stream}
    name = "".join(part.title() for part in act.split("_")) + ("Membership" if stream == "body" else "Act")
    fields["act"] = (Literal[act], Field(description="which act it is"))
    return create_model(name, __base__=AskedAct, __doc__=event.__doc__, **fields)


def one_of(acts: Mapping[str, type[Event]], stream: str) -> Any:
    """The type of any of the acts, told apart by `act`."""
    models = tuple(act_model(act, event, stream) for act, event in acts.items())
    return Annotated[Union[models], Field(discriminator="act")]  # noqa: UP007 - made from a mapping, which no `|` can be written for


TreatyAct: Any = one_of(TREATY_ACTS, "agreement")
AnyTreatyAct: Any = one_of({**TREATY_ACTS, **CORRECTIONS}, "agreement")
MemberAct: Any = one_of(MEMBER_ACTS, "body")
AnyMemberAct: Any = one_of({**MEMBER_ACTS, **MEMBER_CORRECTIONS}, "body")


def treaty_event(agreement: str, asked: AskedAct) -> Any:
    """The event that an act of an agreement is written down as."""
    return {**TREATY_ACTS, **CORRECTIONS}[asked.act](agreement=agreement, **asked.said())


def member_event(body: str, asked: AskedAct) -> Any:
    """The event that a step of a membership is written down as."""
    return {**MEMBER_ACTS, **MEMBER_CORRECTIONS}[asked.act](body=body, **asked.said())


ACT_OF: Mapping[str, str] = {
    event.event_name: act for acts in (TREATY_ACTS, CORRECTIONS, MEMBER_ACTS, MEMBER_CORRECTIONS) for act, event in acts.items()
}
"""The name of the act, by the name of its event."""
