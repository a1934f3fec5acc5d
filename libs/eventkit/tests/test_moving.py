"""A service that moves to another database and another log takes everything along, and does nothing twice."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert

from entente_eventkit import moving
from entente_eventkit.log.embedded import EmbeddedLog
from entente_eventkit.log.mock_cluster import MockCluster
from entente_eventkit.moving import CannotMove, Moved, move
from entente_eventkit.service import Service
from entente_eventkit.shell.running import Progress
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.tables import keys
from entente_testkit.alive import alive, migrated_specimen
from entente_testkit.brokers.raw import kafka_on
from entente_testkit.brokers.waiting import until


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return migrated_specimen(tmp_path)


def address(folder: Path, name: str) -> str:
    return f"sqlite:///{folder / name}.sqlite"


async def lived(folder: Path, service: Service) -> None:
    """A life in the old place: four reports, and what followed from them."""
    async with alive(service, address(folder, "old"), EmbeddedLog()) as one:
        for country in ("SDN", "UKR", "SDN", "ETH"):
            await one.report(country=country, deaths=1)

        async def level() -> bool:
            return (
                len(await one.tallies()) == 3 and await one.behind() == 0 and not any(each.marks for each in one.runtime.instances.status())
            )

        await until(level)


def moved(folder: Path, service: Service, tell: list[tuple[str, int, int]] | None = None) -> Moved:
    source, target = Database(address(folder, "old")), Database(address(folder, "new"))
    try:
        return move(service, source, target, lambda *told: (tell if tell is not None else []).append(told))
    finally:
        source.close()
        target.close()


def rows(folder: Path, name: str, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / f"{name}.sqlite")) as database:
        return sorted(database.execute(f"select * from {table}"), key=repr)  # noqa: S608 - names of this file


async def test_law_9_a_moved_store_fills_its_new_log_and_every_projection_stays_the_same(tmp_path, service):
    await lived(tmp_path, service)
    told: list[tuple[str, int, int]] = []
    result = moved(tmp_path, service, told)
    assert result.rows["events"] == len(rows(tmp_path, "old", "events")) == result.position
    assert told[-1][1] == told[-1][2]
    for table in ("events", "head", "keys", "instance", "active", "applied", "tally", "day_count", "due"):
        assert rows(tmp_path, "new", table) == rows(tmp_path, "old", table), table

    with MockCluster() as cluster:
        async with alive(service, address(tmp_path, "new"), kafka_on(cluster, metadata_refresh=0.3)) as one:

            async def level() -> bool:
                return await one.behind() == 0

            await until(level)
            assert len(rows(tmp_path, "new", "events")) == result.position, "a policy acted again"
            assert await one.runtime.rebuild("counts", Progress(), check=True) == []
            await one.report(country="SDN", deaths=5)

            async def counted() -> bool:
                return (await one.tallies())["observation/test/SDN"] == (3, 7)

            await until(counted)


async def test_nothing_is_kept_of_a_move_that_fails(tmp_path, service):
    await lived(tmp_path, service)
    with closing(sqlite3.connect(tmp_path / "old.sqlite")) as database, database:
        database.execute("update events set body = x'7b7d' where position = 2")
    with pytest.raises(CannotMove, match=r"the chain of specimen is broken at position 2: .*; restore a sound store"):
        moved(tmp_path, service)
    assert rows(tmp_path, "new", "events") == []
    assert rows(tmp_path, "new", "instance") == []


async def test_a_database_that_holds_rows_is_not_moved_into(tmp_path, service):
    await lived(tmp_path, service)
    moved(tmp_path, service)
    with pytest.raises(CannotMove, match=r"holds rows already \(\d+ in \w+\); give an empty one"):
        moved(tmp_path, service)


async def test_a_store_that_was_not_migrated_is_not_moved(tmp_path, service):
    with pytest.raises(CannotMove, match="is behind as to migrations; bring it to this version with `entente migrate` first"):
        moved(tmp_path, service)


async def test_a_row_that_comes_in_between_is_noticed(tmp_path, service, monkeypatch):
    await lived(tmp_path, service)
    copy = moving._copy

    def leaky(old, new, table, progress):
        if table is keys:
            new.execute(insert(keys).values(scope="x", key="y", request_hash="z", answer=b"{}"))
        return copy(old, new, table, progress)

    monkeypatch.setattr(moving, "_copy", leaky)
    with pytest.raises(CannotMove, match="keys of specimen differs after it was copied; nothing was kept of it"):
        moved(tmp_path, service)
    assert rows(tmp_path, "new", "events") == []
