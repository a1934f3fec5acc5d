"""The second door: what foreign systems write into `entente.inbound`, judged as what they send over HTTP, and answered in Kafka too.

Only who surely sent an event is told what became of it: the source whose key, in force or revoked, made the signature, on the topic that
nobody else reads. Of all else only the operator learns. Kafka does not say who wrote a record, so that whoever may write and has seen a
signed event can send it again; one receipt for the same bytes in a batch is the most that this makes its true sender hear.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from entente_contracts import rfc3339
from entente_contracts.receipts import RECEIPT_TYPE, Receipt
from entente_contracts.recording import schema_name
from entente_contracts.topics import INBOUND, replies_to
from entente_eventkit.acting.acting import Acting
from entente_eventkit.clock import new_id
from entente_eventkit.receiving.declare import Decide, Examine, Intake, Received, Reply
from entente_eventkit.telemetry import tracing
from entente_gateway.intake.admitting import Arrival, Judged, take_in
from entente_gateway.intake.examining import examine_all
from entente_gateway.intake.record import item_of
from entente_gateway.intake.registered import Registered

GROUP = "entente-gateway-inbound"


@dataclass(frozen=True, slots=True)
class _Desk:
    registered: Registered

    def examine(self, received: Sequence[Received], at: datetime) -> Decide:
        """Examines records; what it gives decides them."""
        items = [item_of(one.record) for one in received]
        registry = self.registered.registry
        examined = examine_all(items, at, registry)

        def decide(acting: Acting) -> Sequence[Reply]:
            arrival = Arrival(items, examined, registry, at, tracing.current())
            return list(_replies(acting, received, take_in(acting, self.registered, arrival)))

        return decide


def _replies(acting: Acting, received: Sequence[Received], judged: Sequence[Judged]) -> Iterable[Reply]:
    told: set[tuple[str, str]] = set()
    for one, found in zip(received, judged, strict=True):
        if found.sender is not None and (found.sender, found.receipt.digest) not in told:
            told.add((found.sender, found.receipt.digest))
            yield _reply(acting, one, found.sender, found.receipt)


def _reply(acting: Acting, received: Received, source: str, receipt: Receipt) -> Reply:
    subject = receipt.id or receipt.digest
    headers = {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": new_id(acting.clock),
        "ce_source": "entente/gateway",
        "ce_type": RECEIPT_TYPE,
        "ce_subject": subject,
        "ce_time": rfc3339.to_text(acting.clock.now()),
        "ce_dataschema": schema_name(RECEIPT_TYPE),
        "ce_inboundpartition": str(received.partition),
        "ce_inboundoffset": str(received.record.offset),
    }
    return Reply(replies_to(source), subject.encode(), headers, receipt.model_dump_json().encode())


def _begin() -> Examine:
    return _Desk(Registered()).examine


inbound = Intake("inbound", INBOUND, GROUP, _begin)
