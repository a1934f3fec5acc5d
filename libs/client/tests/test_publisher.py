from datetime import UTC, datetime

import httpx2
import pytest

from entente_client import (
    EventTooLarge,
    GatewayRefused,
    GatewayUnreachable,
    JournalRefused,
    Outcome,
    Patience,
    Publication,
    Publisher,
)
from entente_client.sending import retry_after
from entente_contracts.events.observations import ObservationRetracted, ObservationRevised

URL, SOURCE = "http://gateway.test", "https://desk.test/events"


@pytest.fixture
def slept():
    return []


@pytest.fixture
def opened(gateway, private_key, slept):
    def open_publisher(**options):
        return Publisher(URL, SOURCE, private_key, "k1", transport=httpx2.MockTransport(gateway), sleep=slept.append, **options)

    return open_publisher


@pytest.fixture
def reports(observed):
    return [Publication.reporting(observed(str(number))) for number in range(7)]


def ids(receipts):
    return [receipt.id for receipt in receipts]


def test_events_arrive_signed_in_order_and_each_gets_its_receipt(opened, gateway, reports):
    with opened() as publisher:
        receipts = list(publisher.publish(reports))
    assert gateway.requests == [[report.id for report in reports]]
    assert [receipt.outcome for receipt in receipts] == [Outcome.ADMITTED] * 7
    assert [(receipt.position, receipt.event, receipt.resumed) for receipt in receipts][:2] == [(1, "e1", False), (2, "e2", False)]


def test_publishing_the_same_again_is_a_duplicate_never_new(opened, gateway, reports):
    with opened() as publisher:
        list(publisher.publish(reports))
        again = list(publisher.publish(reports))
    assert {receipt.outcome for receipt in again} == {Outcome.DUPLICATE}
    assert len(gateway.admitted) == 7


def test_a_batch_has_no_more_events_than_allowed(opened, gateway, reports):
    with opened(batch_items=3) as publisher:
        list(publisher.publish(reports))
    assert [len(request) for request in gateway.requests] == [3, 3, 1]


def test_a_batch_has_no_more_bytes_than_allowed(opened, gateway, observed):
    with opened(batch_bytes=4_000) as publisher:
        receipts = list(publisher.publish(Publication.reporting(observed(str(number), "x" * 600)) for number in range(6)))
    assert len(receipts) == 6
    assert 1 < len(gateway.sizes) < 6
    assert max(gateway.sizes) <= 4_000


def test_more_events_a_request_than_the_gateway_takes_are_refused_at_once(opened):
    with pytest.raises(ValueError, match="500"):
        opened(batch_items=501)


def test_an_unreadable_key_is_refused_before_anything_is_sent(gateway):
    with pytest.raises(ValueError, match="PEM"):
        Publisher(URL, SOURCE, b"no key", "k1", transport=httpx2.MockTransport(gateway))


def test_an_event_that_is_too_large_is_named_and_what_came_before_is_kept(opened, gateway, observed, tmp_path):
    large = ObservationRetracted.model_construct(observation="9", country="SDN", because="x" * 300_000)
    too_large = Publication("large", datetime(2023, 10, 1, tzinfo=UTC), large)
    with opened(batch_items=1) as publisher, pytest.raises(EventTooLarge, match=r"event large: 30\d,\d+ bytes"):
        list(publisher.publish([Publication.reporting(observed("1")), Publication.reporting(observed("2")), too_large]))
    assert gateway.requests[0] == ["reported-1"]


@pytest.mark.parametrize(
    "failure",
    [
        httpx2.ConnectError("refused"),
        httpx2.ReadTimeout("slow"),
        lambda _: httpx2.Response(429),
        lambda _: httpx2.Response(503, text="starting"),
    ],
)
def test_a_passing_failure_is_tried_again(opened, gateway, reports, slept, failure):
    gateway.failures = [failure, failure]
    with opened() as publisher:
        receipts = list(publisher.publish(reports))
    assert len(receipts) == 7
    assert len(slept) == 2
    assert 0 < slept[0] <= 0.25
    assert slept[1] <= 0.5


def test_an_answer_that_is_lost_leads_to_duplicates_and_to_nothing_twice(opened, gateway, reports):
    gateway.lose_answers = 1
    with opened() as publisher:
        receipts = list(publisher.publish(reports))
    assert {receipt.outcome for receipt in receipts} == {Outcome.DUPLICATE}
    assert len(gateway.admitted) == 7


def test_waits_grow_to_a_cap_and_patience_ends(opened, gateway, reports, slept):
    gateway.failures = [httpx2.ConnectError("refused")] * 8
    with (
        opened(patience=Patience(attempts=8, first=1.0, longest=5.0)) as publisher,
        pytest.raises(GatewayUnreachable, match=r"8 attempts.*refused"),
    ):
        list(publisher.publish(reports))
    assert len(slept) == 7
    assert all(most / 2 <= wait <= most for wait, most in zip(slept, [1, 2, 4, 5, 5, 5, 5], strict=True))


def test_retry_after_is_honoured_in_seconds(opened, gateway, reports, slept):
    gateway.failures = [lambda _: httpx2.Response(429, headers={"retry-after": "7"})]
    with opened() as publisher:
        list(publisher.publish(reports))
    assert slept == [7.0]


def test_retry_after_is_honoured_no_longer_than_patience_has_it(opened, gateway, reports, slept):
    gateway.failures = [lambda _: httpx2.Response(503, headers={"retry-after": "86400"})]
    with opened() as publisher:
        list(publisher.publish(reports))
    assert slept == [120.0]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "Sun, 01 Oct 2023 12:00:30 GMT", "date": "Sun, 01 Oct 2023 12:00:00 GMT"}, 30.0),
        ({"retry-after": "Sun, 01 Oct 2023 12:00:00 GMT", "date": "Sun, 01 Oct 2023 12:00:30 GMT"}, 0.0),
        ({"retry-after": "Sun, 01 Oct 2023 12:00:00 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(headers, seconds):
    assert retry_after(httpx2.Response(503, headers=headers)) == seconds


def test_a_refused_request_says_what_the_gateway_said_and_is_not_repeated(opened, gateway, reports, slept):
    problem = {"title": "Too many items", "detail": "the batch has more than 500", "mend": "send fewer"}
    gateway.failures = [lambda _: httpx2.Response(413, json=problem)]
    with (
        opened() as publisher,
        pytest.raises(GatewayRefused, match=r"413.*Too many items; the batch has more than 500; send fewer") as refused,
    ):
        list(publisher.publish(reports))
    assert refused.value.status == 413
    assert slept == []


@pytest.mark.parametrize("answer", [httpx2.Response(404, text="nothing here"), httpx2.Response(404, json=["nothing here"])])
def test_an_answer_of_some_other_server_is_quoted(opened, gateway, reports, answer):
    gateway.failures = [lambda _: answer]
    with opened() as publisher, pytest.raises(GatewayRefused, match=r"404.*nothing here"):
        list(publisher.publish(reports))


@pytest.mark.parametrize(
    "answer", [httpx2.Response(202, text="ok"), httpx2.Response(202, json=[]), httpx2.Response(202, json={"receipts": []})]
)
def test_a_success_without_a_receipt_an_event_is_not_believed(opened, gateway, reports, answer, tmp_path):
    gateway.failures = [lambda _: answer]
    with opened(journal=tmp_path / "journal") as publisher, pytest.raises(GatewayRefused, match="receipts"):
        list(publisher.publish(reports))
    assert (tmp_path / "journal").read_bytes().count(b"\n") == 1


def test_after_a_break_only_what_has_no_receipt_is_sent(opened, gateway, reports, tmp_path):
    journal = tmp_path / "journal"
    with opened(journal=journal, batch_items=2, patience=Patience(attempts=1)) as publisher:
        receipts = publisher.publish(reports)
        first = [next(receipts) for _ in range(4)]
        gateway.failures = [httpx2.ConnectError("gone")]
        with pytest.raises(GatewayUnreachable):
            list(receipts)
    gateway.requests.clear()
    with opened(journal=journal) as publisher:
        second = list(publisher.publish(reports))
    assert gateway.requests == [[report.id for report in reports[4:]]]
    assert ids(second) == [report.id for report in reports]
    assert [receipt.resumed for receipt in second] == [True] * 4 + [False] * 3
    assert [receipt.position for receipt in second[:4]] == [receipt.position for receipt in first]


def test_a_torn_last_line_is_cut_off_and_its_event_sent_again(opened, gateway, reports, tmp_path):
    journal = tmp_path / "journal"
    with opened(journal=journal, batch_items=1) as publisher:
        list(publisher.publish(reports[:3]))
    journal.write_bytes(journal.read_bytes()[:-9])
    with opened(journal=journal) as publisher:
        receipts = list(publisher.publish(reports[:3]))
    assert [receipt.outcome for receipt in receipts] == [Outcome.ADMITTED, Outcome.ADMITTED, Outcome.DUPLICATE]
    assert gateway.requests[-1] == ["reported-2"]
    assert len(gateway.admitted) == 3


def test_a_journal_torn_in_its_first_line_begins_anew(opened, reports, tmp_path):
    journal = tmp_path / "journal"
    journal.write_bytes(b'{"journal":1,"sou')
    with opened(journal=journal) as publisher:
        assert len(list(publisher.publish(reports))) == 7
    assert journal.read_bytes().count(b"\n") == 8


def test_what_was_quarantined_is_judged_again_by_the_next_run(opened, gateway, reports, tmp_path):
    gateway.refused_ids = {"reported-1"}
    with opened(journal=tmp_path / "journal") as publisher:
        refused = list(publisher.publish(reports[:3]))[1]
    assert (refused.outcome, refused.reason, refused.detail, refused.mend) == (Outcome.QUARANTINED, "beyond_rights", "not SDN", "ask")
    gateway.refused_ids = set()
    with opened(journal=tmp_path / "journal") as publisher:
        again = list(publisher.publish(reports[:3]))
    assert gateway.requests[-1] == ["reported-1"]
    assert {receipt.outcome for receipt in again} == {Outcome.ADMITTED}


def test_other_content_under_a_known_id_is_sent_for_the_gateway_to_judge(opened, gateway, observed, tmp_path):
    with opened(journal=tmp_path / "journal") as publisher:
        list(publisher.publish([Publication.reporting(observed("1", "as first told"))]))
        list(publisher.publish([Publication.reporting(observed("1", "as told later"))]))
    assert gateway.requests == [["reported-1"], ["reported-1"]]


@pytest.mark.parametrize(("url", "source"), [(URL, "https://other.test"), ("http://elsewhere.test", SOURCE)])
def test_a_journal_of_another_source_or_gateway_is_refused(opened, private_key, tmp_path, url, source):
    with opened(journal=tmp_path / "journal"):
        pass
    with pytest.raises(JournalRefused, match="a journal of its own"):
        Publisher(url, source, private_key, "k1", journal=tmp_path / "journal")


@pytest.mark.parametrize("content", [b"id,what\n1,2\n", b'{"id": "1"}\n', b"[]\n"])
def test_a_file_that_is_no_journal_is_refused_and_left_alone(opened, tmp_path, content):
    (tmp_path / "journal").write_bytes(content)
    with pytest.raises(JournalRefused, match="line 1"):
        opened(journal=tmp_path / "journal")
    assert (tmp_path / "journal").read_bytes() == content


def test_a_broken_line_in_the_middle_is_refused_by_its_number(opened, reports, tmp_path):
    journal = tmp_path / "journal"
    with opened(journal=journal) as publisher:
        list(publisher.publish(reports))
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:3], b'{"id": "x"}\n', *lines[3:]]))
    with pytest.raises(JournalRefused, match="line 4"):
        opened(journal=journal)


def test_ids_of_revisions_and_retractions_tell_contents_apart(observed):
    def revision(summary):
        return ObservationRevised(**observed("1", summary).model_dump())

    def retraction(because):
        return ObservationRetracted(observation="1", country="SDN", because=because)

    moment = datetime(2023, 10, 5, tzinfo=UTC)
    assert Publication.revising(revision("a")) == Publication.revising(revision("a"))
    assert Publication.revising(revision("a")).id != Publication.revising(revision("b")).id
    assert Publication.revising(revision("a")).time == datetime(2023, 10, 2, tzinfo=UTC)
    assert Publication.retracting(retraction("a"), moment) == Publication.retracting(retraction("a"), moment)
    assert Publication.retracting(retraction("a"), moment).id != Publication.retracting(retraction("b"), moment).id


def test_a_subject_travels_under_the_signature(opened, observed):
    report = observed("1")
    with opened() as publisher:
        event = publisher.sign(Publication("1", datetime(2023, 10, 1, tzinfo=UTC), report, subject="desk/SDN"))
    assert event.attributes["subject"] == "desk/SDN"
    assert event.attributes["dssematerial"]
