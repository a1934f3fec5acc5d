"""The demonstration from its beginning to its end."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from entente_platform.command.reach import Platform
from entente_platform.demo.child import place_of_ones_own, platform_of_ones_own, running_on
from entente_platform.demo.front_door import page as front_door
from entente_platform.demo.front_door.playing import BEGINS, MENDED, after, before
from entente_platform.demo.front_door.playing import Played as FrontDoor
from entente_platform.demo.october import page as october
from entente_platform.demo.october.findings import findings_of
from entente_platform.demo.october.month import Month
from entente_platform.demo.october.playing import Play, Played
from entente_platform.demo.treaty import page as treaty
from entente_platform.demo.treaty.playing import Play as YearPlay
from entente_platform.demo.treaty.year import FIRST, Year, year_2025
from entente_platform.demo.words import Words

TOLD_EVERY = 5
"""Days between two lines of progress where no bar can move."""
FAULTY = "entente_platform.demo.front_door.faulty"
"""The release with the fault."""

TO_TRY = (
    ".venv/bin/entente up --clock 2023-11-01T00:00:00Z",
    ".venv/bin/entente source add ucdp --uri https://ucdp.uu.se/candidate --new-key ucdp.pem",
    ".venv/bin/entente publish services/platform/entente_platform/data/ucdp_candidate_2023_10.csv \\",
    "    --format ucdp-ged --source ucdp --key ucdp.pem",
    ".venv/bin/entente score SDN --why",
    ".venv/bin/entente warnings",
    ".venv/bin/entente up --data treaties --port 8700",
    ".venv/bin/entente import agreements --catalogue --data treaties",
    ".venv/bin/entente bound FRA --on 1998-05-01 --why --data treaties",
    ".venv/bin/entente changes --data treaties",
)


def tell(out: Console, month: Month) -> dict[str, Any]:
    """All chapters; gives the same for programs."""
    told = {**tell_month(out, month), "treaty_year": tell_year(out, year_2025()), "front_door": tell_front_door(out)}
    ending(Words(out))
    return told


def tell_month(out: Console, month: Month) -> dict[str, Any]:
    """Plays the days of a month and prints what came of it."""
    begun = time.perf_counter()
    page, first, last = october.Page(out), month.days[0].day, month.days[-1].day
    page.beginning(month)
    with platform_of_ones_own(datetime.combine(first, time_of_day(), UTC)) as folder, Platform(folder, "administrator") as platform:
        with closing(Play(platform)) as play, _progress(out, page, month) as told:
            played = play.play(month, told)
        page.arrivals(played)
        found = findings_of(platform, first, last)
        page.places(found)
        page.warnings(found)
        page.why(found)
        page.chain(found)
        page.rebuilds(found.rebuilt)
    seconds = time.perf_counter() - begun
    page.speed(played, seconds)
    return {**_arrivals(played), **found.as_json(), "seconds": seconds, "events_a_second": played.events / played.seconds}


def tell_year(out: Console, year: Year) -> dict[str, Any]:
    """Plays a year of a treaty's life on a platform of its own and prints what the registry makes of it."""
    page = treaty.Page(out)
    with (
        platform_of_ones_own(datetime.combine(FIRST, time_of_day(), UTC)) as folder,
        Platform(folder, "officer") as officer,
        Platform(folder, "analyst") as analyst,
        Platform(folder, "administrator") as administrator,
    ):
        play = YearPlay(year, officer, analyst, administrator)
        page.beginning(year, play.played)
        play.record()
        play.come_true()
        page.life(play.played)
        play.ask()
        page.asked(play.played)
        page.catalogue(play.take_over())
    return asdict(play.played)


def tell_front_door(out: Console) -> dict[str, Any]:
    """Plays what is mended at the front door and behind it, on a release with a fault and on the one after, and prints what came of it."""
    page, played = front_door.Page(out), FrontDoor()
    with place_of_ones_own() as folder:
        with running_on(folder, BEGINS, FAULTY), Platform(folder, "administrator") as platform:
            before(platform, played)
        page.released(played)
        page.rotated(played)
        page.parked(played)
        with running_on(folder, MENDED), Platform(folder, "administrator") as platform:
            after(platform, played)
        page.redriven(played)
        page.traced(played)
    return asdict(played)


def ending(words: Words) -> None:
    """What to try."""
    words.heading("What to try next, in two terminals")
    for line in TO_TRY:
        words.out.print(f"  {line}", markup=False, soft_wrap=True)
    words.say("The platforms, databases and keys of this demonstration are gone; nothing is left behind.")


@contextmanager
def _progress(out: Console, page: october.Page, month: Month) -> Iterator[Callable[[date, Played], None]]:
    if not out.is_terminal:
        yield lambda day, played: page.day(day, played) if day.day % TOLD_EVERY == 0 or day == month.days[-1].day else None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[sent]:,} sent"), TimeElapsedColumn())
    with Progress(*columns, console=out, transient=True) as bar:
        task = bar.add_task("1 October", total=len(month.days), sent=0)
        yield lambda day, played: bar.update(task, advance=1, description=f"{day.day} October", sent=played.events)


def _arrivals(played: Played) -> dict[str, Any]:
    quarantined = [{"day": one.day, "what": one.what, "expected": one.reason, **receipt} for one, receipt in played.refused]
    return {"admitted": dict(played.admitted), "duplicate": dict(played.duplicates), "quarantined": quarantined}
