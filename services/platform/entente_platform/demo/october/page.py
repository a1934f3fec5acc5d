"""The month in words."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from entente_platform.command.output import table
from entente_platform.demo.october.findings import Findings, Link, Rebuilt
from entente_platform.demo.october.mischief import REPEATED, Misdeed
from entente_platform.demo.october.month import REGION, Month
from entente_platform.demo.october.playing import Played
from entente_platform.demo.words import Words
from entente_platform.telling import explanation, points

DATED = 10
"""Columns of a date."""
SHORT = 8
"""Characters of an event's id that tell it apart here."""


class Page(Words):
    """Prints one part after the other."""

    def beginning(self, month: Month) -> None:
        """What will be played."""
        count = sum(len(day.ucdp) for day in month.days)
        self.say(
            f"{count:,} events of organised violence, as recorded by the Uppsala Conflict Data Program (UCDP candidate events 23.0.10, "
            "CC BY 4.0). "
            f"A regional desk watches {', '.join(REGION)} and reports what it sees there in words of its own. "
            f"Each event is sent on its last day; {month.began_before} began before October and come late. "
            f"{month.left_out} that ended in November are left out."
        )

    def day(self, day: date, played: Played) -> None:
        """How far the play is, for those who have no moving bar."""
        self.say(f"{day:%d %B}: {played.events:,} sent, {sum(played.admitted.values()):,} admitted, {len(played.refused)} quarantined", 2)

    def arrivals(self, played: Played) -> None:
        """What was admitted, what was a duplicate, and what was quarantined and why."""
        self.heading("What came in")
        for source, count in played.admitted.items():
            again = played.duplicates[source]
            repeated = (
                f"; {again:,} sent twice after lost connections (days {', '.join(map(str, REPEATED))}) were duplicates" if again else ""
            )
            self.say(f"{source}: {count:,} admitted{repeated}", 2)
        self.say(f"quarantined, kept as they came, and told why: {len(played.refused)}", 2)
        for misdeed, receipt in played.refused:
            self._refusal(misdeed, receipt)
        for unexpected in played.unexpected:
            self.say(f"Not meant to be refused: {unexpected.id}: {unexpected.reason}: {unexpected.detail}", 2)

    def places(self, found: Findings) -> None:
        """The ten least stable places."""
        self.heading(f"The ten least stable of {found.watched} watched countries on {found.on:%d %B} (100 is wholly stable)")
        rows = [
            (
                str(number),
                place["country"],
                place["name"],
                points(place["stability"]),
                f"{place['change']['points'] / 1000:+.1f}" if place["change"] else "new",
                place["warning"] or "-",
                f"{place['confidence']} %",
            )
            for number, place in enumerate(found.places, start=1)
        ]
        headings = ("", "", "country", "stability", "change in October", "warning", "confidence")
        self.out.print(table(*headings, rows=rows, right=[0, 3, 4, 6]))
        self.say(
            "The parameters are provisional, set by hand, not fitted; the history begins on 1 October, and what came before is not in it."
        )

    def warnings(self, found: Findings) -> None:
        """Each warning with its date."""
        self.heading(f"Warnings: {len(found.changes)} changes in October, {len(found.standing)} stand at its end")
        by_day: dict[str, list[str]] = {}
        for change in found.changes:
            by_day.setdefault(change["day"], []).append(_change(change))
        for day, changes in by_day.items():
            self._dated(int(day[8:]), "; ".join(changes))

    def why(self, found: Findings) -> None:
        """One score down to single events."""
        why = found.why
        self.heading(f"Why {why['name']} stood at {points(why['stability'])} on {why['on']}")
        self.out.print(explanation(why, most=3))

    def chain(self, found: Findings) -> None:
        """One chain of causes."""
        self.heading("One chain of causes, from a foreign event to a warning")
        self.say(found.foreign_cause, 2)
        for depth, link in enumerate(found.chain, start=1):
            self._link(depth, link)

    def rebuilds(self, rebuilt: Sequence[Rebuilt]) -> None:
        """Replay equals live."""
        self.heading("Built anew from the events, beside the live ones, and compared row by row")
        for one in rebuilt:
            word = "equal" if one.state == "equal" else f"{one.state}: {'; '.join(one.differences[:3])}"
            self.say(f"{one.projection}: {one.events:,} events in {one.seconds:.2f} s: {word}", 2)

    def speed(self, played: Played, seconds: float) -> None:
        """Events a second, end to end."""
        rate = played.events / played.seconds
        self.heading("Speed")
        self.say(
            f"{played.events:,} events in {played.seconds:.1f} s, {rate:,.0f} a second end to end: signed, sent, verified, judged, stored, "
            f"read, assessed and warned of, waiting every day until nothing was left to do. The whole took {seconds:.0f} s.",
            2,
        )

    def _dated(self, day: int, text: str) -> None:
        self.hanging(text, " " * DATED, f"{day:4} Oct  ")

    def _refusal(self, misdeed: Misdeed, receipt: dict[str, Any]) -> None:
        self._dated(misdeed.day, misdeed.what)
        self.hanging(f"{receipt['reason']}: {receipt['detail']}", " " * (DATED + 2))

    def _link(self, depth: int, link: Link) -> None:
        self.say(f"{link.time[:10]}  {link.type} ({link.subject})", 2 * depth + 2)
        self.say(f"event ...{link.id[-SHORT:]}, by {link.actor}", 2 * depth + 14)


def _change(change: dict[str, Any]) -> str:
    return f"{change['country']} {change['before'] or 'calm'} to {change['level'] or 'calm'} ({points(change['stability'])})"
