"""Plays the chapter: a desk that reports, an administrator who mends, an operator who redrives."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from entente_client import Publication, Publisher, Receipt
from entente_contracts import signature
from entente_contracts.events.gateway import KeyAlgorithm
from entente_contracts.events.observations import DatePrecision, Deaths, Kind, ObservationReported, Vocabulary, What, When, Where
from entente_platform.command.chains import chain_of, events_of
from entente_platform.command.keys import keyid_of
from entente_platform.command.parked import parked_streams
from entente_platform.command.reach import Platform
from entente_platform.command.trouble import Trouble

BEGINS = datetime(2023, 10, 9, 12, tzinfo=UTC)
MENDED = datetime(2023, 10, 9, 15, tzinfo=UTC)
"""When the fault is out of the code and the platform runs again."""
DAY = date(2023, 10, 9)
URI = "https://desk.example.org/readings"
TYPES = ["entente.observations.reported"]
WITHIN = 30.0
LOOK_EVERY = 0.02


@dataclass(frozen=True, slots=True)
class Key:
    """A key pair of the desk."""

    private: bytes
    public: bytes

    @property
    def keyid(self) -> str:
        """Its name."""
        return keyid_of(self.public)

    def registered(self) -> dict[str, str]:
        """As an administrator hands it in."""
        return {"keyid": self.keyid, "algorithm": "ed25519", "pem": self.public.decode()}


@dataclass(slots=True)
class Played:
    """What happened, part by part."""

    refused: Mapping[str, Any] = field(default_factory=dict)
    released: Mapping[str, Any] = field(default_factory=dict)
    rotated: list[tuple[str, str]] = field(default_factory=list)
    parked: Sequence[Mapping[str, Any]] = ()
    flowed: int = 0
    trial: Mapping[str, Any] = field(default_factory=dict)
    redriven: Mapping[str, Any] = field(default_factory=dict)
    rebuilt: str = ""
    chain: str = ""
    events: Sequence[Mapping[str, Any]] = ()


class Desk:
    """The desk's two keys, and what it sends under each."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.old, self.new = (Key(*signature.generate_key(KeyAlgorithm.ED25519)) for _ in range(2))
        rights = {"types": TYPES, "countries": ["SDN"]}
        asked = {"name": "desk", "uri": URI, "title": "A desk", "rights": rights, "keys": [self.old.registered()]}
        platform.post("/gateway/sources", {**asked, "because": "the demonstration plays its part"})

    def send(self, key: Key, name: str, country: str = "SDN") -> Receipt:
        """One observation, signed with a key."""
        observation = ObservationReported(
            observation=name,
            kind=Kind.MATERIAL_CONFLICT,
            what=What(vocabulary=Vocabulary.CAMEO, code="193", title="Fight with small arms"),
            where=Where(country=country),
            when=When(first=DAY, last=DAY, precision=DatePrecision.DAY),
            deaths=Deaths(low=2, best=3, high=5),
        )
        with Publisher(self._platform.address("gateway"), URI, key.private, key.keyid) as publisher:
            (receipt,) = publisher.publish([Publication.reporting(observation)])
        return receipt


def before(platform: Platform, played: Played) -> Desk:
    """On the faulty release: a refusal mended and released, a key rotated, a poisoned event parked."""
    desk = Desk(platform)
    desk.send(desk.old, "reading-1")
    refused = desk.send(desk.old, "reading-2", "EGY")
    played.refused = {"reason": refused.reason, "detail": refused.detail, "mend": refused.mend, "digest": refused.digest}
    rights = {"types": TYPES, "countries": ["SDN", "EGY"]}
    platform.put("/gateway/sources/desk/rights", {"rights": rights, "because": "it watches Egypt, too"})
    played.released = platform.post(f"/gateway/quarantine/{refused.digest}/release", {"because": "the right was added"})
    _rotate(platform, desk, played)
    desk.send(desk.new, "reading-5")
    desk.send(desk.new, "reading-6")
    desk.send(desk.new, "reading-7", "EGY")
    _until(lambda: any(one["waiting"] for one in parked_streams(platform, "stability")), "the poisoned event is parked")
    _until(lambda: _observations(platform, "EGY") == 2, "Egypt's flow on")  # noqa: PLR2004 - readings 2 and 7
    played.parked = parked_streams(platform, "stability")
    played.flowed = _observations(platform, "EGY")
    return desk


def after(platform: Platform, played: Played) -> None:
    """On the mended release: a trial, the redrive, the projection compared, and the trace of what was released."""
    instance = played.parked[0]["instance"]
    played.trial = platform.post("/stability/ops/redrive", {"instance": instance, "trial": True})
    played.redriven = platform.post("/stability/ops/redrive", {"instance": instance})
    platform.post("/stability/ops/rebuild/observed", check="true")
    _until(lambda: platform.get("/stability/ops/rebuild/observed")["state"] != "running", "observed is built anew")
    played.rebuilt = platform.get("/stability/ops/rebuild/observed")["state"]
    played.chain = chain_of(platform, str(played.released["event"]))
    _until(lambda: len(events_of(platform, played.chain)) > 3, "the release had its consequence")  # noqa: PLR2004 - what the gateway wrote
    played.events = events_of(platform, played.chain)


def _rotate(platform: Platform, desk: Desk, played: Played) -> None:
    platform.post("/gateway/sources/desk/keys", {"key": desk.new.registered(), "because": "the yearly rotation"})
    for name, key in (("reading-3 under the old key", desk.old), ("reading-4 under the new one", desk.new)):
        played.rotated.append((f"{name}, both in force", str(desk.send(key, name.split()[0]).outcome)))
    platform.post(f"/gateway/sources/desk/keys/{desk.old.keyid}/revocation", {"because": "changed over"})
    late = desk.send(desk.old, "reading-late")
    played.rotated.append(("another under the old key, once revoked", str(late.reason)))


def _observations(platform: Platform, country: str) -> int:
    try:
        return int(platform.get(f"/stability/countries/{country}", on=DAY.isoformat())["coverage"]["observations"])
    except Trouble as trouble:
        if trouble.kind not in {"not-watched", "no-such-country"}:
            raise
        return 0


def _until(look: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WITHIN
    while not look():
        if time.monotonic() > deadline:
            raise Trouble(f"it took more than {WITHIN:.0f} s until {what}", "try again on a machine with less to do")
        time.sleep(LOOK_EVERY)
