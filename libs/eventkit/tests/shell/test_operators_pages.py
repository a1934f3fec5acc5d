"""What operators see and do: lag, instances, parked events, redrive, rebuilds, chains of events."""

import asyncio
from typing import Any

import httpx2
import pytest

from entente_eventkit.projecting.instances import NotReady


async def register(client: httpx2.AsyncClient, name: str, title: str = "UCDP") -> httpx2.Response:
    """Registers a source in a chain of its own."""
    return await client.post(f"/register/sources/{name}", json={"title": title}, headers={"X-Correlation-Id": f"chain/{name}#1"})


async def test_lag_is_told_in_events_and_seconds(operator: httpx2.AsyncClient) -> None:
    assert (await operator.get("/register/ops/lag")).json() == [
        {"instance": "titles@1", "topic": "entente.gateway", "events": 3, "seconds": 1.5}
    ]


async def test_instances_are_told_with_their_state(operator: httpx2.AsyncClient) -> None:
    (one,) = (await operator.get("/register/ops/instances")).json()
    assert (one["name"], one["projection"], one["state"], one["code"], one["parked_total"]) == ("titles@1", "titles", "live", 1, 0)


async def test_what_is_parked_is_told_with_its_cause_and_redriven_after_the_fix(
    administrator: httpx2.AsyncClient, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await register(administrator, "ucdp", "poison")
    await register(administrator, "acled")
    await administrator.post("/register/sources/ucdp/rights", json={"countries": ["SDN"]})
    await asyncio.to_thread(running.feed)
    assert (await administrator.get("/register/sources")).json() == ["acled"]

    (parked,) = (await administrator.get("/register/ops/parked")).json()
    assert (parked["instance"], parked["total"]) == ("titles@1", 2)
    first, second = parked["events"]
    assert "a title that no table takes" in first["cause"]
    assert (first["stream"], first["version"], second["version"], second["cause"]) == ("source/ucdp", 1, 2, None)
    assert len((await administrator.get("/register/ops/parked?limit=1")).json()[0]["events"]) == 1

    again = await administrator.post("/register/ops/redrive", json={"instance": "titles@1"})
    assert again.json() == {"instance": "titles@1", "applied": 0, "parked": 2, "trial": False}

    projection = running.instances._projections["titles"]
    handler = projection.handlers["entente.gateway.source-registered"]
    monkeypatch.setitem(projection._handlers, handler.event.event_name, type(handler)(handler.event, lambda *_: None, None))
    trial = await administrator.post("/register/ops/redrive", json={"instance": "titles@1", "trial": True})
    assert trial.json() == {"instance": "titles@1", "applied": 2, "parked": 0, "trial": True}
    assert (await administrator.get("/register/ops/parked")).json()[0]["total"] == 2
    mended = await administrator.post(
        "/register/ops/redrive", json={"instance": "titles@1", "topic": "entente.gateway", "stream": "source/ucdp"}
    )
    assert mended.json() == {"instance": "titles@1", "applied": 2, "parked": 0, "trial": False}
    assert (await administrator.get("/register/ops/parked")).json() == []


async def test_redrive_of_what_is_not_there_is_404_and_names_what_is(operator: httpx2.AsyncClient) -> None:
    answer = await operator.post("/register/ops/redrive", json={"instance": "tiles@1"})
    assert answer.status_code == 404
    assert "titles@1" in answer.json()["mend"]


async def test_redrive_of_half_a_stream_is_422(operator: httpx2.AsyncClient) -> None:
    answer = await operator.post("/register/ops/redrive", json={"instance": "titles@1", "stream": "source/ucdp"})
    assert answer.status_code == 422
    assert "give both or none" in answer.json()["detail"]


async def test_a_rebuild_shows_its_progress_runs_once_at_a_time_and_switches(operator: httpx2.AsyncClient, running: Any) -> None:
    address = "/register/ops/rebuild/titles"
    assert (await operator.get(address)).status_code == 404
    started = await operator.post(address)
    assert (started.status_code, started.json()["state"]) == (202, "running")
    await asyncio.sleep(0)
    shown = (await operator.get(address)).json()
    assert (shown["state"], shown["done"], shown["of"]) == ("running", 1, 2)
    twice = await operator.post(address)
    assert (twice.status_code, twice.json()["code"]) == (409, "rebuild-running")
    running.go_on.set()
    assert (await ended(operator))["state"] == "switched"


@pytest.mark.parametrize(("differences", "state"), [([], "equal"), (["titled (ucdp): title"], "different")])
async def test_a_check_only_compares(operator: httpx2.AsyncClient, running: Any, differences: list[str], state: str) -> None:
    running.rebuilt = differences
    running.go_on.set()
    await operator.post("/register/ops/rebuild/titles?check=true")
    shown = await ended(operator)
    assert (shown["state"], shown["check"], shown["differences"]) == (state, True, differences)


@pytest.mark.parametrize(
    ("error", "state", "why"),
    [
        (NotReady("titles@2", [], 0, [], 0), "refused", "titles@2 cannot go live"),
        (RuntimeError("password=hunter2"), "failed", "RuntimeError; the service's log says more"),
    ],
)
async def test_a_rebuild_that_cannot_switch_says_why(
    operator: httpx2.AsyncClient, running: Any, error: Exception, state: str, why: str
) -> None:
    running.rebuilt = error
    running.go_on.set()
    await operator.post("/register/ops/rebuild/titles")
    shown = await ended(operator)
    assert shown["state"] == state
    assert why in shown["why"]
    assert "hunter2" not in str(shown)


async def test_a_rebuild_of_what_is_not_there_is_404_and_names_what_is(operator: httpx2.AsyncClient) -> None:
    for answer in (await operator.post("/register/ops/rebuild/tiles"), await operator.get("/register/ops/rebuild/tiles")):
        assert answer.status_code == 404
        assert answer.json()["mend"] == "name one of these: titles"


async def test_law_6_the_events_of_a_chain_are_told_with_their_causes(administrator: httpx2.AsyncClient) -> None:
    (event_id,) = (await register(administrator, "ucdp")).json()["events"]
    chain = (await administrator.get("/register/ops/events/chain/ucdp%231")).json()
    assert (chain["correlationid"], chain["total"]) == ("chain/ucdp#1", 1)
    (event,) = chain["events"]
    assert (event["id"], event["subject"], event["sequence"]) == (event_id, "source/ucdp", 1)
    assert event["causationid"].startswith("request/")
    assert event["actor"] == {"type": "api_key", "id": "role/administrator", "party": None}
    assert event["data"]["title"] == "UCDP"
    assert (await administrator.get(f"/register/ops/events/by-id/{event_id}")).json() == event


async def test_the_newest_events_are_told_and_those_after_a_position(administrator: httpx2.AsyncClient) -> None:
    for name in ("one", "two", "three"):
        await register(administrator, name)
    newest = (await administrator.get("/register/ops/events?limit=2")).json()
    assert [event["subject"] for event in newest["events"]] == ["source/two", "source/three"]
    assert [event["position"] for event in newest["events"]] == [2, 3]
    later = (await administrator.get("/register/ops/events", params={"after": 2})).json()
    assert ([event["subject"] for event in later["events"]], later["last"]) == (["source/three"], 3)
    assert (await administrator.get("/register/ops/events?after=3")).json() == {"events": [], "last": 3}


async def test_an_event_of_another_service_is_404(operator: httpx2.AsyncClient) -> None:
    answer = await operator.get("/register/ops/events/by-id/0000")
    assert answer.status_code == 404
    assert "source" in answer.json()["mend"]


async def ended(client: httpx2.AsyncClient) -> dict[str, Any]:
    """The rebuild, once it has ended."""
    async with asyncio.timeout(5):
        while True:
            shown: dict[str, Any] = (await client.get("/register/ops/rebuild/titles")).json()
            if shown["state"] != "running":
                return shown
            await asyncio.sleep(0)
