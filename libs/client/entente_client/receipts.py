"""Receipts: what the gateway says became of each event."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class Outcome(StrEnum):
    """What became of an event."""

    ADMITTED = "admitted"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"

    @property
    def settled(self) -> bool:
        """Whether the gateway has the event for good. What was quarantined is judged anew when it is sent again."""
        return self is not Outcome.QUARANTINED


@dataclass(frozen=True, slots=True)
class Receipt:
    """One event's fate, durable at the gateway when it is read.

    `position` is the place in the gateway's store; `event` the id under which it was admitted there. `reason`, `detail` and `mend` are
    given where it was quarantined. `digest` (SHA-256, hex): under it the gateway keeps what came. `resumed`: the receipt is of an earlier
    run, read from the journal, and nothing was sent.
    """

    id: str | None
    source: str | None
    outcome: Outcome
    position: int
    event: str | None = None
    reason: str | None = None
    detail: str | None = None
    mend: str | None = None
    digest: str | None = None
    resumed: bool = False

    @classmethod
    def read(cls, said: Mapping[str, Any], *, resumed: bool = False) -> Self:
        """A receipt from the gateway's JSON; members that this version does not know are left out."""
        return cls(
            id=said.get("id"),
            source=said.get("source"),
            outcome=Outcome(said["outcome"]),
            position=said["position"],
            event=said.get("event"),
            reason=said.get("reason"),
            detail=said.get("detail"),
            mend=said.get("mend"),
            digest=said.get("digest"),
            resumed=resumed,
        )
