"""The streams that this service decides on."""

from entente_contracts.topics import PARTNERSHIPS
from entente_eventkit.store.decider import Decider
from entente_partnerships.domain.body import Body, BodyCommand, body_stream_of, decide_body, evolve_body
from entente_partnerships.domain.channel import Channel, ChannelCommand, channel_stream, decide_channel, evolve_channel
from entente_partnerships.domain.engagement import Engagement, EngagementCommand, decide_engagement, engagement_stream, evolve_engagement
from entente_partnerships.domain.misalignment import Compare, Misaligned, decide_misalignment, evolve_misalignment, misalignment_stream
from entente_partnerships.domain.priorities import Declare, Declared, decide_priorities, evolve_priorities, priorities_stream
from entente_partnerships.domain.telling import Tell, Told, binding_stream, decide_telling, evolve_telling
from entente_partnerships.domain.treaty.agreement import Agreement, AgreementCommand, agreement_stream, decide_agreement, evolve_agreement

agreement: Decider[AgreementCommand, Agreement] = Decider("agreement", PARTNERSHIPS, agreement_stream, decide_agreement, evolve_agreement)
body: Decider[BodyCommand, Body] = Decider("body", PARTNERSHIPS, body_stream_of, decide_body, evolve_body)
binding: Decider[Tell, Told] = Decider("binding", PARTNERSHIPS, binding_stream, decide_telling, evolve_telling)
channel: Decider[ChannelCommand, Channel] = Decider("channel", PARTNERSHIPS, channel_stream, decide_channel, evolve_channel)
engagement: Decider[EngagementCommand, Engagement] = Decider(
    "engagement", PARTNERSHIPS, engagement_stream, decide_engagement, evolve_engagement
)
priorities: Decider[Declare, Declared] = Decider(
    "priorities", PARTNERSHIPS, priorities_stream, decide_priorities, evolve_priorities, remembers_only_last=True
)
misalignment: Decider[Compare, Misaligned] = Decider(
    "misalignment", PARTNERSHIPS, misalignment_stream, decide_misalignment, evolve_misalignment
)
