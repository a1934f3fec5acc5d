"""FastStream's Kafka broker with the settings that the platform needs, where its own would lose data."""

import logging

from faststream.kafka import KafkaBroker

from entente_eventkit.log.access import Access
from entente_eventkit.log.producer import Producer

_log = logging.getLogger(__name__)

GRACE = 4.0
"""How long a stop waits for the batch in hand, in seconds."""

BATCH_BYTES = 256 * 1024
REQUEST_TIMEOUT = 10.0
"""After so many seconds without an answer a request counts as failed."""


class _Expected(logging.Filter):
    """Leaves out what FastStream warns of at every start although it is meant so."""

    meant = ("Auto create topics is disabled", "Topic creation is skipped")

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith(self.meant)


_log.addFilter(_Expected())


def framework_broker(access: Access, *, only_reads: bool, metadata_refresh: float) -> KafkaBroker:
    """A broker of the framework: acknowledged by all replicas, idempotent, its topics made by nobody but the relay."""
    broker = KafkaBroker(
        list(access.bootstrap),
        security=access.for_framework,
        apply_types=False,
        acks="all",
        enable_idempotence=True,
        linger_ms=5,
        max_batch_size=BATCH_BYTES,
        request_timeout_ms=int(REQUEST_TIMEOUT * 1000),
        metadata_max_age_ms=int(metadata_refresh * 1000),
        graceful_timeout=GRACE,
        logger=_log,
        log_level=logging.DEBUG,
        allow_auto_create_topics=False,
        consumer_only=only_reads,
        id_generator=str,
    )
    broker.config.broker_config.producer = Producer(parser=None, decoder=None)
    return broker
