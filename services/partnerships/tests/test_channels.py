"""Channels: established, tested on a schedule, degraded, restored, closed; and which to use in a crisis."""

from datetime import UTC, date, datetime

import pytest

from entente_contracts.events.partnerships.channels import (
    ChannelClosed,
    ChannelDegraded,
    ChannelEstablished,
    ChannelKind,
    ChannelRestored,
    ChannelTested,
    ChannelTestMissed,
    Degraded,
    Reaches,
)
from entente_partnerships import deciders
from entente_partnerships.domain.channel import Channel, Establish, MissTest, RecordTest, Report, Works, evolve_channel, next_due
from entente_partnerships.domain.crisis_order import CRITERIA, in_order
from entente_partnerships.testing.acts import day
from entente_testkit import deciding

given = deciding.about(deciders.channel)
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
LINK = ChannelEstablished(
    channel="link",
    kind=ChannelKind.HOTLINE,
    title="Link",
    parties=("DEU", "FRA"),
    reaches=Reaches.MINISTRY,
    test_every=30,
    on=date(2025, 1, 1),
)


def at(text):
    return datetime.combine(day(text), datetime.min.time(), UTC).replace(hour=9)


def was_tested(on, after=None):
    return ChannelTested(channel="link", at=at(on), answered=after is not None, after=after)


def degraded(on, how, because):
    return ChannelDegraded(channel="link", how=how, because=because, on=day(on))


def restored(on, because):
    return ChannelRestored(channel="link", because=because, on=day(on))


HOTLINE = {"kind": "hotline", "title": "Link", "parties": ["FRA", "DEU"], "reaches": "ministry", "test_every": 30, "on": "2025-12-20"}
CLOSED = ChannelClosed(channel="link", because="replaced", on=day("2025-06-01"))
SILENT = [was_tested("2025-02-01"), degraded("2025-02-01", Degraded.NOT_ANSWERED, "nobody answered on 2025-02-01")]


def test_a_channel_is_established_with_its_ends_in_order():
    given().when(Establish(LINK.model_copy(update={"parties": ("FRA", "DEU")}), TODAY)).then(LINK)


def test_a_test_that_is_answered_leaves_it_as_it_is():
    given(LINK).when(RecordTest("link", at("2025-02-01"), answered=True, after=12, now=NOW)).then(was_tested("2025-02-01", 12))


def test_a_test_that_nobody_answers_degrades_it_once():
    given(LINK).when(RecordTest("link", at("2025-02-01"), answered=False, after=None, now=NOW)).then(*SILENT)
    given(LINK, *SILENT).when(RecordTest("link", at("2025-02-02"), answered=False, after=None, now=NOW)).then(was_tested("2025-02-02"))


def test_a_test_that_is_answered_restores_what_was_degraded_by_then():
    again = RecordTest("link", at("2025-02-03"), answered=True, after=5, now=NOW)
    given(LINK, *SILENT).when(again).then(was_tested("2025-02-03", 5), restored("2025-02-03", "answered on 2025-02-03"))
    given(LINK, *SILENT).when(RecordTest("link", at("2025-01-31"), answered=True, after=5, now=NOW)).then(was_tested("2025-01-31", 5))


class TestTheSchedule:
    @pytest.mark.parametrize(
        ("from_day", "due"),
        [
            ("2025-01-01", "2025-01-31"),
            ("2025-01-31", "2025-01-31"),
            ("2025-02-01", "2025-03-02"),
            ("2025-03-02", "2025-03-02"),
        ],
    )
    def test_a_test_falls_due_once_a_period_counted_from_the_day_it_was_established(self, from_day, due):
        assert next_due(day("2025-01-01"), 30, day(from_day)) == day(due)

    @pytest.mark.parametrize(("on", "missed"), [("2025-01-01", True), ("2025-01-02", False), ("2025-01-31", False), ("2025-02-01", False)])
    def test_a_test_within_the_period_is_in_time_from_its_first_day_to_its_last(self, on, missed):
        decided = given(LINK, was_tested(on, 3)).when(MissTest("link", day("2025-01-31")))
        assert bool(decided.events) is missed

    def test_a_missed_test_degrades_a_channel_that_works_and_is_told_of_one_that_does_not(self):
        miss, because = MissTest("link", day("2025-01-31")), "no test was recorded from 2025-01-02 to 2025-01-31"
        missed = ChannelTestMissed(channel="link", due=day("2025-01-31"))
        given(LINK).when(miss).then(missed, degraded("2025-02-01", Degraded.TEST_MISSED, because))
        reported = degraded("2025-01-05", Degraded.REPORTED, "a cut cable")
        given(LINK, reported).when(miss).then(missed)

    def test_nothing_is_missed_of_a_closed_channel_or_one_without_a_schedule(self):
        given(LINK, CLOSED).when(MissTest("link", day("2025-07-01"))).then()
        given(LINK.model_copy(update={"test_every": None})).when(MissTest("link", day("2025-07-01"))).then()


@pytest.mark.parametrize(
    ("history", "command", "code", "where"),
    [
        ([LINK], Establish(LINK, TODAY), "channel-exists", "channel"),
        ([], Establish(LINK.model_copy(update={"parties": ("FRA", "FRA")}), TODAY), "not-a-pair", "parties"),
        ([], Establish(LINK.model_copy(update={"on": day("2026-01-02")}), TODAY), "not-yet", "on"),
        ([], RecordTest("link", at("2025-02-01"), answered=True, after=1, now=NOW), "no-such-channel", "path channel"),
        ([LINK], RecordTest("link", at("2026-01-02"), answered=True, after=1, now=NOW), "not-yet", "at"),
        ([LINK], RecordTest("link", at("2024-12-31"), answered=True, after=1, now=NOW), "before-established", "at"),
        ([LINK], RecordTest("link", at("2025-02-01"), answered=True, after=None, now=NOW), "contradicting-test", "after"),
        ([LINK], RecordTest("link", at("2025-02-01"), answered=False, after=1, now=NOW), "contradicting-test", "after"),
        ([LINK, CLOSED], RecordTest("link", at("2025-07-01"), answered=True, after=1, now=NOW), "channel-closed", "path channel"),
        ([LINK], Report(restored("2025-02-01", "repaired"), TODAY), "nothing-changes", "on"),
        ([LINK, *SILENT], Report(degraded("2025-02-03", Degraded.REPORTED, "again"), TODAY), "nothing-changes", "on"),
        ([LINK], Report(degraded("2024-12-31", Degraded.REPORTED, "a cut cable"), TODAY), "before-established", "on"),
        ([LINK], Report(degraded("2026-01-02", Degraded.REPORTED, "a cut cable"), TODAY), "not-yet", "on"),
        ([LINK, CLOSED], Report(CLOSED, TODAY), "channel-closed", "path channel"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place_and_its_mend(history, command, code, where):
    refused = given(*history).when(command).refuses(code)
    assert refused.where == where
    assert refused.mend


def test_a_stream_that_does_not_begin_with_the_establishment_is_an_error():
    with pytest.raises(ValueError, match="before the channel was established"):
        evolve_channel(None, CLOSED)


def channel(**about):
    usual = {
        "kind": ChannelKind.HOTLINE,
        "title": "t",
        "parties": ("DEU", "FRA"),
        "reaches": Reaches.MINISTRY,
        "established": day("2020-01-01"),
        "test_every": None,
        "agreement": None,
        "since": day("2020-01-01"),
    }
    return Channel(**{**usual, **about})


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (channel(), channel(works=Works.DEGRADED, answered=(day("2025-12-31"), 1), reaches=Reaches.HEAD_OF_GOVERNMENT)),
        (channel(answered=(day("2025-10-03"), 99)), channel(answered=(day("2025-10-02"), 1), reaches=Reaches.HEAD_OF_GOVERNMENT)),
        (channel(answered=(day("2020-01-01"), 99)), channel(reaches=Reaches.HEAD_OF_GOVERNMENT)),
        (channel(reaches=Reaches.HEAD_OF_GOVERNMENT, kind=ChannelKind.LIAISON_OFFICE), channel()),
        (channel(), channel(kind=ChannelKind.DEFENCE_TELEPHONE_LINK)),
        (channel(answered=(day("2025-12-01"), 5)), channel(answered=(day("2025-12-31"), 6))),
    ],
    ids=["works", "tested lately", "tested at all", "reaches high", "direct", "answers fast"],
)
def test_channels_are_tried_in_the_order_of_the_criteria(better, worse):
    for pair in ([("b", better), ("w", worse)], [("w", worse), ("b", better)]):
        assert [placed.channel for placed in in_order(pair, TODAY)] == ["b", "w"]


def test_each_place_is_explained_criterion_by_criterion():
    (placed,) = in_order([("link", channel(answered=(day("2025-12-31"), 12)))], TODAY)
    assert len(placed.reasons) == len(CRITERIA)
    assert placed.reasons == (
        "works since 2020-01-01",
        "tested within 90 days",
        "reaches the ministry",
        "is a hotline",
        "last answered 1 day ago, after 12 s",
    )


def test_a_closed_channel_is_not_among_them():
    assert in_order([("link", channel(works=Works.CLOSED))], TODAY) == []


class TestOverTheApi:
    def test_a_missed_test_degrades_on_the_day_after_and_a_test_restores(self, desk):
        desk.post("/channels", {"channel": "link", **HOTLINE})
        desk.settle()
        desk.go_to("2026-01-19")
        assert desk.get("/channels/link")["works"] == "works"
        desk.go_to("2026-01-20")
        now = desk.get("/channels/link")
        assert (now["works"], now["since"]) == ("degraded", "2026-01-20")
        assert now["because"] == "no test was recorded from 2025-12-21 to 2026-01-19"
        desk.post("/channels/link/tests", {"at": "2026-01-20T11:00:00Z", "answered": True, "after": 4})
        desk.settle()
        assert desk.get("/channels/link")["works"] == "works"
        assert desk.get("/channels/link", known_on="2026-01-19")["works"] == "works"
        desk.go_to("2026-02-18")
        assert desk.get("/channels/link")["works"] == "works"
        desk.go_to("2026-03-21")
        assert desk.get("/channels/link")["works"] == "degraded"
        assert desk.get("/channels/link", on="2026-02-18")["works"] == "works"

    def test_a_channel_of_long_ago_is_asked_for_no_test_of_the_past(self, desk):
        desk.post("/channels", {"channel": "old", **HOTLINE, "on": "1963-08-30", "test_every": 1})
        desk.settle()
        assert [step["what"] for step in desk.get("/channels/old")["steps"]] == ["channel-established"]
        desk.go_to("2026-01-02")
        assert [step["on"] for step in desk.get("/channels/old")["steps"]] == ["1963-08-30", "2026-01-02", "2026-01-02"]

    def test_a_closed_channel_is_asked_for_no_more_tests(self, desk):
        desk.post("/channels", {"channel": "link", **HOTLINE})
        desk.post("/channels/link/closure", {"because": "replaced", "on": "2026-01-01"})
        desk.go_to("2026-06-01")
        assert [step["what"] for step in desk.get("/channels/link")["steps"]] == ["channel-established", "channel-closed"]

    def test_in_a_crisis_the_channels_of_two_parties_come_in_order_with_reasons(self, desk):
        desk.post("/channels", {"channel": "link", **HOTLINE})
        desk.post("/channels", {"channel": "high", **HOTLINE, "reaches": "head_of_government", "title": "High"})
        desk.post("/channels", {"channel": "other", **HOTLINE, "parties": ["FRA", "ITA"]})
        desk.post("/channels/high/degradations", {"because": "a cut cable", "on": "2025-12-31"})
        desk.settle()
        answer = desk.get("/channels/in-crisis", a="FRA", b="DEU")
        assert [(item["place"], item["channel"], item["works"]) for item in answer["items"]] == [
            (1, "link", "works"),
            (2, "high", "degraded"),
        ]
        assert answer["items"][1]["reasons"][0] == "degraded since 2025-12-31: a cut cable"
        before = desk.get("/channels/in-crisis", a="FRA", b="DEU", on="2025-12-30")
        assert [item["channel"] for item in before["items"]] == ["high", "link"]
        desk.post("/channels/high/restorations", {"because": "repaired", "on": "2026-01-01"})
        desk.settle()
        assert [item["channel"] for item in desk.get("/channels/in-crisis", a="DEU", b="FRA")["items"]] == ["high", "link"]
        assert [item["channel"] for item in desk.get("/channels")["items"]] == ["high", "link", "other"]

    def test_of_parties_that_there_are_not_it_is_said(self, desk):
        said = desk.post("/channels", {"channel": "link", **HOTLINE, "parties": ["FRA", "XYZ"]}, status=422)
        assert (said["code"], said["where"]) == ("unknown-party", "parties[1]")
        assert desk.get("/channels/in-crisis", a="FRA", b="XYZ", status=404)["code"] == "unknown-party"
        assert desk.get("/channels/in-crisis", a="FRA", b="FRA", status=422)["code"] == "not-a-pair"
        assert desk.get("/channels/none", status=404)["code"] == "no-such-channel"
