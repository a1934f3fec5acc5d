"""Commands over HTTP: idempotency keys, If-Match, correlation, and what the events say of who asked."""

import asyncio
from typing import Any

import httpx2
import pytest

from entente_contracts.recorded import AuthType

TITLE = {"title": "UCDP"}
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_an_answer_carries_the_new_version_as_its_tag_and_the_log_is_told_at_once(
    administrator: httpx2.AsyncClient, running: Any
) -> None:
    answer = await administrator.post("/register/sources/ucdp", json=TITLE)
    assert answer.status_code == 201
    assert answer.headers["etag"] == '"1"'
    assert "idempotency-replayed" not in answer.headers
    assert running.woken == 1


async def test_protocol_20_the_same_key_gets_the_same_answer_and_writes_nothing(administrator: httpx2.AsyncClient, running: Any) -> None:
    key = {"Idempotency-Key": "one"}
    first = await administrator.post("/register/sources/ucdp", json=TITLE, headers=key)
    again = await administrator.post("/register/sources/ucdp", json=TITLE, headers=key)
    assert again.json() == first.json()
    assert again.status_code == first.status_code == 201
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["etag"] == first.headers["etag"]
    assert len(events_of(running)) == 1


async def test_protocol_20_two_at_once_with_one_key_act_once(administrator: httpx2.AsyncClient, running: Any) -> None:
    asked = [administrator.post("/register/sources/ucdp", json=TITLE, headers={"Idempotency-Key": "both"}) for _ in range(2)]
    first, second = await asyncio.gather(*asked)
    assert first.json() == second.json()
    assert {first.headers.get("idempotency-replayed"), second.headers.get("idempotency-replayed")} == {None, "true"}
    assert len(events_of(running)) == 1


@pytest.mark.parametrize(
    ("address", "body"),
    [("/register/sources/ucdp", {"title": "other"}), ("/register/sources/acled", TITLE), ("/register/sources/ucdp?a=1", TITLE)],
)
async def test_protocol_20_the_same_key_for_another_request_is_422(administrator: httpx2.AsyncClient, address: str, body: Any) -> None:
    key = {"Idempotency-Key": "one"}
    await administrator.post("/register/sources/ucdp", json=TITLE, headers=key)
    answer = await administrator.post(address, json=body, headers=key)
    assert answer.status_code == 422
    assert answer.json()["code"] == "key-reused"


async def test_protocol_20_a_refusal_is_judged_again(administrator: httpx2.AsyncClient) -> None:
    key = {"Idempotency-Key": "early"}
    refused = await administrator.post("/register/sources/ucdp/rights", json={"countries": ["SDN"]}, headers=key)
    assert refused.status_code == 422
    await administrator.post("/register/sources/ucdp", json=TITLE)
    assert (await administrator.post("/register/sources/ucdp/rights", json={"countries": ["SDN"]}, headers=key)).status_code == 200


async def test_two_commands_of_one_request_do_not_take_each_others_answer(administrator: httpx2.AsyncClient, running: Any) -> None:
    key = {"Idempotency-Key": "one"}
    first = await administrator.post("/register/twice/ucdp", headers=key)
    again = await administrator.post("/register/twice/ucdp", headers=key)
    assert first.json() == again.json()
    assert len(set(first.json()["events"])) == 2
    assert len(events_of(running)) == 2


async def test_what_is_done_first_shares_the_commands_transaction(administrator: httpx2.AsyncClient, running: Any) -> None:
    assert (await administrator.post("/register/claimed/taken")).json()["code"] == "taken"
    assert events_of(running) == []
    await administrator.post("/register/sources/acled", json=TITLE)
    assert (await administrator.post("/register/claimed/acled")).status_code == 409
    with running.database.writing() as connection, running.store.head(connection) as head:
        assert head.answer("names", "acled") is None
    assert (await administrator.post("/register/claimed/ucdp")).json() == {"version": 1}


async def test_law_5_if_match_of_an_older_version_is_412_with_the_present_one(administrator: httpx2.AsyncClient) -> None:
    await administrator.post("/register/sources/ucdp", json=TITLE)
    seen = (await administrator.get("/register/sources/ucdp")).headers["etag"]
    narrow = {"countries": ["SDN"]}
    first = await administrator.post("/register/sources/ucdp/rights", json=narrow, headers={"If-Match": seen})
    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    late = await administrator.post("/register/sources/ucdp/rights", json=narrow, headers={"If-Match": seen})
    assert late.status_code == 412
    assert late.headers["etag"] == '"2"'
    assert {name: late.json()[name] for name in ("code", "stream", "expected", "current")} == {
        "code": "precondition-failed",
        "stream": "source/ucdp",
        "expected": 1,
        "current": 2,
    }


@pytest.mark.parametrize("tag", ["1", 'W/"1"', "*", '"1", "2"', '"-1"', '"99999999999999999999"', '"\uff11"', ""])
async def test_an_if_match_that_is_no_tag_of_ours_is_400(administrator: httpx2.AsyncClient, tag: str) -> None:
    answer = await administrator.post("/register/sources/ucdp", json=TITLE, headers=[(b"If-Match", tag.encode())])
    assert answer.status_code == 400
    assert answer.json()["where"] == "header If-Match"


async def test_law_6_events_say_who_asked_in_which_request_and_chain(administrator: httpx2.AsyncClient, running: Any) -> None:
    headers = {"X-Correlation-Id": "inquiry/7", "traceparent": TRACE}
    answer = await administrator.post("/register/sources/ucdp", json=TITLE, headers=headers)
    assert answer.headers["x-correlation-id"] == "inquiry/7"
    (event,) = events_of(running)
    assert event.correlationid == "inquiry/7"
    assert event.causationid.startswith("request/")
    assert event.traceparent == TRACE
    assert (event.actor.type, event.actor.id) == (AuthType.API_KEY, "role/administrator")


async def test_law_6_without_a_correlation_the_request_begins_its_own_chain(administrator: httpx2.AsyncClient, running: Any) -> None:
    answer = await administrator.post("/register/sources/ucdp", json=TITLE, headers={"traceparent": "00-nonsense"})
    (event,) = events_of(running)
    assert event.correlationid == event.causationid == answer.headers["x-correlation-id"]
    assert event.traceparent is None


@pytest.mark.parametrize("header", ["X-Correlation-Id", "Idempotency-Key"])
@pytest.mark.parametrize("value", [b"", b"two words", b"\xff\xfe", "ünicode".encode(), b"x" * 201])
async def test_a_header_that_cannot_be_taken_is_400_and_names_itself(administrator: httpx2.AsyncClient, header: str, value: bytes) -> None:
    answer = await administrator.post("/register/sources/ucdp", json=TITLE, headers=[(header.encode(), value)])
    assert answer.status_code == 400
    assert answer.json()["where"] == f"header {header}"
    assert answer.headers["x-correlation-id"].startswith("request/")


def events_of(running: Any) -> list[Any]:
    """The one source's events, as they were written."""
    with running.database.reading() as connection:
        return [running.store.event(connection, one.id) for one in running.store.after(connection, 0, 100)]
