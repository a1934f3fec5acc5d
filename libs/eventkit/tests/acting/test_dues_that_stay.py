"""Dues that cannot be done stay in the table, and yet hold up no other, however many they are."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from entente_eventkit.acting import duties
from entente_eventkit.acting.declare import Duty
from entente_eventkit.storage.tables import due
from entente_eventkit.store.because import Because
from entente_eventkit.store.duties import schedule
from entente_testkit.brokers.stores import BECAUSE
from entente_testkit.specimen import specimen
from entente_testkit.suites.running import Running, running


@pytest.fixture
def service(tmp_path):
    with running(specimen, tmp_path, "embedded") as service:
        yield service


def left(service: Running) -> list[str]:
    with service.database.reading() as connection:
        return list(connection.execute(select(due.c.subject).order_by(due.c.subject)).scalars())


def put(service: Running, duty: str, subjects: list[str], hours_ago: int, because: Because = BECAUSE) -> None:
    with service.database.writing() as connection:
        for subject in subjects:
            schedule(connection, duty, subject, service.clock.now() - timedelta(hours=hours_ago), because)


@pytest.mark.parametrize("older", ["undeclared", "failing"])
def test_older_dues_that_stay_hold_up_none_that_came_after_them(service, monkeypatch, older):
    monkeypatch.setattr(duties, "_A_PAGE", 3)
    done = []

    def fulfil(subject, at, ask):
        if subject.startswith("failing"):
            raise ValueError("cannot be done")
        done.append(subject)
        return ()

    put(service, "gone" if older == "undeclared" else "remind", [f"{older} {n}" for n in range(4)], hours_ago=2)
    put(service, "remind", ["z", "y", "x", "w"], hours_ago=1)
    assert duties.fulfil_dues(service.database, service.store, service.clock, [Duty("remind", fulfil)]) == 4
    assert sorted(set(done)) == ["w", "x", "y", "z"]
    assert left(service) == [f"{older} {n}" for n in range(4)]
