"""The topics of the log, declared once: their creation, the AsyncAPI document and the access rules follow from here."""

from dataclasses import dataclass

EVENT_LIMIT = 256 * 1024
"""The largest body of one event, in bytes."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A named part of the log that one service writes and any may read.

    `name` carries no generation: the log of generation 3 of `entente.gateway` is the Kafka topic `entente.gateway.g3`.
    """

    name: str
    owner: str
    about: str
    partitions: int = 6
    event_limit: int = EVENT_LIMIT

    def of_generation(self, generation: int) -> str:
        """The name that this topic has in the broker while `generation` is current."""
        return f"{self.name}.g{generation}"


GATEWAY = Topic("entente.gateway", "gateway", "Sources, their keys and rights, and what was refused and why", partitions=3)
OBSERVATIONS = Topic("entente.observations", "gateway", "What registered sources report of the world, as admitted")
STABILITY = Topic("entente.stability", "stability", "Assessments of countries, and warnings raised and lifted")

TOPICS = (GATEWAY, OBSERVATIONS, STABILITY)
