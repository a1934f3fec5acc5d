"""Admission at the front door, against what can be had no cheaper: one Ed25519 verification and one durable append an event."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.benchmarks import events
from tests.benchmarks.interleaved import Compared, compare

from entente_contracts import signature, strict_json
from entente_contracts.cloudevent import CloudEvent
from entente_contracts.codec import http, json_format
from entente_contracts.events.gateway import KeyAlgorithm, PublicKey, Rights
from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.acting.acting import Acting
from entente_eventkit.clock import SetClock
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.migrations import migrate
from entente_eventkit.store.store import EventStore
from entente_gateway.app import gateway
from entente_gateway.domain.changing_sources import REPORTABLE
from entente_gateway.domain.source_commands import RegisterSource
from entente_gateway.intake.admitting import Arrival, take_in
from entente_gateway.intake.examining import examine_all
from entente_gateway.intake.registered import SOURCE, Registered, claim_uri
from entente_gateway.intake.request import Item, Mode, an_item

BATCH = 500
"""Events of one request."""
ROUNDS = 5
URI = "//benchmark"


def run() -> list[Compared]:
    """The table's rows."""
    private, public = signature.generate_key(KeyAlgorithm.ED25519)
    with _front_door(public) as door, events.store() as store:
        batches = iter([_batch(private, number) for number in range(2 * ROUNDS)])
        key, numbers = Ed25519PrivateKey.generate(), count()
        signed = key.sign(b"x" * 32)
        return [
            compare(
                "admission of a batch of 500 / an Ed25519 verification and a durable append, one by one",
                lambda: door.admit(next(batches)),
                lambda: _floor(store, key, signed, numbers),
                "as it is",
            ),
            compare(
                "admission of a batch of 500 / 500 Ed25519 verifications and their appends in one transaction",
                lambda: door.admit(next(batches)),
                lambda: _floor_together(store, key, signed, numbers),
                "as it is",
            ),
        ]


class _Door:
    def __init__(self, database: Database) -> None:
        self._database, self._clock = database, SetClock(events.NOON)
        self._store, self._sources = EventStore(database, self._clock, "gateway"), Registered()

    def register(self, public: bytes) -> None:
        key = PublicKey(keyid="k", algorithm=KeyAlgorithm.ED25519, pem=public.decode())
        command = RegisterSource("benchmark", URI, None, "Benchmark", Rights(types=REPORTABLE), (key,), "a benchmark")
        with self._database.writing() as connection, self._store.head(connection) as head:
            acting = Acting(connection, head, self._clock)
            claim_uri(acting, URI, "benchmark")
            acting.execute(SOURCE, command, events.BECAUSE)
            self._sources.now(acting)

    def admit(self, items: list[Item]) -> int:
        registry = self._sources.registry
        arrival = Arrival(items, examine_all(items, self._clock.now(), registry), registry, self._clock.now())
        with self._database.writing() as connection, self._store.head(connection) as head:
            judged = take_in(Acting(connection, head, self._clock), self._sources, arrival)
        assert {each.receipt.outcome for each in judged} == {"admitted"}
        return len(judged)


@contextmanager
def _front_door(public: bytes) -> Iterator[_Door]:
    with TemporaryDirectory(prefix="benchmark-") as place:
        database = Database(f"sqlite:///{Path(place) / 'gateway.sqlite'}")
        migrate(database, gateway.migrations)
        door = _Door(database)
        door.register(public)
        yield door
        database.close()


def _batch(private: bytes, number: int) -> list[Item]:
    return [_item(private, number * BATCH + each) for each in range(BATCH)]


def _item(private: bytes, number: int) -> Item:
    attributes = {
        "specversion": "1.0",
        "id": f"{number}",
        "source": URI,
        "type": "entente.observations.reported.v2",
        "datacontenttype": "application/json",
    }
    data = strict_json.canonical(events.observation(number).model_dump(mode="json"))
    event = signature.sign(CloudEvent(attributes, data), private, "k")
    return an_item(Mode.STRUCTURED, http.STRUCTURED, json_format.write(event))


def _floor(store: EventStore, key: Ed25519PrivateKey, signed: bytes, numbers: Iterator[int]) -> int:
    public = key.public_key()
    for _ in range(BATCH):
        public.verify(signed, b"x" * 32)
        with store.database.writing() as connection, store.head(connection) as head:
            head.append(OBSERVATIONS, f"floor/{next(numbers) % events.STREAMS}", [events.observation(1)], events.BECAUSE)
    return BATCH


def _floor_together(store: EventStore, key: Ed25519PrivateKey, signed: bytes, numbers: Iterator[int]) -> int:
    public = key.public_key()
    with store.database.writing() as connection, store.head(connection) as head:
        for _ in range(BATCH):
            public.verify(signed, b"x" * 32)
            head.append(OBSERVATIONS, f"floor/{next(numbers) % events.STREAMS}", [events.observation(1)], events.BECAUSE)
    return BATCH
