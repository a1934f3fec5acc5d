"""The kernel's own suites over everything that this service lists, and the golden rows of its projections."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from entente_contracts.event import Event
from entente_contracts.events.observations import (
    DatePrecision,
    Deaths,
    Grading,
    Kind,
    ObservationReported,
    Participant,
    PlacePrecision,
    Point,
    Vocabulary,
    What,
    When,
    Where,
)
from entente_contracts.events.stability import Coverage, StabilityAssessed, Term, WarningLevel, WarningLifted, WarningRaised
from entente_contracts.recorded import Recorded
from entente_contracts.topics import OBSERVATIONS, STABILITY
from entente_eventkit.projecting.projection import Projection
from entente_stability.app import stability
from entente_stability.testing.events import Streams, day, reported, retracted, revised
from entente_testkit import arbitrary, golden
from entente_testkit.history import stream_of
from entente_testkit.samples import History
from entente_testkit.suites import PolicyBehaviour, ProjectionBehaviour, ServiceBehaviour

STREAMS: Mapping[str, tuple[str, list[str]]] = {
    "observed": (OBSERVATIONS.name, ["observation/ucdp/ISR", "observation/acled/ISR", "observation/ucdp/LBN"]),
    "assessments": (STABILITY.name, ["assessment/ISR", "assessment/LBN"]),
    "warnings": (STABILITY.name, ["warning/ISR", "warning/LBN"]),
}


def at_home(event: Any, stream: str, name: str) -> Event:
    """The event as it may lie in the stream: of the stream's country, and of an observation that other events name too."""
    country = stream.rpartition("/")[2]
    changed: dict[str, Any] = {"observation": name} if hasattr(event, "observation") else {}
    if hasattr(event, "where"):
        changed["where"] = event.where.model_copy(update={"country": country})
    if hasattr(event, "country"):
        changed["country"] = country
    moved: Event = event.model_copy(update=changed)
    return moved


class TestStability(ProjectionBehaviour, PolicyBehaviour, ServiceBehaviour):
    service = stability

    def histories(self, projection: Projection) -> st.SearchStrategy[History]:
        topic, streams = STREAMS[projection.name]
        any_event = st.one_of([arbitrary.events(handler.event) for handler in projection.handlers.values()])
        parts = {}
        for stream in streams:
            event = st.builds(at_home, any_event, st.just(stream), st.sampled_from("ab"))
            parts[topic, stream] = st.lists(event, min_size=1, max_size=4).map(lambda events, stream=stream: stream_of(stream, *events))
        return st.fixed_dictionaries(parts)


def in_full() -> ObservationReported:
    return ObservationReported(
        observation="c",
        kind=Kind.MATERIAL_CONFLICT,
        what=What(vocabulary=Vocabulary.CAMEO, code="0190", title="Use conventional military force"),
        who=(Participant(name="Army", country="SDN"), Participant(name="Militia")),
        where=Where(country="SDN", place="Nyala", point=Point(latitude=12, longitude=25), precision=PlacePrecision.DISTRICT),
        when=When(first=day(1), last=day(3), precision=DatePrecision.WEEK),
        deaths=Deaths(low=1, best=2, high=9),
        grading=Grading(reliability="B", credibility=2),
        summary="Fighting south of the town",
        taken_from="a newspaper",
    )


def observations() -> list[Recorded[Any]]:
    streams = Streams()
    return [
        streams.record(in_full(), known=day(2)),
        streams.record(reported("a", on=day(1), deaths=5, states=("SDN", "TCD")), known=day(2)),
        streams.record(reported("b", country="TCD", on=day(1), deaths=2), known=day(2)),
        streams.record(reported("a", on=day(1), deaths=4), known=day(2), source="acled"),
        streams.record(revised("a", on=day(2), deaths=9, states=("SDN", "TCD", "EGY")), known=day(4)),
        streams.record(retracted("b", country="TCD"), known=day(5)),
        streams.record(retracted("b", country="TCD"), known=day(5)),
    ]


def assessed(on: date, stability_now: int) -> StabilityAssessed:
    return StabilityAssessed(
        country="SDN",
        day=on,
        stability=stability_now,
        z=-1_000,
        terms=(Term(name="constant", thousandths=-4_000), Term(name="deaths.30", thousandths=3_000)),
        coverage=Coverage(sources=("acled", "ucdp"), days_observed=2, last_observed=day(1)),
        confidence=40,
        observations=3,
        weights="provisional-1",
    )


def own(stream: str) -> list[Recorded[Any]]:
    at = {"country": "SDN", "stability": 45_000, "assessment": "assessment-1"}
    if stream.startswith("assessment"):
        return stream_of(stream, assessed(day(2), 70_000), assessed(day(3), 71_000), assessed(day(2), 69_000))
    return stream_of(
        stream,
        WarningRaised(level=WarningLevel.ALERT, before=None, day=day(2), **at),
        WarningLifted(level=WarningLevel.ALERT, now=WarningLevel.WATCH, day=day(9), **at),
        WarningLifted(level=WarningLevel.WATCH, now=None, day=day(20), **at),
        WarningRaised(level=WarningLevel.CRISIS, before=None, day=day(21), **at),
    )


@pytest.mark.parametrize("projection", stability.projections, ids=lambda projection: projection.name)
def test_fixed_events_make_fixed_rows_under_each_code(projection: Projection) -> None:
    events = {"observed": observations(), "assessments": own("assessment/SDN"), "warnings": own("warning/SDN")}[projection.name]
    golden.check(projection, events, Path(__file__).parent / "golden")
