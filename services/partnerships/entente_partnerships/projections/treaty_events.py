"""The events of each kind of stream, each of which its read models fold."""

from typing import Any, get_args

from entente_partnerships.domain.channel import ChannelEvent
from entente_partnerships.domain.membership import BodyEvent
from entente_partnerships.domain.treaty.acts import TreatyEvent

TREATY_EVENTS: tuple[type[Any], ...] = get_args(TreatyEvent)
BODY_EVENTS: tuple[type[Any], ...] = get_args(BodyEvent)
CHANNEL_EVENTS: tuple[type[Any], ...] = get_args(ChannelEvent)
