"""The demonstration from its beginning to its end."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from entente_platform.command.reach import Platform
from entente_platform.demo.child import platform_of_ones_own
from entente_platform.demo.findings import findings_of
from entente_platform.demo.month import Month
from entente_platform.demo.page import Page
from entente_platform.demo.playing import Play, Played

TOLD_EVERY = 5
"""Days between two lines of progress where no bar can move."""


def tell(out: Console, month: Month) -> dict[str, Any]:
    """Plays the days of a month and prints what came of it; gives the same for programs."""
    begun = time.perf_counter()
    page, first, last = Page(out), month.days[0].day, month.days[-1].day
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
    page.next()
    return {**_arrivals(played), **found.as_json(), "seconds": seconds, "events_a_second": played.events / played.seconds}


@contextmanager
def _progress(out: Console, page: Page, month: Month) -> Iterator[Callable[[date, Played], None]]:
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
