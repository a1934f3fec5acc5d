"""Which services the platform runs, in the order in which they start."""

from collections.abc import Sequence

from entente_eventkit.service import Service
from entente_gateway.app import gateway
from entente_partnerships.app import partnerships
from entente_stability.app import stability

SERVICES: Sequence[Service] = (gateway, partnerships, stability)
