"""What the platform makes of the month, asked over HTTP."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from entente_platform.command.reach import Platform
from entente_platform.command.trouble import Trouble

REBUILD_WITHIN = 60.0
PROJECTIONS = ("observed", "assessments", "warnings")


@dataclass(frozen=True, slots=True)
class Link:
    """One event in a chain of causes: who wrote which type about what, and by whose doing."""

    time: str
    type: str
    subject: str
    id: str
    actor: str


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A projection built anew beside the live one and compared with it."""

    projection: str
    events: int
    seconds: float
    state: str
    differences: Sequence[str]


@dataclass(frozen=True, slots=True)
class Findings:
    """On the day `on`: the least stable places, every warning, one score explained, one chain of causes, and the rebuilds."""

    on: date
    places: Sequence[dict[str, Any]]
    watched: int
    standing: Sequence[dict[str, Any]]
    changes: Sequence[dict[str, Any]]
    why: dict[str, Any]
    foreign_cause: str
    chain: Sequence[Link]
    rebuilt: Sequence[Rebuilt]

    def as_json(self) -> dict[str, Any]:
        """Everything, for programs."""
        return asdict(self)


def findings_of(platform: Platform, first: date, last: date) -> Findings:
    """Asks everything; the score explained is that of the place whose stability fell most, the chain that of the last warning raised."""
    places = platform.get("/stability/countries", order="least_stable", limit=500)["items"]
    warnings = platform.get("/stability/warnings", since=first.isoformat(), limit=500)
    fallen = min(places, key=lambda place: (place["change"] or {"points": 0})["points"])
    raised = [change for change in warnings["changes"] if change["level"] is not None]
    foreign, chain = chain_of(platform, raised[-1]["event"])
    return Findings(
        on=last,
        places=places[:10],
        watched=len(places),
        standing=warnings["standing"],
        changes=warnings["changes"],
        why={**platform.get(f"/stability/countries/{fallen['country']}/why", on=last.isoformat(), most=3), "name": fallen["name"]},
        foreign_cause=foreign,
        chain=chain,
        rebuilt=[rebuilt(platform, projection) for projection in PROJECTIONS],
    )


def chain_of(platform: Platform, id: str) -> tuple[str, list[Link]]:
    """The foreign event at the beginning, and every event from there to the one asked for."""
    event = platform.get(f"/stability/ops/events/by-id/{id}")
    known = {one["id"]: one for one in platform.get(f"/ops/trace/{quote(event['correlationid'], safe='')}")["events"]}
    chain = [known[id]]
    while chain[0]["causationid"] in known:
        chain.insert(0, known[chain[0]["causationid"]])
    return chain[0]["causationid"], [Link(one["recordedtime"], one["type"], one["subject"], one["id"], one["actor"]["id"]) for one in chain]


def rebuilt(platform: Platform, projection: str) -> Rebuilt:
    """Builds a projection anew and compares it row by row with the live one."""
    platform.post(f"/stability/ops/rebuild/{projection}", check="true")
    deadline = time.monotonic() + REBUILD_WITHIN
    while (run := platform.get(f"/stability/ops/rebuild/{projection}"))["state"] == "running":
        if time.monotonic() > deadline:
            raise Trouble(
                f"the rebuild of {projection} did not end within {REBUILD_WITHIN:.0f} s", "try again on a machine with less to do"
            )
        time.sleep(0.05)
    return Rebuilt(projection, run["done"], run["seconds"], run["state"], run["differences"])
