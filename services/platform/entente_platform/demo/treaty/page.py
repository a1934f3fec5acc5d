"""The year in words."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from entente_platform.demo.treaty.playing import AFTER, ASKED, BEFORE, Consequence, Entry, Played, Taken
from entente_platform.demo.treaty.year import Year
from entente_platform.demo.words import Words

SHORT = 8
"""Characters of an event's id that tell it apart here."""


class Page(Words):
    """Prints one part after the other."""

    def beginning(self, year: Year, played: Played) -> None:
        """What was on record before the year began."""
        parties = sum(party["bound"] for party in played.opened["parties"])
        self.heading("A year of a treaty's life: what its depositary was told in 2025, and what followed")
        self.say(
            f"{year.title}: opened on {played.opened['opened']}, in force since {played.opened['in_force_since']}; {parties} of its "
            "parties are on record when the year begins. Each act is recorded on its day; from when it counts the registry works out."
        )

    def life(self, played: Played) -> None:
        """The acts of the year, then their consequences, a line each."""
        for day, entries in groupby(played.entries, key=lambda entry: entry.told.day):
            self._dated(day, _acts(list(entries)))
        for day, consequences in groupby(played.consequences, key=lambda each: each.day):
            self._dated(day, _told(list(consequences)))

    def asked(self, played: Played) -> None:
        """One question as of two dates, and the event that made the difference."""
        party, day = ASKED
        self.heading(f"One question, asked as of two dates: is {party} bound on {day}?")
        for known_on in (BEFORE, AFTER):
            answer = played.answers[known_on.isoformat()]
            said = f"yes, since {answer['since']}; no end was foreseen" if answer is not None else "no"
            self.say(f"by what was known on {known_on}: {said}", 2)
        step = played.difference
        self.say(
            f"the difference: {step['says']}, event ...{step['event'][-SHORT:]}, recorded {step['recorded']} by {step['recorded_by']}", 2
        )

    def catalogue(self, taken: Taken) -> None:
        """What became of the catalogue, and what can be asked of it."""
        total = sum(taken.outcomes.values())
        self.heading(f"The catalogue that is shipped: {total} bodies and agreements, taken over in {taken.seconds:.1f} s")
        counts = (f"{taken.outcomes.get(name, 0)} {name}" for name in ("taken", "changed", "unchanged", "refused"))
        self.say(f"{', '.join(counts)}; {', '.join(taken.unchanged)} was on record, step by step the same", 2)
        for refusal in taken.refused:
            self.say(f"refused: {refusal['where']}: {refusal['detail']}; {refusal['mend']}", 2)
        self.say(taken.bound["says"], 2)
        self.say("they are " + ", ".join(item["agreement"] for item in taken.bound["items"]), 2)
        self.say(f"The network of today has {taken.nodes} nodes and {taken.links} links.", 2)

    def _dated(self, day: date, text: str) -> None:
        self.hanging(text, " " * 14, f"  {day}  ")


def _acts(entries: Sequence[Entry]) -> str:
    acts = "; ".join(entry.told.note for entry in entries)
    parties = ", ".join(str(entry.told.act["party"]) for entry in entries)
    binds = "bound from" if entries[0].binds else "bound no more from"
    return f"{acts}: {parties} {binds} {entries[0].follows} on"


def _told(consequences: Sequence[Consequence]) -> str:
    return "; ".join(_one(each) for each in consequences)


def _one(each: Consequence) -> str:
    return f"{each.party} is {'bound' if each.bound else 'bound no more'}, for {each.because} (event ...{each.cause[-SHORT:]})"
