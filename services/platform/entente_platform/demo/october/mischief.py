"""What should not come in: one of each kind, made as carelessly or as cunningly as it happens."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from entente_client import Publication
from entente_contracts import rfc3339, signature, strict_json
from entente_contracts.cloudevent import CloudEvent
from entente_contracts.codec import json_format
from entente_contracts.events.gateway import KeyAlgorithm


@dataclass(frozen=True, slots=True)
class Hand:
    """Whoever signs as the source `uri` with a key."""

    uri: str
    private_key: bytes
    keyid: str

    def signed(self, id: str, good: Publication, *, type: str | None = None, later: timedelta = timedelta(), **changed: Any) -> CloudEvent:
        """A good report under another id and type, so much later, its data changed, signed as it then is."""
        attributes = {
            "specversion": "1.0",
            "id": id,
            "source": self.uri,
            "type": type or good.data.event_type(),
            "time": rfc3339.to_text(good.time + later),
            "datacontenttype": "application/json",
        }
        data = strict_json.canonical({**good.data.model_dump(mode="json"), **changed})
        return signature.sign(CloudEvent(attributes, data), self.private_key, self.keyid)


@dataclass(frozen=True, slots=True)
class Hands:
    """The two sources, the desk with the key that it revoked, one that is suspended, and somebody whom nobody knows."""

    ucdp: Hand
    desk: Hand
    desk_of_old: Hand
    suspended: Hand
    stranger: Hand


@dataclass(frozen=True, slots=True)
class Misdeed:
    """A bad item: on which day of October, what it is in words, how it is made of a good report, and why it will be refused."""

    day: int
    what: str
    make: Callable[[Hands, Publication], bytes]
    reason: str


def _unsigned(hands: Hands, good: Publication) -> bytes:
    event = hands.ucdp.signed("unsigned", good)
    return json_format.write(CloudEvent({name: text for name, text in event.attributes.items() if name != signature.ATTRIBUTE}, event.data))


def _tampered(hands: Hands, good: Publication) -> bytes:
    item = json.loads(json_format.write(hands.ucdp.signed("tampered", good)))
    item["data"]["deaths"] = {"low": 900, "best": 900, "high": 900}
    return json.dumps(item).encode()


def _wrong_key(hands: Hands, good: Publication) -> bytes:
    return json_format.write(Hand(hands.ucdp.uri, hands.desk.private_key, hands.desk.keyid).signed("wrong-key", good))


def _stranger(hands: Hands, good: Publication) -> bytes:
    return json_format.write(hands.stranger.signed("stranger", good))


def _unknown_type(hands: Hands, good: Publication) -> bytes:
    return json_format.write(hands.ucdp.signed("unknown-type", good, type="entente.observations.rumoured.v1"))


def _negative_deaths(hands: Hands, good: Publication) -> bytes:
    return json_format.write(hands.ucdp.signed("negative-deaths", good, deaths={"low": -3, "best": 2, "high": 2}))


def _unknown_country(hands: Hands, good: Publication) -> bytes:
    return json_format.write(hands.ucdp.signed("unknown-country", good, where={"country": "XQZ"}))


def _beyond_rights(hands: Hands, good: Publication) -> bytes:
    return json_format.write(hands.desk.signed("beyond-rights", good, where={"country": "UKR"}))


def _conflicting(hands: Hands, good: Publication) -> bytes:
    return json_format.write(hands.ucdp.signed(good.id, good, summary="told otherwise the second time"))


def _no_cloudevent(_: Hands, __: Publication) -> bytes:
    return b'{"headline": "fighting reported", "deaths": 12}'


def _too_large(hands: Hands, good: Publication) -> bytes:
    return json_format.write(hands.ucdp.signed("too-large", good, summary="x" * 300_000))


def _revoked(hands: Hands, good: Publication) -> bytes:
    return json_format.write(hands.desk_of_old.signed("revoked-key", good, where={"country": "SDN"}))


def _latin_1(_: Hands, __: Publication) -> bytes:
    return '{"specversion": "1.0", "id": "caf\u00e9"}'.encode("latin-1")


def _named_twice(hands: Hands, good: Publication) -> bytes:
    return b'{"id":"another",' + json_format.write(hands.ucdp.signed("named-twice", good))[1:]


def _too_deep(_: Hands, __: Publication) -> bytes:
    return b'{"headline":' + b"[" * 100 + b"]" * 100 + b"}"


def _unknown_version(hands: Hands, good: Publication) -> bytes:
    return json_format.write(hands.ucdp.signed("unknown-version", good, type="entente.observations.reported.v9"))


def _of_next_week(hands: Hands, good: Publication) -> bytes:
    return json_format.write(hands.ucdp.signed("of-next-week", good, later=timedelta(days=7)))


def _suspended(hands: Hands, good: Publication) -> bytes:
    return json_format.write(hands.suspended.signed("suspended", good))


MISDEEDS = (
    Misdeed(3, "a report without a signature", _unsigned, "unsigned"),
    Misdeed(4, "a report written in Latin-1", _latin_1, "not_utf8"),
    Misdeed(5, "a report whose deaths were changed after it was signed", _tampered, "bad_signature"),
    Misdeed(6, "a report that says its id twice", _named_twice, "duplicate_keys"),
    Misdeed(7, "something nested a hundredfold", _too_deep, "too_deep"),
    Misdeed(8, "a report in UCDP's name under the regional desk's key", _wrong_key, "bad_signature"),
    Misdeed(10, "a report of a source that nobody let in", _stranger, "unknown_source"),
    Misdeed(12, "an event of a type that does not exist", _unknown_type, "unknown_type"),
    Misdeed(12, "a report in a version that does not exist yet", _unknown_version, "unknown_version"),
    Misdeed(13, "a report of less than no deaths", _negative_deaths, "invalid_data"),
    Misdeed(15, "a report from a country that does not exist", _unknown_country, "invalid_data"),
    Misdeed(16, "a report of next week", _of_next_week, "from_the_future"),
    Misdeed(17, "the regional desk reporting Ukraine", _beyond_rights, "beyond_rights"),
    Misdeed(19, "another story under the id of one that was admitted", _conflicting, "conflicting_duplicate"),
    Misdeed(20, "a report of a source that is suspended", _suspended, "suspended_source"),
    Misdeed(21, "something that is no CloudEvent", _no_cloudevent, "not_cloudevent"),
    Misdeed(24, "a report of 300,000 characters", _too_large, "too_large"),
    Misdeed(26, "a report under a key that the desk had revoked", _revoked, "revoked_key"),
)
REPEATED = (4, 11, 18, 25)
"""Days on which UCDP's system sends its whole day twice, after a lost connection."""
REVOKED_ON = date(2023, 10, 20)


def of_day(day: date) -> list[Misdeed]:
    """What is slipped in on a day."""
    return [misdeed for misdeed in MISDEEDS if misdeed.day == day.day]


def a_key() -> tuple[bytes, bytes]:
    """A new Ed25519 key: private and public half."""
    return signature.generate_key(KeyAlgorithm.ED25519)
