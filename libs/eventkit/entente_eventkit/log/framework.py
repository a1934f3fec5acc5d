"""FastStream's Kafka broker with the settings that the platform needs, where its own would lose data."""

import asyncio
import logging
from collections.abc import Sequence

from aiokafka.errors import KafkaConnectionError
from faststream.kafka import KafkaBroker

_log = logging.getLogger(__name__)

GRACE = 4.0
"""How long a stop waits for the batch in hand, in seconds."""

DELIVERY_TIMEOUT = 3.0
"""After so many seconds without an acknowledgement a sending counts as failed and is repeated. Shorter than `GRACE`: a producer can
only be closed once all that it holds was delivered or given up."""

BATCH_BYTES = 256 * 1024
REQUEST_TIMEOUT = 10.0
"""After so many seconds without an answer any other request counts as failed."""


ANSWERS_WITHIN = 2.0
"""How long a broker may take to accept a connection, in seconds."""


async def reachable(bootstrap: Sequence[str]) -> None:
    """Returns once one of the brokers accepts a connection, raises `KafkaConnectionError` where none does. To be asked before the
    framework starts, which leaves its producer unclosed where it cannot connect."""
    for address in bootstrap:
        host, _, port = address.rpartition(":")
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                _, writer = await asyncio.open_connection(host, int(port))
        except OSError:
            continue
        writer.close()
        return
    raise KafkaConnectionError(f"no broker accepts connections at {', '.join(bootstrap)}; start one, or correct the addresses")


class _Expected(logging.Filter):
    """Leaves out what FastStream warns of at every start although it is meant so."""

    meant = ("Auto create topics is disabled", "Topic creation is skipped")

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith(self.meant)


_log.addFilter(_Expected())


def framework_broker(bootstrap: Sequence[str], *, only_reads: bool, metadata_refresh: float) -> KafkaBroker:
    """A broker of the framework: acknowledged by all replicas, idempotent, its topics made by nobody but the relay."""
    return KafkaBroker(
        list(bootstrap),
        apply_types=False,
        acks="all",
        enable_idempotence=True,
        linger_ms=5,
        max_batch_size=BATCH_BYTES,
        request_timeout_ms=int((REQUEST_TIMEOUT if only_reads else DELIVERY_TIMEOUT) * 1000),
        metadata_max_age_ms=int(metadata_refresh * 1000),
        graceful_timeout=GRACE,
        logger=_log,
        log_level=logging.DEBUG,
        allow_auto_create_topics=False,
        consumer_only=only_reads,
        id_generator=str,
    )
