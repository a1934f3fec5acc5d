"""Every event type by name and version, and the way from an older version to the current one."""

from collections.abc import Mapping
from typing import Any

from entente_contracts.event import Event
from entente_contracts.events import event_quarantined_v1, gateway, observation_reported_v1, observations, stability
from entente_contracts.events.partnerships import agreements, bindings, bodies, channels, engagements, priorities
from entente_contracts.upcasters import UPCASTERS

EVENTS: tuple[type[Event], ...] = (
    observation_reported_v1.ObservationReportedV1,
    observations.ObservationReported,
    observations.ObservationRevised,
    observations.ObservationRetracted,
    gateway.SourceRegistered,
    gateway.SourceKeyAdded,
    gateway.SourceKeyRevoked,
    gateway.SourceRightsChanged,
    gateway.SourceDescribed,
    gateway.SourceSuspended,
    gateway.SourceReinstated,
    gateway.SourceTokenIssued,
    gateway.SourceTokenRevoked,
    event_quarantined_v1.EventQuarantinedV1,
    gateway.EventQuarantined,
    gateway.QuarantineReleased,
    stability.StabilityAssessed,
    stability.WarningRaised,
    stability.WarningLifted,
    agreements.AgreementOpened,
    agreements.AgreementSigned,
    agreements.ConsentExpressed,
    agreements.ProvisionalApplicationBegan,
    agreements.ProvisionalApplicationEnded,
    agreements.ReservationMade,
    agreements.ReservationObjected,
    agreements.ReservationWithdrawn,
    agreements.AgreementAmended,
    agreements.AgreementSuspended,
    agreements.AgreementResumed,
    agreements.AgreementDenounced,
    agreements.DenunciationWithdrawn,
    agreements.AgreementRenewed,
    agreements.AgreementTerminated,
    agreements.StepCorrected,
    agreements.StepAnnulled,
    bodies.BodyRegistered,
    bodies.MembershipBegan,
    bodies.MembershipSuspended,
    bodies.MembershipResumed,
    bodies.MembershipEnded,
    bodies.MembershipStepCorrected,
    bodies.MembershipStepAnnulled,
    bindings.AgreementEnteredIntoForce,
    bindings.AgreementCeasedToBeInForce,
    bindings.BindingChanged,
    channels.ChannelEstablished,
    channels.ChannelTested,
    channels.ChannelTestMissed,
    channels.ChannelDegraded,
    channels.ChannelRestored,
    channels.ChannelClosed,
    engagements.EngagementPlanned,
    engagements.EngagementMoved,
    engagements.EngagementHeld,
    engagements.EngagementCancelled,
    engagements.CommitmentMade,
    engagements.CommitmentKept,
    engagements.CommitmentReleased,
    engagements.CommitmentFellPastDue,
    priorities.PrioritiesDeclared,
    priorities.MisalignmentRaised,
    priorities.MisalignmentLifted,
)
"""Every model, older versions among them; each may be published and is read."""

_BY_TYPE = {model.event_type(): model for model in EVENTS}
_CURRENT = {model.event_name: model for model in sorted(EVENTS, key=lambda model: model.event_version)}

CURRENT: tuple[type[Event], ...] = tuple(dict.fromkeys(_CURRENT[model.event_name] for model in EVENTS))
"""The newest version of each: what folds and policies see."""


class UnknownType(LookupError):
    """No event has this name."""


class UnknownVersion(LookupError):
    """The event is known, in other versions."""


def known(name: str) -> bool:
    """Whether an event of this name (without a version) exists."""
    return name in _CURRENT


def model_of(type: str) -> type[Event]:
    """The model of a type such as `entente.observations.reported.v2`, in that very version; raises `UnknownType` or `UnknownVersion`."""
    model = _BY_TYPE.get(type)
    if model is not None:
        return model
    name, _, version = type.rpartition(".v")
    if name in _CURRENT and version.isascii() and version.isdigit():
        versions = ", ".join(str(each.event_version) for each in EVENTS if each.event_name == name)
        raise UnknownVersion(f"{name} has no version {version[:20]}; known: {versions}")
    raise UnknownType(f"no event has the type {type[:200]!r}")


def current_of(name: str) -> type[Event]:
    """The newest version of an event by its name; raises `UnknownType`."""
    model = _CURRENT.get(name)
    if model is None:
        raise UnknownType(f"no event has the name {name[:200]!r}")
    return model


def upcast(name: str, version: int, json_object: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON of the current version, made from that of `version`; the JSON that was given stays as it is."""
    upcasted = dict(json_object)
    for step in range(version, current_of(name).event_version):
        upcasted = UPCASTERS[name, step](upcasted)
    return upcasted
