"""What is more than may come is turned away whole, before anything of it is kept, and told when to come again."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from entente_eventkit.shell.problems import Problem
from entente_gateway.intake.limits import Allowed, Limits


class Time:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def body(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def known(world, sender):
    """Registers a source that has been heard of here since."""
    world.register(sender)
    world.send(sender.signed())


def limited(world, **allowed):
    limits = Limits(Allowed(**allowed), Time())
    world.application.state.limits = limits
    return limits


def test_a_source_that_sends_more_than_it_may_waits_and_nothing_of_its_request_is_kept(world, sender):
    known(world, sender)
    limits = limited(world, source_burst=3, source_rate=2.0)
    world.send(*(sender.signed() for _ in range(5)))
    answer = world.post(b"[]", {"content-type": "application/cloudevents-batch+json"})
    assert answer.status_code == 202
    before = len(world.stored())
    refused = world.post_events(sender.signed())
    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (429, "too-many-items-a-second", "2")
    assert len(world.stored()) == before
    limits._time.now += 2
    assert world.post_events(sender.signed()).status_code == 202


def test_whoever_claims_to_be_a_source_does_not_empty_its_bucket(world, sender, make_sender):
    known(world, sender)
    limited(world, stranger_burst=2, source_burst=10)
    forged = make_sender().signed()
    world.send(forged, make_sender().signed(), sender.unsigned())
    assert world.post_events(forged).status_code == 429
    assert world.post_events(sender.signed()).status_code == 202


def test_one_who_was_let_in_a_moment_ago_is_no_stranger_though_the_strangers_bucket_is_empty(world, sender, make_sender):
    limited(world, stranger_burst=1)
    forged = make_sender(uri="//nobody").signed()
    assert [world.post_events(forged).status_code for _ in range(2)] == [202, 429]
    world.register(sender)
    assert world.post_events(sender.signed()).status_code == 429
    world.application.state.limits._time.now += 1
    assert world.post_events(sender.signed()).status_code == 202


def test_buckets_fill_again_up_to_their_brim(world, sender):
    known(world, sender)
    limits = limited(world, source_burst=3, source_rate=1.0)
    world.send(*(sender.signed() for _ in range(3)))
    assert list(limits.spent()) == [("ucdp", 0, 1.0)]
    limits._time.now += 100
    assert list(limits.spent()) == [("ucdp", 3, 1.0)]


def test_no_more_requests_are_in_hand_than_may_be():
    async def told() -> Problem:
        limits = Limits(Allowed(requests=1))
        async with limits.held(body()):
            with pytest.raises(Problem) as busy:
                async with limits.held(body()):
                    pass
        async with limits.held(body()):
            assert limits.requests == 1
        return busy.value

    busy = asyncio.run(told())
    assert (busy.kind.code, busy.headers["Retry-After"]) == ("too-busy", "1")


def test_no_more_bytes_are_in_hand_than_may_be_and_they_are_let_go_with_their_request():
    async def told() -> tuple[Problem, int]:
        limits = Limits(Allowed(bytes=10))
        async with limits.held(body(b"123456")) as first:
            assert [chunk async for chunk in first] == [b"123456"]
            with pytest.raises(Problem) as busy:
                async with limits.held(body(b"1234", b"5")) as second:
                    assert [chunk async for chunk in second]
        return busy.value, limits.bytes

    busy, left = asyncio.run(told())
    assert (busy.kind.code, left) == ("too-busy", 0)


def test_a_body_that_comes_too_slowly_is_cut_off_and_told_why():
    async def drip() -> AsyncIterator[bytes]:
        yield b"1"
        await asyncio.Event().wait()

    async def told() -> tuple[Problem, Limits]:
        limits = Limits(Allowed(patience=0.01))
        with pytest.raises(Problem) as slow:
            async with limits.held(drip()) as chunks:
                assert [chunk async for chunk in chunks]
        return slow.value, limits

    slow, limits = asyncio.run(told())
    assert (slow.kind.code, slow.kind.status) == ("slow-body", 408)
    assert "of the body 1 bytes came" in str(slow.detail)
    assert (limits.requests, limits.bytes, limits.turned_away["slow-body"]) == (0, 0, 1)


def test_a_long_body_has_longer():
    time = Time()

    async def told() -> int:
        limits = Limits(Allowed(patience=1.0, slowest=100.0), time)

        async def steady() -> AsyncIterator[bytes]:
            for _ in range(10):
                time.now += 0.9
                yield b"x" * 100

        async with limits.held(steady()) as chunks:
            return sum([len(chunk) async for chunk in chunks])

    assert asyncio.run(told()) == 1_000


def test_operators_see_what_is_in_hand_who_spent_how_much_and_what_was_turned_away(world, sender):
    known(world, sender)
    limited(world, source_burst=1)
    world.send(sender.signed())
    world.post_events(sender.signed())
    seen = world.clients["operator"].get("/gateway/ops/intake").json()
    assert seen["turned_away"] == {"too-many-items-a-second": 1}
    assert [(one["who"], one["left"]) for one in seen["spent"]] == [("ucdp", 0)]
    assert (seen["requests"], seen["bytes"]) == (0, 0)
    assert world.clients["officer"].get("/gateway/ops/intake").status_code == 403
