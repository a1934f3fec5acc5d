"""Feeds batches to a service's instances, again and again until the database has taken them."""

import asyncio
import logging

from entente_eventkit.log.port import Batch
from entente_eventkit.projecting.instances import Fed, Instances
from entente_eventkit.storage.dialect import is_transient
from entente_eventkit.telemetry import metrics
from entente_eventkit.threads import in_thread

_log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = 0.05, 5.0


class Feeding:
    """`failing`: the last error, as long as a batch is being tried again because of it; None when all is well."""

    def __init__(self, instances: Instances) -> None:
        self.instances = instances
        self.failing: str | None = None

    async def feed(self, batch: Batch, only: str | None = None) -> Fed:
        """Feeds one batch; returns when it is committed, however often it takes. Nothing but a cancellation is raised."""
        wait = FIRST_WAIT
        while True:
            try:
                fed = await in_thread(self.instances.feed, batch, only=only)
            except Exception as error:  # noqa: BLE001 - the batch must not be lost: whatever went wrong, it is tried again
                self._note(batch, error, wait)
            else:
                self.failing = None
                return fed
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    def _note(self, batch: Batch, error: Exception, wait: float) -> None:
        metrics.retried("batch")
        what = f"{batch.topic} generation {batch.generation} partition {batch.partition} offsets {batch.begin} to {batch.end}"
        self.failing = f"{what}: {type(error).__name__}"
        if is_transient(error):
            _log.warning("%s: the database did not take the batch, trying again in %.2f s: %r", what, wait, error)
        else:
            _log.error("%s: the batch failed unexpectedly, trying again in %.2f s", what, wait, exc_info=error)
