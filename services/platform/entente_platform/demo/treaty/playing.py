"""Plays the year: an officer records what the depositary was told on its day, and the registry tells what follows when it takes effect."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from functools import partial
from typing import Any
from urllib.parse import quote

from entente_platform.agreements.catalogue import catalogue
from entente_platform.agreements.sending import send
from entente_platform.command.reach import Platform
from entente_platform.command.trouble import Trouble
from entente_platform.demo.treaty.year import FIRST, Told, Year

AT = time_of_day(12, tzinfo=UTC)
"""When on each day things are recorded."""
WITHIN = 30.0
"""Seconds after which a consequence that is not drawn is a fault."""
LOOK_EVERY = 0.02
AHEAD = 366
"""Days ahead in which everything told in the year takes effect."""
ASKED = ("FIN", date(2026, 1, 10))
"""Of whom, and for which day, the question is asked twice."""
BEFORE, AFTER = date(2025, 7, 9), date(2025, 7, 10)
"""By what was known on these days."""
FRANCE = ("FRA", date(1998, 5, 1))
"""Asked once the catalogue is taken over."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that was recorded; `follows` says from when it binds its party, or no more; `event` recorded it."""

    told: Told
    binds: bool
    follows: date
    event: str


@dataclass(frozen=True, slots=True)
class Consequence:
    """What the registry told when the day came, and the recorded act that it names as the reason (`cause`)."""

    day: date
    party: str
    bound: bool
    because: str
    event: str
    cause: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the catalogue: how many of each outcome, what was on record already, what was refused, and what can be asked now."""

    outcomes: Mapping[str, int]
    unchanged: Sequence[str]
    refused: Sequence[Mapping[str, Any]]
    seconds: float
    bound: Mapping[str, Any]
    nodes: int
    links: int


@dataclass(slots=True)
class Played:
    """The whole chapter."""

    opened: Mapping[str, Any]
    entries: list[Entry] = field(default_factory=list)
    consequences: list[Consequence] = field(default_factory=list)
    answers: dict[str, Mapping[str, Any] | None] = field(default_factory=dict)
    difference: Mapping[str, Any] = field(default_factory=dict)
    taken: Taken | None = None


class Play:
    """An officer who records, an analyst who asks, an administrator who moves the clock; each with a token of their own."""

    def __init__(self, year: Year, officer: Platform, analyst: Platform, administrator: Platform) -> None:
        self._year, self._officer, self._analyst, self._administrator = year, officer, analyst, administrator
        self._go_to(FIRST)
        self._take([year.before], "on record when the year begins")
        self._until(self._caught_up, "the convention shows")
        self.played = Played(opened=self._agreement(on=FIRST))

    def record(self) -> None:
        """Everything that was told, each on its day, with what follows from it."""
        for told in self._year.told:
            self._go_to(told.day)
            answer = self._officer.post(f"/partnerships/agreements/{self._year.agreement}/acts", dict(told.act))
            party = str(told.act["party"])
            binds, day = self._until(partial(self._coming, party), f"what follows for {party} is known")
            self.played.entries.append(Entry(told, binds, day, answer["events"][0]))

    def come_true(self) -> None:
        """The clock comes to each day on which something takes effect; what the registry tells then is waited for."""
        for entry in sorted(self.played.entries, key=lambda each: each.follows):
            self._go_to(entry.follows)
            self.played.consequences.append(self._until(partial(self._told, entry), f"{entry.told.act['party']} is told of"))

    def ask(self) -> None:
        """The same question as of two dates, and the step that makes the difference."""
        party, day = ASKED
        for known_on in (BEFORE, AFTER):
            answer = self._analyst.get("/partnerships/bound", of=party, on=day.isoformat(), known_on=known_on.isoformat())
            items = [item for item in answer["items"] if item["agreement"] == self._year.agreement]
            self.played.answers[known_on.isoformat()] = items[0] if items else None
        steps = self._agreement(on=day)["steps"]
        self.played.difference = next(
            step for step in steps if step["data"].get("party") == party and step["recorded"][:10] == AFTER.isoformat()
        )

    def take_over(self) -> Taken:
        """The catalogue that is shipped; the convention, on record already with all its steps, stays as it is."""
        begun = time.perf_counter()
        became = list(send(self._officer, catalogue(), "the catalogue that is shipped", lambda _: None))
        seconds = time.perf_counter() - begun
        self._until(self._caught_up, "the catalogue shows")
        party, day = FRANCE
        network = self._analyst.get("/partnerships/network")
        taken = Taken(
            outcomes=dict(Counter(result["outcome"] for _, result in became)),
            unchanged=[line.name for line, result in became if result["outcome"] == "unchanged"],
            refused=[result for _, result in became if result["outcome"] == "refused"],
            seconds=seconds,
            bound=self._analyst.get("/partnerships/bound", of=party, on=day.isoformat()),
            nodes=len(network["nodes"]),
            links=len(network["links"]),
        )
        self.played.taken = taken
        return taken

    def _go_to(self, day: date) -> None:
        self._administrator.post("/ops/clock", {"now": datetime.combine(day, AT).isoformat()})

    def _take(self, agreements: Sequence[Mapping[str, Any]], because: str) -> None:
        self._officer.post("/partnerships/agreements/import", {"because": because, "agreements": list(agreements)})

    def _agreement(self, on: date) -> Any:
        return self._analyst.get(f"/partnerships/agreements/{self._year.agreement}", on=on.isoformat())

    def _caught_up(self) -> bool:
        lag: list[dict[str, Any]] = self._administrator.get("/partnerships/ops/lag")
        return not any(one["events"] for one in lag)

    def _coming(self, party: str) -> tuple[bool, date] | None:
        changes = self._analyst.get("/partnerships/changes", within=AHEAD)["items"]
        of_party = [each for each in changes if each["agreement"] == self._year.agreement and each["party"] == party]
        return (of_party[0]["what"] == "binds", date.fromisoformat(of_party[0]["day"])) if of_party else None

    def _told(self, entry: Entry) -> Consequence | None:
        for event in self._consequences():
            said = event["data"]
            if (said["party"], said["on"]) == (entry.told.act["party"], entry.follows.isoformat()):
                because = next(each for each in said["why"] if each["event"] == entry.event)
                return Consequence(entry.follows, said["party"], said["bound"], because["what"], event["id"], entry.event)
        return None

    def _consequences(self) -> Iterator[Mapping[str, Any]]:
        for entry in self.played.entries:
            cause = self._administrator.get(f"/partnerships/ops/events/by-id/{entry.event}")
            trace = self._administrator.get(f"/ops/trace/{quote(cause['correlationid'], safe='')}")["events"]
            yield from (each for each in trace if each["type"].startswith("entente.partnerships.binding-changed."))

    def _until(self, look: Callable[[], Any], what: str) -> Any:
        deadline = time.monotonic() + WITHIN
        while not (seen := look()):
            if time.monotonic() > deadline:
                raise Trouble(f"it took more than {WITHIN:.0f} s until {what}", "try again on a machine with less to do")
            time.sleep(LOOK_EVERY)
        return seen
