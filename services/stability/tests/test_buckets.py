"""What one observation adds to which bucket."""

from datetime import date

import pytest

from entente_contracts.events.observations import Kind, ObservationReported, Vocabulary
from entente_stability.domain.buckets import Change, amounts_of, channel_of, day_of, days_as_known, pairs_of
from entente_stability.domain.channels import Amounts, Channel
from entente_stability.testing.events import day, reported


@pytest.mark.parametrize("code", ["18", "180", "193", "1951", "20", "204"])
def test_cameo_roots_18_to_20_are_violent_events(code: str) -> None:
    assert channel_of(reported("a", on=day(1), vocabulary=Vocabulary.CAMEO, code=code)) is Channel.VIOLENT_EVENTS


@pytest.mark.parametrize("code", ["01", "0180", "17", "172", "145", "2"])
def test_other_cameo_codes_are_counted_by_their_kind(code: str) -> None:
    event = reported("a", on=day(1), vocabulary=Vocabulary.CAMEO, code=code, kind=Kind.VERBAL_CONFLICT)
    assert channel_of(event) is Channel.VERBAL_CONFLICT


@pytest.mark.parametrize(
    ("kind", "channel"),
    [
        (Kind.MATERIAL_CONFLICT, Channel.MATERIAL_CONFLICT),
        (Kind.VERBAL_CONFLICT, Channel.VERBAL_CONFLICT),
        (Kind.VERBAL_COOPERATION, Channel.COOPERATION),
        (Kind.MATERIAL_COOPERATION, Channel.COOPERATION),
    ],
)
def test_a_kind_has_its_channel(kind: Kind, channel: Channel) -> None:
    assert channel_of(reported("a", on=day(1), vocabulary=Vocabulary.PLOVER, code="COERCE", kind=kind)) is channel


def test_plovers_assault_is_violent_with_its_mode_too() -> None:
    assert channel_of(reported("a", on=day(1), vocabulary=Vocabulary.PLOVER, code="ASSAULT-firearms")) is Channel.VIOLENT_EVENTS


def test_a_code_that_says_violence_outweighs_the_kind_its_sender_gave() -> None:
    event = reported("a", on=day(1), vocabulary=Vocabulary.CAMEO, code="190", kind=Kind.MATERIAL_COOPERATION)
    assert amounts_of(event).cooperation == 0
    assert amounts_of(event).violent_events == 1


def test_an_observation_counts_once_and_its_deaths_by_the_best_estimate() -> None:
    assert amounts_of(reported("a", on=day(1), deaths=7)) == Amounts(observations=1, deaths=7, violent_events=1)


def test_an_emerging_threat_is_counted_beside_its_own_channel() -> None:
    threat = {"kind": "terrorism", "target": "civilians"}
    event = ObservationReported.model_validate({**reported("a", on=day(1), deaths=7).model_dump(), "threat": threat})
    assert amounts_of(event) == Amounts(observations=1, deaths=7, violent_events=1, emerging_threats=1)


def test_an_observation_without_deaths_adds_none() -> None:
    assert amounts_of(reported("a", on=day(1))).deaths == 0


def test_the_bucket_is_that_of_the_last_day() -> None:
    event = reported("a", on=day(9))
    spanning = ObservationReported.model_validate({**event.model_dump(), "when": {"first": day(1), "last": day(9), "precision": "month"}})
    assert day_of(spanning) == day(9)


def test_three_states_make_three_pairs_in_alphabetical_order() -> None:
    event = reported("a", on=day(1), states=("TCD", "SDN", "EGY", "SDN"))
    assert pairs_of(event) == (("EGY", "SDN"), ("EGY", "TCD"), ("SDN", "TCD"))


def test_one_state_alone_makes_no_pair() -> None:
    assert pairs_of(reported("a", on=day(1), states=("SDN",))) == ()


def change(on: int, known: int, source: str, deaths: int) -> Change:
    return Change(day(on), day(known), source, Amounts(deaths=deaths))


def test_what_was_learnt_later_or_happened_later_is_left_out() -> None:
    changes = [change(1, 1, "a", 3), change(1, 5, "a", 4), change(2, 2, "a", 5), change(3, 2, "a", 6)]
    assert days_as_known(changes, on=day(2), known=day(4)) == {day(1): {"a": Amounts(deaths=3)}, day(2): {"a": Amounts(deaths=5)}}


def test_what_was_taken_back_altogether_is_no_report() -> None:
    assert days_as_known([change(1, 1, "a", 3), change(1, 2, "a", -3)], on=day(9), known=day(9)) == {}


def test_days_and_sources_come_in_order_whatever_the_order_of_changes() -> None:
    changes = [change(3, 1, "b", 1), change(1, 1, "b", 1), change(3, 1, "a", 1)]
    known = days_as_known(changes, on=date.max, known=date.max)
    assert list(known) == [day(1), day(3)]
    assert list(known[day(3)]) == ["a", "b"]
