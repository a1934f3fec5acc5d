"""The line through this service without a broker: a gateway's store, this service's own, and both read by its instances."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from entente_contracts.events.observations import ObservationReported, ObservationRetracted, ObservationRevised
from entente_contracts.recorded import Actor, AuthType, Origin
from entente_contracts.topics import OBSERVATIONS, STABILITY, Topic
from entente_eventkit.acting.duties import fulfil_dues
from entente_eventkit.acting.worker import work_marks
from entente_eventkit.clock import SetClock, new_id
from entente_eventkit.log.outgoing import stored_record
from entente_eventkit.log.port import STORE, Batch
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.projecting.instances import Instances
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.migrations import migrate
from entente_eventkit.store.because import Because
from entente_eventkit.store.store import EventStore, NewEvent
from entente_stability.app import stability

Observation = ObservationReported | ObservationRevised | ObservationRetracted
T = TypeVar("T")
A_BATCH = 500


class Line:
    """One folder of databases. `admit` as the gateway would, `settle` until nothing is left to do, `sleep_until` on the set clock."""

    def __init__(self, folder: Path, start: datetime) -> None:
        self.clock = SetClock(start)
        self.gateway = EventStore(_database(folder / "gateway.sqlite", None), self.clock, "gateway")
        self.open(folder)

    def open(self, folder: Path) -> None:
        """Opens this service's database, at the beginning or after `crash`."""
        self.database = _database(folder / "stability.sqlite", stability.migrations)
        self.store = EventStore(self.database, self.clock, "stability")
        self.instances = Instances(self.database, self.store, self.clock, stability.projections, stability.policies)
        self.instances.begin()

    def close(self) -> None:
        """Gives both databases back."""
        self.gateway.database.close()
        self.database.close()

    def admit(self, *events: Observation, source: str = "ucdp") -> list[str]:
        """Appends events to their streams as the gateway admits them; gives their ids."""
        made: list[str] = []
        with self.gateway.database.writing() as connection, self.gateway.head(connection) as head:
            for event in events:
                country = event.country if isinstance(event, ObservationRetracted) else event.where.country
                foreign = Origin(f"https://{source}.example.org", new_id(self.clock), "0" * 64)
                because = Because(
                    causationid=foreign.cause, correlationid=foreign.cause, actor=Actor(AuthType.SERVICE_ACCOUNT, source, "SWE")
                )
                appended = head.append(OBSERVATIONS, f"observation/{source}/{country}", [NewEvent(event, origin=foreign)], because)
                made.extend(one.id for one in appended)
        return made

    def feed(self, *, only: str | None = None) -> int:
        """Feeds all that the stores hold beyond the checkpoints; gives how many events were applied."""
        return self._feed(self.gateway, OBSERVATIONS, only) + self._feed(self.store, STABILITY, only)

    def overtake(self, stream: str) -> None:
        """Feeds the events of one stream only, as a log would whose other partitions are behind."""
        with self.gateway.database.reading() as connection:
            found = [event for event in self.gateway.after(connection, 0, A_BATCH, [OBSERVATIONS.name]) if event.stream == stream]
        self.instances.feed(Batch(OBSERVATIONS.name, "1", 0, 0, len(found), [stored_record(event) for event in found]))

    def settle(self) -> None:
        """Feeds, works marks and fulfils dues until none of them finds anything to do."""
        while self.feed() + self.work() + self.fulfil():
            pass

    def work(self) -> int:
        """One pass over the marks."""
        return sum(work_marks(self.database, self.store, self.clock, worker) for worker in stability.workers)

    def fulfil(self) -> int:
        """One pass over what has fallen due."""
        return fulfil_dues(self.database, self.store, self.clock, stability.duties)

    def sleep_until(self, day: date, hour: int = 0) -> None:
        """Moves the clock to an hour of a day."""
        self.clock.set(datetime(day.year, day.month, day.day, hour, tzinfo=self.clock.now().tzinfo))

    def sleep(self, days: int) -> None:
        """Moves the clock to the midnight so many days on, settling at each on the way."""
        for _ in range(days):
            self.sleep_until(self.clock.now().date() + timedelta(days=1))
            self.settle()

    def ask(self, table: Any, *where: Any) -> list[Any]:
        """Active rows."""
        with self.database.reading() as connection:
            return Ask(connection).all(table, *where)

    def written(self, stream: str) -> Sequence[Any]:
        """The events of one of the streams that this service writes."""
        with self.database.reading() as connection:
            return self.store.stream(connection, STABILITY, stream)

    def _feed(self, store: EventStore, topic: Topic, only: str | None) -> int:
        applied, begin = 0, self.instances.next(topic.name, STORE, 0, instance=only)
        while True:
            with store.database.reading() as connection:
                found = store.after(connection, max(begin - 1, 0), A_BATCH, [topic.name])
            if not found:
                return applied
            end = found[-1].position + 1
            batch = Batch(topic.name, STORE, 0, begin, end, [stored_record(event) for event in found])
            applied += sum(self.instances.feed(batch, only=only).applied.values())
            begin = end


def _database(file: Path, migrations: Path | None) -> Database:
    database = Database(f"sqlite:///{file}")
    migrate(database, migrations)
    return database
