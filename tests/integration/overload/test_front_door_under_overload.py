"""The front door under more than it takes: memory stays flat, a source that keeps to its limits is served, the others are told to wait."""

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from rich.console import Console
from rich.table import Table

from entente_client.sending import BATCH
from entente_contracts import signature, strict_json
from entente_contracts.cloudevent import CloudEvent
from entente_contracts.codec import json_format
from entente_contracts.events.gateway import KeyAlgorithm
from entente_platform.command.keys import keyid_of
from entente_platform.command.reach import Platform
from entente_platform.demo.child import platform_of_ones_own
from entente_platform.folder import DataFolder

SECONDS = 12.0
FLOODS = 12
"""Connections that each send whole batches without pause, half of them a registered source's, half of them nobody's."""
IDLE, DRIPPING = 200, 20
GROWTH = 220 * 1024
"""KiB that the process may grow by: the batches in hand, several times over, and no more however long it goes on."""


@dataclass
class Source:
    """A registered source that signs in advance."""

    name: str
    uri: str = ""
    private: bytes = b""
    keyid: str = ""

    def register(self, platform: Platform) -> None:
        self.uri = f"https://{self.name}.example.org"
        self.private, public = signature.generate_key(KeyAlgorithm.ED25519)
        self.keyid = keyid_of(public)
        rights = {"types": ["entente.observations.reported"], "countries": None}
        key = {"keyid": self.keyid, "algorithm": "ed25519", "pem": public.decode()}
        asked = {
            "name": self.name,
            "uri": self.uri,
            "party": None,
            "title": self.name,
            "rights": rights,
            "keys": [key],
            "because": "a test",
        }
        platform.post("/gateway/sources", asked)

    def event(self, number: int) -> bytes:
        data = {
            "observation": f"{number}",
            "kind": "material_conflict",
            "what": {"vocabulary": "cameo", "code": "190"},
            "where": {"country": "SDN"},
            "when": {"first": "2023-10-09", "last": "2023-10-09", "precision": "day"},
        }
        attributes = {
            "specversion": "1.0",
            "id": f"{number}",
            "source": self.uri,
            "type": "entente.observations.reported.v2",
            "datacontenttype": "application/json",
        }
        return json_format.write(signature.sign(CloudEvent(attributes, strict_json.canonical(data)), self.private, self.keyid))


@dataclass
class Seen:
    """What was answered, by who sent: statuses, items taken, and how long the good source waited."""

    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    offered: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    resident: list[int] = field(default_factory=list)

    def note(self, who: str, status: int, items: int) -> None:
        self.statuses.setdefault(who, Counter())[status] += 1
        self.offered[who] += items
        if status == httpx2.codes.ACCEPTED:
            self.taken[who] += items


def resident(process: int) -> int:
    """KiB that the process has in memory."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


async def flood(http: httpx2.AsyncClient, who: str, batch: bytes, items: int, seen: Seen, until: float) -> None:
    while time.monotonic() < until:
        answer = await http.post("/gateway/events", content=batch, headers={"content-type": BATCH})
        seen.note(who, answer.status_code, items)


async def behave(http: httpx2.AsyncClient, source: Source, seen: Seen, until: float) -> None:
    """One event after another; whoever is told to wait waits as long as it was told."""
    number = 0
    while time.monotonic() < until:
        number += 1
        begun = time.monotonic()
        while True:
            answer = await http.post("/gateway/events", content=b"[" + source.event(number) + b"]", headers={"content-type": BATCH})
            seen.note("the good source", answer.status_code, 1)
            if answer.status_code == httpx2.codes.ACCEPTED:
                assert answer.json()["receipts"][0]["outcome"] == "admitted"
                break
            await asyncio.sleep(float(answer.headers["retry-after"]))
        seen.waits.append(time.monotonic() - begun)


async def drip(port: int, seen: Seen) -> None:
    """A body that never ends, until it is told to."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /gateway/events HTTP/1.1\r\nhost: here\r\ncontent-type: {BATCH}\r\ntransfer-encoding: chunked\r\n\r\n"
    writer.write(head.encode())
    answer = asyncio.create_task(reader.readuntil(b"\r\n"))
    while not answer.done():
        writer.write(b"1\r\nx\r\n")
        await asyncio.wait([answer], timeout=0.5)
    seen.note("slow bodies", int(answer.result().split()[1]), 0)
    writer.close()


async def watch(process: int, seen: Seen) -> None:
    while True:
        seen.resident.append(resident(process))
        await asyncio.sleep(0.2)


async def overload(folder: DataFolder, process: int, good: Source, bad: Source) -> Seen:
    url = folder.url()
    assert url is not None
    seen = Seen()
    registered = b"[" + b",".join(bad.event(number) for number in range(500)) + b"]"
    strangers = b"[" + b",".join(b'{"specversion":"1.0","id":"%d"}' % number for number in range(500)) + b"]"
    port = int(url.rpartition(":")[2])
    idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(IDLE)]
    seen.resident.append(resident(process))
    until = time.monotonic() + SECONDS
    watching = asyncio.create_task(watch(process, seen))
    limits = httpx2.Limits(max_connections=None)
    async with httpx2.AsyncClient(base_url=url, timeout=120.0, limits=limits) as http, asyncio.TaskGroup() as group:
        for number in range(FLOODS):
            who, batch = ("a flooding source", registered) if number % 2 else ("strangers", strangers)
            group.create_task(flood(http, who, batch, 500, seen, until))
        for _ in range(DRIPPING):
            group.create_task(drip(port, seen))
        group.create_task(behave(http, good, seen, until))
    watching.cancel()
    for _, writer in idle:
        writer.close()
    return seen


def tell(seen: Seen) -> None:
    table = Table("who", "items offered", "items taken", "answers by status", title=f"{SECONDS:.0f} seconds of overload")
    for who, statuses in seen.statuses.items():
        told = ", ".join(f"{status}: {count:,}" for status, count in sorted(statuses.items()))
        table.add_row(who, f"{seen.offered[who]:,}", f"{seen.taken[who]:,}", told)
    out = Console(width=110)
    out.print(table)
    out.print(f"resident memory: {seen.resident[0] / 1024:.0f} MiB before, {max(seen.resident) / 1024:.0f} at most")
    out.print(f"the good source waited {sorted(seen.waits)[len(seen.waits) // 2]:.2f} s in the median, {max(seen.waits):.2f} s at most")


@pytest.mark.timeout(180)
def test_a_flood_is_told_to_wait_memory_stays_flat_and_a_source_that_behaves_is_served() -> None:
    good, bad = Source("good"), Source("bad")
    with platform_of_ones_own(datetime(2023, 10, 9, 12, tzinfo=UTC)) as folder:
        with Platform(folder, "administrator") as platform:
            good.register(platform)
            bad.register(platform)
        process = int(json.loads((folder.path / "platform.json").read_text())["process"])
        seen = asyncio.run(overload(folder, process, good, bad))
        tell(seen)
        with Platform(folder, "operator") as platform:
            intake = platform.get("/gateway/ops/intake")
    assert seen.waits, "the good source was never served"
    assert set(seen.statuses["strangers"]) <= {202, 429, 503}
    assert set(seen.statuses["a flooding source"]) <= {202, 429, 503}
    assert seen.statuses["strangers"][429] > 0
    assert seen.statuses["slow bodies"].keys() <= {408, 503}
    assert intake["turned_away"]["too-many-items-a-second"] > 0
    assert (intake["requests"], intake["bytes"]) == (0, 0)
    assert max(seen.resident) - seen.resident[0] < GROWTH
