"""Channels as they stood, and which to use in a crisis."""

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import col

from entente_contracts.refused import Refused
from entente_contracts.registry import current_of
from entente_eventkit.projecting.ask import Ask
from entente_partnerships.answers.partners import ChannelAnswer, ChannelStepAnswer, CrisisAnswer, CrisisChannel
from entente_partnerships.domain.channel import Channel, evolve_channel
from entente_partnerships.domain.crisis_order import CRITERIA, in_order
from entente_partnerships.projections.crisis_channels import ChannelOfRow, ChannelStep, ChannelStepRow
from entente_partnerships.questions.moments import Moment
from entente_partnerships.questions.wording import counted

Steps = Sequence[ChannelStep]


def channels(ask: Ask, moment: Moment) -> list[ChannelAnswer]:
    """Every channel that was known and established by the day, by name."""
    return [answer(name, steps, moment) for name, steps in sorted(_steps(ask, moment).items())]


def channel(ask: Ask, name: str, moment: Moment) -> ChannelAnswer:
    """One channel with all that happened to it up to the day."""
    steps = _steps(ask, moment, name).get(name)
    if steps is None:
        raise Refused(
            "no-such-channel",
            f"by what was known on {moment.known_on}, no channel {name!r} was there on {moment.on}",
            mend="GET /partnerships/channels lists them; ask about a later day, or establish it first",
            where="path channel",
            status=404,
        )
    return answer(name, steps, moment)


def in_crisis(ask: Ask, a: str, b: str, moment: Moment) -> CrisisAnswer:
    """The channels between two parties that were open on the day, the first to try first, each with its reasons."""
    first, second = sorted((a, b))
    names = {row.channel for row in ask.all(ChannelOfRow, col(ChannelOfRow.a) == first, col(ChannelOfRow.b) == second)}
    states = [(name, _state(steps)) for name, steps in _steps(ask, moment).items() if name in names]
    placed = in_order(states, moment.on)
    items = [
        CrisisChannel(
            place=place,
            channel=each.channel,
            title=each.state.title,
            kind=each.state.kind.value,
            reaches=each.state.reaches.value,
            works=each.state.works.value,
            reasons=each.reasons,
        )
        for place, each in enumerate(placed, 1)
    ]
    says = f"{first} and {second} had {counted(len(items), 'open channel')} on {moment.on}" + (
        f"; try {items[0].title} first." if items else "."
    )
    criteria = [criterion.name for criterion in CRITERIA]
    return CrisisAnswer(a=first, b=second, on=moment.on, known_on=moment.known_on, order=criteria, items=items, says=says)


def answer(name: str, steps: Steps, moment: Moment) -> ChannelAnswer:
    """A channel as its steps left it."""
    state = _state(steps)
    return ChannelAnswer(
        channel=name,
        on=moment.on,
        known_on=moment.known_on,
        version=max(step.step for step in steps),
        title=state.title,
        kind=state.kind.value,
        parties=state.parties,
        reaches=state.reaches.value,
        established=state.established,
        test_every=state.test_every,
        agreement=state.agreement,
        works=state.works.value,
        since=state.since,
        because=state.because,
        last_answered=state.answered[0] if state.answered else None,
        answered_after=state.answered[1] if state.answered else None,
        steps=[ChannelStepAnswer(number=step.step, what=step.name.rpartition(".")[2], on=step.on, event=step.event) for step in steps],
    )


def _steps(ask: Ask, moment: Moment, name: str | None = None) -> dict[str, list[ChannelStep]]:
    """The steps of each channel that were known and had taken effect, in order; of those that were established by then."""
    where = [col(ChannelStepRow.known) < moment.known_before, col(ChannelStepRow.on) <= moment.on]
    if name is not None:
        where.append(col(ChannelStepRow.channel) == name)
    found: dict[str, list[ChannelStep]] = defaultdict(list)
    for row in ask.all(ChannelStepRow, *where):
        found[row.channel].append(row)
    in_time = {channel: sorted(steps, key=lambda step: (step.on, step.step)) for channel, steps in found.items()}
    return {channel: steps for channel, steps in in_time.items() if any(step.step == 1 for step in steps)}


def _state(steps: Steps) -> Channel:
    first = next(step for step in steps if step.step == 1)
    state = evolve_channel(None, current_of(first.name).model_validate_json(first.data))  # type: ignore[arg-type]  # a channel's events
    for step in steps:
        if step is not first:
            state = evolve_channel(state, current_of(step.name).model_validate_json(step.data))  # type: ignore[arg-type]  # a channel's events
    return state
