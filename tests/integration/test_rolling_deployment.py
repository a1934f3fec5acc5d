"""Old and new code of a service at once, in one group on one database, as a rolling deployment has them."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from entente_eventkit.storage.tables import active, instance
from entente_testkit.alive import alive, migrated_specimen
from entente_testkit.brokers.waiting import until
from entente_testkit.columns import Column
from entente_testkit.specimen import counting

WITHIN = 90.0


@pytest.mark.timeout(300)
def test_protocol_23_members_of_old_and_new_code_share_a_group_and_no_instance_has_rows_of_both(
    column_of_many: Column, tmp_path: Path
) -> None:
    old_code = replace(migrated_specimen(tmp_path), workers=[], policies=[], duties=[])
    new_code = replace(old_code, projections=[counting(code=2)])
    address = column_of_many.new_database(tmp_path, "rolling")

    async def scenario() -> None:
        async with column_of_many.logs() as new_log, AsyncExitStack() as running:
            old = AsyncExitStack()
            one = await old.enter_async_context(alive(old_code, address, new_log()))
            running.push_async_callback(old.aclose)
            for country in ("SDN", "UKR", "ETH", "SDN"):
                await one.report(country=country)

            async def counted_by_old() -> bool:
                return (await one.tallies()).get("observation/test/SDN") == (2, 0)

            await until(counted_by_old, within=WITHIN)
            two = await running.enter_async_context(alive(new_code, address, new_log()))
            for country in ("SDN", "TCD", "ETH"):
                await one.report(country=country)
            await two.report(country="SDN")

            async def switched_and_counted() -> bool:
                return (await two.tallies()).get("observation/test/SDN") == (8, 0)

            await until(switched_and_counted, within=WITHIN)
            await old.aclose()
            await two.report(country="SDN")

            async def counted_alone() -> bool:
                return await two.tallies() == {f"observation/test/{name}": (n, 0) for name, n in expected.items()}

            expected = {"SDN": 10, "UKR": 2, "ETH": 4, "TCD": 2}
            await until(counted_alone, within=WITHIN)
            assert await two.runtime.ready() == []
            with two.runtime.database.reading() as connection:
                assert connection.execute(select(active.c.instance)).scalars().all() == ["counts@2"]
                codes = {row.name: row.code for row in connection.execute(select(instance.c.name, instance.c.code))}
            assert codes["counts@2"] == 2

    asyncio.run(scenario())
