"""What another government's system installs to publish its events through Entente: sign, batch, send, retry, resume."""

from entente_client.errors import EventTooLarge, GatewayRefused, GatewayUnreachable, JournalRefused, PublishingFailed
from entente_client.publication import Publication
from entente_client.publisher import Publisher
from entente_client.receipts import Outcome, Receipt
from entente_client.sending import Patience

__all__ = [
    "EventTooLarge",
    "GatewayRefused",
    "GatewayUnreachable",
    "JournalRefused",
    "Outcome",
    "Patience",
    "Publication",
    "Publisher",
    "PublishingFailed",
    "Receipt",
]
