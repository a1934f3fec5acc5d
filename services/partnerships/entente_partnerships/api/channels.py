"""Channels for a crisis: established, tested, reported on, and asked for in order."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query

from entente_contracts.events.partnerships.channels import (
    ChannelClosed,
    ChannelDegraded,
    ChannelEstablished,
    ChannelId,
    ChannelRestored,
    Degraded,
)
from entente_contracts.events.partnerships.parts import PartyId
from entente_contracts.refused import Refused
from entente_eventkit.acting.acting import Acting
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.shell.context import InShell
from entente_partnerships import deciders
from entente_partnerships.answers.partners import ChannelAnswer, ChannelChanged, ChannelsAnswer, CrisisAnswer
from entente_partnerships.api.common import KnownOn, On, moment, reads, writes
from entente_partnerships.api.examples import CHANNEL, TEST, answering, reported
from entente_partnerships.asked.partners import NewChannel, Reported, Tested
from entente_partnerships.domain.channel import Establish, RecordTest, Report
from entente_partnerships.naming import must_be_party
from entente_partnerships.parties import known
from entente_partnerships.questions import channels as asking
from entente_partnerships.questions.moments import Moment

router = APIRouter(tags=["channels"])

InPath = Annotated[ChannelId, Path(description="the channel's name", examples=["moscow-washington"])]


@router.post("/channels", status_code=201, dependencies=writes)
async def establish(shell: InShell, asked: Annotated[NewChannel, Body(openapi_examples=CHANNEL)]) -> ChannelChanged:
    """Establish a channel between two parties. With `test_every` a test falls due once in every such period; a missed one degrades it."""

    def parties_exist(acting: Acting) -> None:
        known(acting, ((f"parties[{number}]", party) for number, party in enumerate(asked.parties)))

    event = ChannelEstablished(**asked.model_dump())
    effect = await shell.command(deciders.channel, Establish(event, shell.clock.now().date()), first=parties_exist)
    shell.answer_with("Location", f"/partnerships/channels/{asked.channel}")
    return ChannelChanged.of(asked.channel, effect)


@router.post("/channels/{channel}/tests", status_code=201, dependencies=writes)
async def test(shell: InShell, channel: InPath, asked: Annotated[Tested, Body(openapi_examples=TEST)]) -> ChannelChanged:
    """Record a test. One that nobody answers degrades the channel; one that is answered restores it."""
    command = RecordTest(channel, asked.at, asked.answered, asked.after, shell.clock.now())
    return ChannelChanged.of(channel, await shell.command(deciders.channel, command))


@router.post("/channels/{channel}/degradations", status_code=201, dependencies=writes)
async def degrade(
    shell: InShell, channel: InPath, asked: Annotated[Reported, Body(openapi_examples=reported("a cut cable"))]
) -> ChannelChanged:
    """Report that a channel cannot be relied on."""
    event = ChannelDegraded(channel=channel, how=Degraded.REPORTED, because=asked.because, on=asked.on)
    return ChannelChanged.of(channel, await shell.command(deciders.channel, Report(event, shell.clock.now().date())))


@router.post("/channels/{channel}/restorations", status_code=201, dependencies=writes)
async def restore(
    shell: InShell, channel: InPath, asked: Annotated[Reported, Body(openapi_examples=reported("repaired"))]
) -> ChannelChanged:
    """Report that a channel can be relied on again."""
    event = ChannelRestored(channel=channel, because=asked.because, on=asked.on)
    return ChannelChanged.of(channel, await shell.command(deciders.channel, Report(event, shell.clock.now().date())))


@router.post("/channels/{channel}/closure", status_code=201, dependencies=writes)
async def close(shell: InShell, channel: InPath, asked: Annotated[Reported, Body(openapi_examples=reported("cut off"))]) -> ChannelChanged:
    """Report that a channel is no more."""
    event = ChannelClosed(channel=channel, because=asked.because, on=asked.on)
    return ChannelChanged.of(channel, await shell.command(deciders.channel, Report(event, shell.clock.now().date())))


@router.get("/channels", dependencies=reads, responses=answering("/channels"))
async def channels(shell: InShell, on: On = None, known_on: KnownOn = None) -> ChannelsAnswer:
    """Every channel as it stood on a day, by name."""
    return ChannelsAnswer(items=await shell.ask(asking.channels, moment(shell, on, known_on)))


@router.get("/channels/in-crisis", dependencies=reads, responses=answering("/channels/in-crisis?a=RUS&b=USA"))
async def in_crisis(
    shell: InShell,
    a: Annotated[PartyId, Query(description="one party", examples=["RUS"])],
    b: Annotated[PartyId, Query(description="the other", examples=["USA"])],
    on: On = None,
    known_on: KnownOn = None,
) -> CrisisAnswer:
    """Which channels to use in a crisis between two parties, the first to try first, each with the reasons for its place.

    Only channels of the two themselves are listed, none of a body that both belong to.
    """
    if a == b:
        raise Refused("not-a-pair", f"{a} and {b} are one party", mend="name two different parties", where="query b")

    def answer(ask: Ask, at: Moment) -> CrisisAnswer:
        must_be_party(ask, a, "query a")
        must_be_party(ask, b, "query b")
        return asking.in_crisis(ask, a, b, at)

    return await shell.ask(answer, moment(shell, on, known_on))


@router.get("/channels/{channel}", dependencies=reads, responses=answering("/channels/moscow-washington"))
async def channel(shell: InShell, channel: InPath, on: On = None, known_on: KnownOn = None) -> ChannelAnswer:
    """A channel with all that happened to it up to a day. The `ETag` is its version, for `If-Match`."""
    answer = await shell.ask(asking.channel, channel, moment(shell, on, known_on))
    shell.version_is(answer.version)
    return answer
