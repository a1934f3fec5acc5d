"""Many clients at once: one winner each, nothing lost, every loser told the current version."""

import asyncio
from collections import Counter
from datetime import UTC, datetime

import httpx2

from entente_contracts.topics import PARTNERSHIPS
from entente_eventkit.clock import SetClock
from entente_eventkit.log.embedded import EmbeddedLog
from entente_eventkit.runtime import ServiceRuntime, SharedLog
from entente_eventkit.shell.build import build_app
from entente_eventkit.shell.mounting import mount
from entente_eventkit.shell.tokens import make_tokens, read_token
from entente_partnerships.app import partnerships

CLIENTS, AGREEMENTS, ROUNDS = 100, 20, 3


async def test_law_5_of_a_hundred_clients_on_twenty_agreements_one_wins_each_and_every_loser_is_told_the_version(tmp_path):
    address = f"sqlite:///{tmp_path / 'registry.sqlite'}"
    runtime = ServiceRuntime(partnerships, address, SharedLog(EmbeddedLog()), SetClock(datetime(2026, 1, 1, tzinfo=UTC)), migrates=True)
    app = mount([build_app(partnerships, runtime, door=make_tokens(tmp_path / "tokens"))])
    headers = {"authorization": f"Bearer {read_token(tmp_path / 'tokens', 'officer')}"}
    await runtime.start()
    try:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://registry.test", headers=headers) as http:
            await asyncio.gather(*(opened(http, name) for name in range(AGREEMENTS)))
            for turn in range(ROUNDS):
                answers = await asyncio.gather(*(act(http, client, turn) for client in range(CLIENTS)))
                for agreement in range(AGREEMENTS):
                    of_it = [answer for client, answer in enumerate(answers) if client % AGREEMENTS == agreement]
                    assert Counter(answer.status_code for answer in of_it) == {201: 1, 412: CLIENTS // AGREEMENTS - 1}
                    for loser in (answer for answer in of_it if answer.status_code == 412):
                        assert loser.headers["content-type"] == "application/problem+json"
                        assert loser.json()["current"] == turn + 2
                        assert loser.json()["mend"]
            with runtime.database.reading() as connection:
                for agreement in range(AGREEMENTS):
                    steps = runtime.store.stream(connection, PARTNERSHIPS, f"agreement/pact-{agreement}")
                    assert [step.sequence for step in steps] == list(range(1, ROUNDS + 2))
    finally:
        await runtime.stop()


async def test_law_5_a_command_that_is_repeated_with_its_key_by_many_at_once_is_done_once(tmp_path):
    address = f"sqlite:///{tmp_path / 'registry.sqlite'}"
    runtime = ServiceRuntime(partnerships, address, SharedLog(EmbeddedLog()), SetClock(datetime(2026, 1, 1, tzinfo=UTC)), migrates=True)
    app = mount([build_app(partnerships, runtime, door=make_tokens(tmp_path / "tokens"))])
    headers = {"authorization": f"Bearer {read_token(tmp_path / 'tokens', 'officer')}"}
    await runtime.start()
    try:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://registry.test", headers=headers) as http:
            await opened(http, 0)
            body = {"act": "signed", "party": "FRA", "on": "2025-02-01"}
            once = [http.post("/partnerships/agreements/pact-0/acts", json=body, headers={"Idempotency-Key": "k1"}) for _ in range(20)]
            answers = await asyncio.gather(*once)
            assert {answer.status_code for answer in answers} == {201}
            assert len({answer.text for answer in answers}) == 1
            assert sum(answer.headers.get("Idempotency-Replayed") == "true" for answer in answers) == 19
    finally:
        await runtime.stop()


async def opened(http, number):
    terms = {"title": f"Pact {number}", "entry": {"by": "deposits", "deposits": 2}}
    answer = await http.post("/partnerships/agreements", json={"agreement": f"pact-{number}", "terms": terms, "on": "2025-01-01"})
    assert answer.status_code == 201, answer.text


async def act(http, client, turn):
    """Each client signs for a state of its own, on the version that all saw."""
    states = ("FRA", "DEU", "ITA", "ESP", "POL")
    state = states[(client // AGREEMENTS + turn) % len(states)]
    body = {"act": "consented", "party": state, "form": "ratification", "on": "2025-02-01"}
    path = f"/partnerships/agreements/pact-{client % AGREEMENTS}/acts"
    if turn:
        body = {"act": "suspended" if turn % 2 else "resumed", "because": f"by client {client}", "on": f"2025-0{2 + turn}-01"}
    return await http.post(path, json=body, headers={"If-Match": f'"{turn + 1}"'})
