"""What the embedded log and Kafka have in common: one sender, one inspection, subscriptions through the framework."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from aiokafka.errors import KafkaError

from entente_eventkit.log.access import FORBIDDEN, Access
from entente_eventkit.log.framework import framework_broker
from entente_eventkit.log.inspection import Inspection
from entente_eventkit.log.port import Batch, Outgoing, Positions
from entente_eventkit.log.sender import Sender
from entente_eventkit.log.subscription import LONGEST_WAIT, Reading, Subscription

_log = logging.getLogger(__name__)

HOLDS = 15.0
"""Seconds after which brokers that forbid something would have said so again."""


class Connection:
    """A connection to brokers. Nothing is opened before it is used."""

    def __init__(self, access: Access, *, metadata_refresh: float) -> None:
        self.access, self.metadata_refresh = access, metadata_refresh
        self.inspection = Inspection(access)
        self.sender = Sender(access, metadata_refresh)
        self.subscriptions: set[Subscription] = set()
        self._forbidden = ("", 0.0)

    async def stop(self) -> None:
        """Closes the clients; subscriptions end with the task that reads."""
        await self.sender.stop()
        await self.inspection.stop()

    async def send(self, name: str, records: Sequence[Outgoing]) -> dict[int, int]:
        """Sends in order, all acknowledged; gives the last offset a partition."""
        return await self.sender.send(name, records) if records else {}

    async def read(self, reading: Reading, position: Positions, deliver: Callable[[Batch], Awaitable[None]]) -> None:
        """Reads until cancelled; begins again with a new client where the brokers do not answer, and where the old one has given up."""
        wait = LONGEST_WAIT / 20
        while True:
            broker = framework_broker(self.access, only_reads=True, metadata_refresh=self.metadata_refresh)
            subscription = Subscription(broker, reading, position, deliver, self._forbid)
            try:
                await subscription.start()
                self.subscriptions.add(subscription)
                await subscription.given_up()
                _log.error("the client that reads the log has given up, beginning again in %.1f s with a new one", wait)
            except FORBIDDEN as error:
                self._forbid(error)
            except (KafkaError, OSError) as error:
                _log.warning("the log does not answer, trying again in %.1f s: %r", wait, error)
            finally:
                self.subscriptions.discard(subscription)
                await subscription.stop()
            with suppress(TimeoutError):
                await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    def _forbid(self, error: Exception) -> None:
        self._forbidden = (str(self.access.forbidden(error)), time.monotonic() + HOLDS)
        _log.error("%s", self._forbidden[0])

    def alarms(self) -> list[str]:
        """What the brokers do not let us read, and partitions that no longer hold what their reader wants, in words."""
        said, until = self._forbidden
        forbidden = [said] if time.monotonic() < until else []
        return forbidden + [
            f"{one.topic}/{one.partition} does not hold offset {at} any more; its owner must begin a new generation"
            for subscription in self.subscriptions
            for one, at in sorted(subscription.broken.items())
        ]
