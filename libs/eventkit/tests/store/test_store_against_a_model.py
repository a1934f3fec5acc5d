"""Random histories of the store against a model of a few lines."""

import tempfile
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from entente_contracts.events.observations import ObservationRetracted
from entente_contracts.recorded import Actor, AuthType
from entente_contracts.refused import Refused
from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.clock import SetClock
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.tables import kernel
from entente_eventkit.store.because import Because
from entente_eventkit.store.chain import verify_chain
from entente_eventkit.store.commands import Answer, Key, execute
from entente_eventkit.store.decider import Decider
from entente_eventkit.store.store import EventStore, Head, KeyReused, VersionConflict

BECAUSE = Because(causationid="request/1", correlationid="chain/1", actor=Actor(AuthType.SYSTEM, "test"))
LIMIT = 6


def decide(command: ObservationRetracted, count: int | None) -> list[ObservationRetracted]:
    wanted = int(command.because)
    if (count or 0) + wanted > LIMIT:
        raise Refused("full", "that is too much", mend="take less")
    return [command] * wanted


counted: Decider[ObservationRetracted, int] = Decider(
    "counted", OBSERVATIONS, lambda command: command.country, decide, lambda count, _: (count or 0) + 1
)


class Undone(Exception):
    """Rolls a transaction back."""


@dataclass
class Model:
    versions: dict[str, int] = field(default_factory=dict)
    answers: dict[str, tuple[str, Answer]] = field(default_factory=dict)

    def copy(self) -> "Model":
        return Model(dict(self.versions), dict(self.answers))


Commands = st.tuples(
    st.sampled_from(["SDN", "SSD", "TCD"]),
    st.integers(0, 3),
    st.none() | st.sampled_from("abc"),
    st.sampled_from(["aa", "aa", "bb"]),
    st.none() | st.integers(0, 3),
)


class Histories(RuleBasedStateMachine):
    @initialize()
    def empty(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.clock = SetClock(datetime(2023, 10, 1, tzinfo=UTC))
        self.model = Model()
        self.open()
        with self.database.writing() as connection:
            kernel.create_all(connection)

    def open(self) -> None:
        self.database = Database(f"sqlite:///{Path(self.folder.name) / 'store.sqlite'}")
        self.store = EventStore(self.database, self.clock, "gateway")

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()

    @rule(commands=st.lists(Commands, min_size=1, max_size=4), undone=st.booleans())
    def transaction(self, commands: list[tuple[str, int, str | None, str, int | None]], undone: bool) -> None:  # noqa: FBT001 - drawn
        model = self.model.copy()
        try:
            with self.database.writing() as connection, self.store.head(connection) as head:
                for command in commands:
                    self.give(head, model, *command)
                if undone:
                    raise Undone
        except Undone:
            return
        self.model = model

    def give(self, head: Head, model: Model, country: str, wanted: int, key: str | None, request: str, expected: int | None) -> None:
        command = ObservationRetracted(observation="o", country=country, because=str(wanted))
        version = model.versions.get(country, 0)
        known = model.answers.get(key) if key is not None else None
        try:
            answer = execute(head, counted, command, BECAUSE, key=None if key is None else Key("client", key, request), expected=expected)
        except KeyReused:
            assert known is not None
            assert known[0] != request
        except VersionConflict as conflict:
            assert known is None
            assert (conflict.expected, conflict.current) == (expected, version)  # noqa: PT017 - which outcome is right depends on the history
            assert expected != version
        except Refused:
            assert known is None
            assert expected in (None, version)
            assert version + wanted > LIMIT
        else:
            if known is not None:
                assert known == (request, replace(answer, repeated=False))
                assert answer.repeated
            else:
                assert expected in (None, version)
                assert (answer.version, len(answer.events)) == (version + wanted, wanted)
                model.versions[country] = answer.version
                if key is not None:
                    model.answers[key] = (request, answer)

    @rule()
    def restart(self) -> None:
        self.database.close()
        self.clock.advance(timedelta(days=365))
        self.open()

    @invariant()
    def positions_and_versions_have_no_holes(self) -> None:
        with self.database.reading() as connection:
            rows = self.store.after(connection, 0, 1_000)
            assert verify_chain(connection) is None
            assert self.store.last_position(connection) == len(rows)
        assert [row.position for row in rows] == list(range(1, len(rows) + 1))
        seen: dict[str, int] = {}
        for row in rows:
            assert row.version == seen.get(row.stream, 0) + 1
            seen[row.stream] = row.version
        assert seen == {stream: version for stream, version in self.model.versions.items() if version}


TestLaw5OfTheStore = Histories.TestCase
TestLaw5OfTheStore.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)
