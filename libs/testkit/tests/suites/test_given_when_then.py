"""The testkit's sentences say yes to what is so, and no to what is not."""

import pytest

from entente_contracts.events.observations import Kind
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.store.store import NewEvent
from entente_testkit import deciding, golden
from entente_testkit.history import stream_of
from entente_testkit.projecting import given as projected
from entente_testkit.specimen import DayCount, Tally, Warn, counting, counts, report, retraction, warnings

given = deciding.about(warnings)
DAY = report(1).when.last
WARN = Warn("SDN", DAY)
(RAISED,) = warnings.decide(WARN, None)
EVENTS = stream_of("a", report(1, deaths=2), report(2))


def test_a_command_is_followed_by_exactly_its_events():
    given().when(WARN).then(RAISED)
    given(RAISED, RAISED).when(WARN).then(RAISED)
    with pytest.raises(AssertionError):
        given().when(WARN).then()
    with pytest.raises(AssertionError, match="refused with warned-already"):
        given(RAISED).when(WARN).then(RAISED)


def test_a_refusal_has_its_code_and_says_how_to_mend_it():
    assert given(RAISED).when(WARN).refuses("warned-already").status == 422
    with pytest.raises(AssertionError, match="refused with warned-already"):
        given(RAISED).when(WARN).refuses("another")
    with pytest.raises(AssertionError, match="where a refusal was expected"):
        given().when(WARN).refuses("warned-already")


def test_what_a_decision_times_itself_counts_as_its_event():
    timed = deciding.about(type(warnings)("timed", warnings.topic, warnings.stream, lambda *_: [NewEvent(RAISED)], warnings.evolve))
    timed().when(WARN).then(RAISED)


def test_an_event_of_another_topic_is_no_decision_of_this_decider():
    stray = deciding.about(type(warnings)("stray", warnings.topic, warnings.stream, lambda *_: [report(1)], warnings.evolve))
    with pytest.raises(AssertionError, match=r"does not belong into entente\.stability"):
        stray().when(WARN)


def test_events_fold_to_exactly_these_rows_and_marks():
    tally = Tally(stream="a", reports=2, deaths=2, last_kind=Kind.MATERIAL_CONFLICT, last_time=EVENTS[0].time)
    count = DayCount(country="SDN", day=DAY, reports=2)
    folded = projected(counts, *EVENTS)
    folded.then(count, tally)
    folded.has(count)
    folded.marks("SDN")
    with pytest.raises(AssertionError):
        folded.then(tally)
    with pytest.raises(AssertionError, match="missing"):
        folded.has(DayCount(country="TCD", day=DAY))
    with pytest.raises(AssertionError):
        folded.marks()
    projected(counts, *EVENTS, *stream_of("a", retraction(), first=3)).then(count)


def test_a_fold_that_raises_leaves_nothing_behind():
    rows = projected(counts, *EVENTS).rows
    with pytest.raises(ValueError, match="poison"):
        rows.fold(stream_of("b", report(3, "poison"))[0])
    assert [row.stream for row in rows.all(Tally)] == ["a"]
    assert rows.all(DayCount)[0].reports == 2


def test_events_of_no_concern_change_nothing():
    projected(counts, *stream_of("warning/SDN", RAISED)).then()


def test_the_golden_test_keeps_what_it_sees_first_and_is_content_with_the_same(tmp_path):
    with pytest.raises(golden.GoldenMissing, match="code 1"):
        golden.check(counts, EVENTS, tmp_path)
    golden.check(counts, EVENTS, tmp_path)
    with pytest.raises(golden.GoldenMissing, match="code 2"):
        golden.check(counting(2), EVENTS, tmp_path)
    golden.check(counts, EVENTS, tmp_path)
    golden.check(counting(2), EVENTS, tmp_path)


def test_the_golden_test_fails_where_a_fold_changed_and_its_code_did_not(tmp_path):
    with pytest.raises(golden.GoldenMissing):
        golden.check(counts, EVENTS, tmp_path)
    changed = counting(2)
    changed.code = 1
    with pytest.raises(golden.FoldChanged, match="other rows of the same events; give it the code number 2"):
        golden.check(changed, EVENTS, tmp_path)


def test_the_golden_test_fails_where_columns_or_marks_changed(tmp_path):
    with pytest.raises(golden.GoldenMissing):
        golden.check(counts, EVENTS, tmp_path)
    fewer = Projection("counts", *counts.tables[:1], code=1, reads=counts.reads)
    with pytest.raises(golden.FoldChanged, match="other columns and rows and marks"):
        golden.check(fewer, EVENTS, tmp_path)


def test_the_golden_test_fails_where_its_events_changed(tmp_path):
    with pytest.raises(golden.GoldenMissing):
        golden.check(counts, EVENTS, tmp_path)
    with pytest.raises(AssertionError, match="the events of counts's golden test changed"):
        golden.check(counts, EVENTS[:1], tmp_path)
