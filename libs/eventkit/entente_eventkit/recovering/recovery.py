"""Mends a store that is behind its log. Everything is looked at first; nothing changes before `apply` or `declare_void`."""

import os
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
from sqlalchemy import Connection

from entente_eventkit.cannot_start import CannotStart
from entente_eventkit.log import generations
from entente_eventkit.log.generations import Generation
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.recovering import importing
from entente_eventkit.recovering.evidence import Evidence, gather
from entente_eventkit.recovering.finding import Found
from entente_eventkit.recovering.judging import Known, Missing, Refusal, Verdict, judge
from entente_eventkit.recovering.recalling import recalled_keys
from entente_eventkit.service import Service
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.migrations import RevisionState, revision_state
from entente_eventkit.store.chain import verify_chain
from entente_eventkit.store.recall import RecalledKey


class CannotRecover(CannotStart):
    """The store or the log is in no state to be compared."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a recovery would do. `believed`: the generation of each topic as the store remembers it."""

    known: Known
    evidence: Evidence
    verdict: Verdict
    keys: Sequence[RecalledKey]
    believed: dict[str, Generation]

    @property
    def missing(self) -> Sequence[Missing]:
        """The events that the store takes over, in order."""
        return self.verdict.sound

    @property
    def void(self) -> Sequence[Found]:
        """The events that only the log has and that the store cannot take over."""
        return self.verdict.rest

    @property
    def refusal(self) -> Refusal | None:
        """Why the store cannot take over all that the log holds."""
        return self.verdict.refusal

    @property
    def behind(self) -> bool:
        """Whether there is anything to mend."""
        later = any(newest.number > self._number(topic) for topic, newest in self.evidence.newest.items())
        return later or bool(self.missing) or self.refusal is not None

    def _number(self, topic: str) -> int:
        return self.believed[topic].number if topic in self.believed else 0


class Recovery:
    """The recovery of one service's store from its log. No process of the service may run meanwhile."""

    def __init__(self, service: Service, database: Database, log: KafkaLog) -> None:
        self._service, self._database, self._log = service, database, log

    async def look(self) -> Trial:
        """Compares the store with the log, changing nothing. Raises `CannotRecover`."""
        self._refuse_wrong_revision()
        broken = await self._database.read(verify_chain)
        if broken is not None:
            raise CannotRecover(
                f"the store of {self._service.name} is not whole in itself: at position {broken.position}, {broken.what}. "
                f"Restore another backup"
            )
        topics = self._service.owns
        head = await self._database.read(importing.head_of)
        evidence = await gather(self._log, self._database, self._service.name, topics, head)
        known = await self._database.read(importing.known_of, evidence.after(head))
        if known.position != head:
            raise CannotRecover(f"the store was appended to while the log was read; stop every process of {self._service.name} first")
        verdict = judge(known, evidence)
        believed = {topic.name: at for topic in topics if (at := await self._database.read(generations.current, topic)) is not None}
        return Trial(known, evidence, verdict, recalled_keys(self._service, verdict.sound), believed)

    async def apply(self, trial: Trial) -> None:
        """Takes over what is missing. Raises `CannotRecover`, having changed nothing, where the trial was refused."""
        if trial.refusal is not None:
            raise CannotRecover(trial.refusal.text)
        await self._take_over(trial, void=False)

    async def declare_void(self, trial: Trial, file: Path) -> None:
        """Writes what only the log has to a new file, takes over what precedes it, and has the next generation begun from the store."""
        write_void(trial.void, file)
        await self._take_over(trial, void=True)

    async def _take_over(self, trial: Trial, *, void: bool) -> None:
        topics, evidence = self._service.owns, trial.evidence

        def work(connection: Connection) -> None:
            importing.take_over(connection, trial.known, trial.missing, trial.keys, topics, evidence)
            if void:
                importing.begin_anew(connection, topics, evidence.newest)

        await self._database.write(work)

    def _refuse_wrong_revision(self) -> None:
        state = revision_state(self._database, self._service.migrations)
        if state is not RevisionState.UP_TO_DATE:
            raise CannotRecover(f"the database of {self._service.name} is {state} as to migrations; migrate it with this version first")


def write_void(void: Sequence[Found], file: Path) -> None:
    """One JSON object a line, in order of position, in a file that was not there before and that only its owner reads."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as lines:
        for found in void:
            lines.write(orjson.dumps(_line(found), option=orjson.OPT_APPEND_NEWLINE))
        lines.flush()
        os.fsync(lines.fileno())


def _line(found: Found) -> dict[str, object]:
    event = found.event
    where = {"generation": found.generation, "partition": found.partition, "offset": found.offset}
    return {"position": event.position, "topic": event.topic, **where, "attributes": event.attributes, **_data(event.body or b"")}


def _data(body: bytes) -> dict[str, str]:
    try:
        return {"data": body.decode()}
    except UnicodeDecodeError:
        return {"data_base64": b64encode(body).decode()}
