"""Plays the month: the two systems publish through the gateway over HTTP, while the platform's clock moves from day to day."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from typing import Any

import httpx2

from entente_client import Publisher, Receipt
from entente_client.sending import BATCH
from entente_platform.command.keys import keyid_of
from entente_platform.command.reach import Platform
from entente_platform.demo.october.mischief import REPEATED, REVOKED_ON, Hand, Hands, Misdeed, a_key, of_day
from entente_platform.demo.october.month import REGION, Day, Month
from entente_platform.demo.october.settling import Settling

UCDP_URI = "https://ucdp.uu.se/candidate"
DESK_URI = "https://desk.example.org/observations"
SENT_AT = time_of_day(18, 0, tzinfo=UTC)
"""When on each day the systems send."""
REPORTED = ["entente.observations.reported"]


@dataclass(slots=True)
class Played:
    """What became of the month. `seconds` from the first request until the last consequence was stored."""

    admitted: Counter[str] = field(default_factory=Counter)
    duplicates: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[Misdeed, dict[str, Any]]] = field(default_factory=list)
    unexpected: list[Receipt] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def events(self) -> int:
        """Everything that was sent and answered."""
        return sum(self.admitted.values()) + sum(self.duplicates.values()) + len(self.refused) + len(self.unexpected)

    def count(self, source: str, receipts: Sequence[Receipt]) -> None:
        """Adds receipts of one source."""
        for receipt in receipts:
            if receipt.outcome == "admitted":
                self.admitted[source] += 1
            elif receipt.outcome == "duplicate":
                self.duplicates[source] += 1
            else:
                self.unexpected.append(receipt)


class Play:
    """The two sources at their keyboards."""

    def __init__(self, administrator: Platform) -> None:
        self._platform = administrator
        self.settling = Settling(administrator)
        self.played = Played()
        self._hands = Hands(
            ucdp=self._registered("ucdp", UCDP_URI, "Uppsala Conflict Data Program, candidate events", None, None),
            desk=self._registered("regional-desk", DESK_URI, "A regional desk for the Horn of Africa", "ETH", list(REGION)),
            desk_of_old=self._second_key("regional-desk", DESK_URI),
            suspended=self._suspended("wire", "https://wire.example.org/feed"),
            stranger=_hand("https://rumours.example.net/feed", a_key()),
        )
        self._ucdp, self._desk = (
            Publisher(administrator.address("gateway"), hand.uri, hand.private_key, hand.keyid)
            for hand in (self._hands.ucdp, self._hands.desk)
        )
        self._http = httpx2.Client(base_url=administrator.address("gateway"), timeout=60.0)

    def play(self, month: Month, tell: Callable[[date, Played], None]) -> Played:
        """Plays every day; `tell` is called after each."""
        begun = time.perf_counter()
        for day in month.days:
            self.play_day(day)
            self.played.seconds = time.perf_counter() - begun
            tell(day.day, self.played)
        self.move_clock(datetime.combine(month.days[-1].day + timedelta(days=1), time_of_day(), UTC))
        self.settling.wait(assessed=month.days[-1].day)
        self.played.seconds = time.perf_counter() - begun
        return self.played

    def play_day(self, day: Day) -> None:
        """One day: the clock comes to the evening, both systems send, the bad is slipped in, and everything settles."""
        self.move_clock(datetime.combine(day.day, SENT_AT))
        if day.day == REVOKED_ON:
            self._revoke(self._hands.desk_of_old.keyid)
        for _ in range(2 if day.day.day in REPEATED else 1):
            self.played.count("ucdp", list(self._ucdp.publish(day.ucdp)))
        self.played.count("regional-desk", list(self._desk.publish(day.desk)))
        for misdeed in of_day(day.day):
            self._slip_in(misdeed, day)
        self.settling.wait(assessed=day.day - timedelta(days=1))

    def move_clock(self, now: datetime) -> None:
        """Moves the platform's clock forward."""
        self._platform.post("/ops/clock", {"now": now.isoformat()})

    def close(self) -> None:
        """Closes all connections."""
        for each in (self._ucdp, self._desk, self._http):
            each.close()

    def _slip_in(self, misdeed: Misdeed, day: Day) -> None:
        item = misdeed.make(self._hands, day.ucdp[0])
        answer = self._http.post("/gateway/events", content=b"[" + item + b"]", headers={"content-type": BATCH})
        answer.raise_for_status()
        self.played.refused.append((misdeed, answer.json()["receipts"][0]))

    def _registered(self, name: str, uri: str, title: str, party: str | None, countries: list[str] | None) -> Hand:
        private, public = a_key()
        rights = {"types": REPORTED, "countries": countries}
        asked = {"name": name, "uri": uri, "party": party, "title": title, "rights": rights, "keys": [_key(public)]}
        self._platform.post("/gateway/sources", {**asked, "because": "the demonstration plays its part"})
        return _hand(uri, (private, public))

    def _suspended(self, name: str, uri: str) -> Hand:
        hand = self._registered(name, uri, "A wire service", None, None)
        self._platform.post(f"/gateway/sources/{name}/suspension", {"because": "its feed was broken into"})
        return hand

    def _second_key(self, name: str, uri: str) -> Hand:
        pair = a_key()
        self._platform.post(f"/gateway/sources/{name}/keys", {"key": _key(pair[1]), "because": "a second key, to be revoked"})
        return _hand(uri, pair)

    def _revoke(self, keyid: str) -> None:
        self._platform.post(f"/gateway/sources/regional-desk/keys/{keyid}/revocation", {"because": "the laptop that held it was lost"})


def _key(public: bytes) -> dict[str, str]:
    return {"keyid": keyid_of(public), "algorithm": "ed25519", "pem": public.decode()}


def _hand(uri: str, pair: tuple[bytes, bytes]) -> Hand:
    return Hand(uri, pair[0], keyid_of(pair[1]))
