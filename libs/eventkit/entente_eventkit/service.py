"""A service as its `app.py` declares it: the table of contents that everything else is run from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from sqlalchemy import MetaData

from entente_contracts.topics import Topic
from entente_eventkit.acting.declare import Duty, Policy, Worker
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.receiving.declare import Intake
from entente_eventkit.store.decider import Decider
from entente_eventkit.store.recall import Recall, nothing


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that a service is. `metadata` and `migrations` (an Alembic version folder) are of its own tables; `recall` says which keys
    of its own an event was appended with, for a store that has to take events over from the log."""

    name: str
    about: str
    owns: Sequence[Topic]
    api: APIRouter
    metadata: MetaData
    migrations: Path
    deciders: Sequence[Decider[Any, Any]] = ()
    projections: Sequence[Projection] = ()
    policies: Sequence[Policy] = ()
    workers: Sequence[Worker] = ()
    duties: Sequence[Duty] = ()
    intakes: Sequence[Intake] = ()
    recall: Recall = nothing
    extras: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises `ValueError` where two workers would take each other's marks."""
        marked = [worker.marks.name for worker in self.workers]
        if len(set(marked)) < len(marked):
            raise ValueError(f"{self.name}: two workers take the marks of one projection; give each a projection of its own")

    @property
    def reads(self) -> tuple[Topic, ...]:
        """Every topic that a projection or policy reads, each once."""
        parts: list[Projection | Policy] = [*self.projections, *self.policies]
        return tuple(dict.fromkeys(topic for part in parts for topic in part.reads))
