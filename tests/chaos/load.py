"""The load: what foreign systems send and an administrator orders. The same seed makes the same load."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from entente_contracts import rfc3339, signature
from entente_contracts.cloudevent import CloudEvent
from entente_contracts.codec import json_format
from entente_contracts.event import Event
from entente_contracts.events.observations import (
    Deaths,
    Kind,
    ObservationReported,
    ObservationRetracted,
    ObservationRevised,
    What,
    When,
    Where,
)
from entente_contracts.recording import body_of
from entente_testkit.history_checker.seen import Sent

SOURCES = {"acled": ("SDN", "TCD", "ETH"), "gdelt": ("SDN", "MLI", "NER"), "osce": ("UKR", "MDA", "GEO"), "ucdp": ("SDN", "SSD", "COD")}
TYPES = ["entente.observations.reported", "entente.observations.revised", "entente.observations.retracted"]
BEGIN = date(2026, 9, 1)
ALSO = ("AUT", "CHE", "DNK", "FIN", "IRL", "MLT", "NOR", "SWE")
BEYOND = "ISL"
"""A country that no source may report of."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a run is: events a source, commands, events a second and source."""

    items: int = 110
    orders: int = 24
    rate: float = 12.0


@dataclass(frozen=True, slots=True)
class Key:
    """A key pair of a source."""

    keyid: str
    private: bytes
    public: str

    def shown(self) -> dict[str, str]:
        """As it is registered."""
        return {"keyid": self.keyid, "algorithm": "ed25519", "pem": self.public}


@dataclass(frozen=True, slots=True)
class Item:
    """One event as it is sent; `sent`: what it says of itself, its data left out where it has to be refused; None: it says nothing."""

    body: bytes
    label: str
    sent: Sent | None


@dataclass(frozen=True, slots=True)
class Order:
    """A command: `version` is what the source must stand at (None: not told); `stale`: it names a wrong version and has to be refused."""

    key: str
    method: str
    path: str
    body: dict[str, Any]
    source: str
    version: int | None
    stale: bool = False
    repeated: bool = False


def key_of(seed: int, name: str) -> Key:
    """A key that follows from the seed and its name."""
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Key(name, pem, private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


def uri_of(source: str) -> str:
    """The CloudEvents source of a foreign system."""
    return f"https://{source}.example/feed"


def registration(seed: int, source: str) -> Order:
    """The command that lets a source in."""
    rights = {"types": TYPES, "countries": sorted(SOURCES[source])}
    body = {"name": source, "uri": uri_of(source), "party": None, "title": source, "rights": rights, "because": "an agreement"}
    keys = [key_of(seed, f"{source}-1").shown()]
    return Order(f"register-{source}", "POST", "/gateway/sources", body | {"keys": keys}, source, None)


def orders(seed: int, number: int) -> Iterator[Order]:
    """Commands on the registered sources: keys come and go, rights change and change back; some are repeated, some name a wrong version.

    A registration makes one event for the source and one for its key.
    """
    draw = random.Random(f"orders/{seed}")  # noqa: S311 - a load, no secret
    versions = dict.fromkeys(SOURCES, 2)
    spare: dict[str, list[str]] = {source: [] for source in SOURCES}
    for count in range(number):
        source = draw.choice(sorted(SOURCES))
        key, path = f"order-{count}", f"/gateway/sources/{source}"
        if draw.random() < 0.1:
            yield Order(f"{key}-stale", "PUT", f"{path}/rights", _rights(source, count), source, versions[source] - 1, stale=True)
        if spare[source] and draw.random() < 0.4:
            order = Order(key, "POST", f"{path}/keys/{spare[source].pop()}/revocation", {"because": "lost"}, source, versions[source])
        elif draw.random() < 0.4 and count < 60:
            spare[source].append(f"{source}-spare-{count}")
            body = {"key": key_of(seed, spare[source][-1]).shown(), "because": "a spare"}
            order = Order(key, "POST", f"{path}/keys", body, source, versions[source])
        else:
            order = Order(key, "PUT", f"{path}/rights", _rights(source, count), source, versions[source])
        versions[source] += 1
        yield order
        if draw.random() < 0.2:
            yield Order(order.key, order.method, order.path, order.body, source, order.version, repeated=True)


def batches(seed: int, source: str, items: int) -> Iterator[list[Item]]:
    """What a source sends, in batches of different sizes."""
    draw = random.Random(f"{source}/{seed}")  # noqa: S311 - a load, no secret
    some: list[Item] = []
    size = draw.randint(1, 8)
    for item in _items(seed, source, items, draw):
        some.append(item)
        if len(some) >= size:
            yield some
            some, size = [], draw.randint(1, 8)
    if some:
        yield some


def observed_in_the_middle(seed: int, source: str, items: int) -> str:
    """An observation that the source reports when about half of its events are sent."""
    sent = [item.sent for some in batches(seed, source, items) for item in some if item.sent is not None and item.sent.data is not None]
    reported = [one.id for one in sent if b'"observation":"%s"' % one.id.encode() in (one.data or b"")]
    return reported[len(reported) // 2]


def _items(seed: int, source: str, number: int, draw: random.Random) -> Iterator[Item]:
    key, stranger = key_of(seed, f"{source}-1"), key_of(seed, f"{source}-stranger")
    standing: dict[str, str] = {}
    done: list[Item] = []
    for count in range(number):
        country = draw.choice(SOURCES[source])
        chance = draw.random()
        if chance < 0.06 and done:
            yield draw.choice(done)
            continue
        if chance < 0.09:
            bad = signature.sign(
                _unsigned(source, f"{source}-bad-{count}", _report(source, f"bad-{count}", country, draw)), stranger.private, key.keyid
            )
            yield Item(json_format.write(bad), f"{source}-bad-{count}", _refused(source, f"{source}-bad-{count}"))
            continue
        if chance < 0.11:
            yield _item(source, f"beyond-{count}", _report(source, f"beyond-{count}", BEYOND, draw), key, refused=True)
            continue
        if chance < 0.13 and done:
            first = draw.choice(done)
            yield _item(source, first.label, _report(source, f"conflict-{count}", country, draw), key, refused=True)
            continue
        if chance < 0.14:
            yield Item(b'{"specversion":"1.0","id":"%d","no":"event"}' % count, f"{source}-none-{count}", None)
            continue
        made = _good(source, count, country, draw, standing)
        item = _item(source, f"{source}-{count}", made, key)
        done.append(item)
        yield item


def _good(source: str, count: int, country: str, draw: random.Random, standing: dict[str, str]) -> Event:
    chance = draw.random()
    if standing and chance < 0.2:
        observation = draw.choice(sorted(standing))
        return ObservationRevised.model_validate(_report(source, observation, standing[observation], draw).model_dump())
    if standing and chance < 0.28:
        observation = draw.choice(sorted(standing))
        return ObservationRetracted(observation=observation, country=standing.pop(observation), because="counted twice")
    standing[f"{source}-{count}"] = country
    return _report(source, f"{source}-{count}", country, draw)


def _report(source: str, observation: str, country: str, draw: random.Random) -> ObservationReported:
    day = BEGIN + timedelta(days=draw.randint(0, 60))
    best = draw.choice([0, 0, 1, 2, 5, 30, 200])
    return ObservationReported(
        observation=observation,
        kind=draw.choice([Kind.MATERIAL_CONFLICT, Kind.MATERIAL_CONFLICT, Kind.VERBAL_CONFLICT, Kind.MATERIAL_COOPERATION]),
        what=What(vocabulary="ucdp", code=str(draw.randint(1, 3))),
        where=Where(country=country, place="-"),
        when=When(first=day, last=day, precision="day"),
        deaths=Deaths(low=0, best=best, high=best * 2),
    )


def _unsigned(source: str, id: str, data: Event) -> CloudEvent:
    happened = datetime.combine(BEGIN, time(), UTC)
    attributes = {
        "specversion": "1.0", "id": id, "source": uri_of(source), "type": data.event_type(), "time": rfc3339.to_text(happened),
        "datacontenttype": "application/json",
    }  # fmt: skip
    return CloudEvent(attributes, body_of(data))


def _item(source: str, id: str, data: Event, key: Key, *, refused: bool = False) -> Item:
    event = signature.sign(_unsigned(source, id, data), key.private, key.keyid)
    return Item(json_format.write(event), id, _refused(source, id) if refused else Sent(uri_of(source), id, body_of(data)))


def _refused(source: str, id: str) -> Sent:
    return Sent(uri_of(source), id, None)


def _rights(source: str, count: int) -> dict[str, Any]:
    """Rights that no other order gives: which of some countries are named spells its number."""
    also = [country for bit, country in enumerate(ALSO) if count + 1 >> bit & 1]
    return {"rights": {"types": TYPES, "countries": sorted([*SOURCES[source], *also])}, "because": f"order {count}"}
