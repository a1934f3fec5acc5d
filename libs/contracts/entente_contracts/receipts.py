"""Receipts: what a sender is told of each event that it sent, over whatever way it sent it."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from entente_contracts.events.event_quarantined_v1 import QuarantineReasonV1
from entente_contracts.events.gateway import Reason

RECEIPT_TYPE = "entente.gateway.receipt.v2"
"""The CloudEvents type of a receipt where it travels as an event of its own: on its source's reply topic."""
RECEIPT_TYPE_V1 = "entente.gateway.receipt.v1"


class Outcome(StrEnum):
    """What became of an item."""

    ADMITTED = "admitted"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"


class Receipt(BaseModel):
    """One item's fate, durable when it is read.

    `id` and `source` are the item's own, as far as they could be read. `position` is the place in the gateway's store: of the admitted
    event, of the event that was admitted first (duplicate), or of the record of the refusal (quarantined). `event` is the id under which
    the item was admitted. `reason`, `detail` and `mend` are given where it was quarantined, and only there. `digest` is the SHA-256, in
    hex, of the item as it arrived, under which the gateway keeps it.
    """

    model_config = ConfigDict(frozen=True)

    id: str | None = None
    source: str | None = None
    outcome: Outcome
    position: int = Field(ge=1)
    event: str | None = None
    reason: Reason | None = None
    detail: str | None = None
    mend: str | None = None
    digest: str = Field(pattern="^[0-9a-f]{64}$")


class ReceiptV1(Receipt):
    """Version 1 of `Receipt`, whose list of reasons was closed; nothing writes it any more."""

    reason: QuarantineReasonV1 | None = None
