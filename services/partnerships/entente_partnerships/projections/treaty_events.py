"""The events that make up an agreement's life, each of which its read models fold."""

from typing import Any, get_args

from entente_partnerships.domain.membership import BodyEvent
from entente_partnerships.domain.treaty.acts import TreatyEvent

TREATY_EVENTS: tuple[type[Any], ...] = get_args(TreatyEvent)
BODY_EVENTS: tuple[type[Any], ...] = get_args(BodyEvent)
