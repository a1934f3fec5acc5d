"""The stability service's questions over HTTP."""

from datetime import date, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from entente_contracts.refused import Refused
from entente_eventkit.shell.context import InShell, Shell
from entente_eventkit.shell.paging import InPage
from entente_eventkit.shell.permissions import requires
from entente_stability import listing
from entente_stability.answers import (
    CountriesAnswer,
    CountryAnswer,
    HistoryAnswer,
    OccurrencesAnswer,
    PairAnswer,
    WarningsAnswer,
    WhyAnswer,
)
from entente_stability.examples import answering
from entente_stability.explaining import coverage_answer, no_why, says, score_answer, why_answer
from entente_stability.occurring import occurrences_in
from entente_stability.places import known_country, name_of
from entente_stability.queries import assess_country, assess_pair, explain_country

router = APIRouter(tags=["stability"])
reads = [requires("stability:read")]

Iso3 = Annotated[str, Path(description="ISO 3166-1 alpha-3", examples=["SDN"])]
On = Annotated[date | None, Query(description="the day to score; today where it is left out", examples=["2023-10-31"])]
KnownOn = Annotated[
    date | None, Query(description="by what was known at the end of this day; of `on` where it is left out", examples=["2023-10-31"])
]
Since = Annotated[date | None, Query(description="from this day on", examples=["2023-10-01"])]
EARLIEST = date(1900, 1, 1)


@router.get("/countries", dependencies=reads, responses=answering("/countries?order=least_stable"))
async def countries(
    shell: InShell,
    page: InPage,
    order: Annotated[Literal["country", "least_stable"], Query(description="by code, or the least stable first")] = "country",
) -> CountriesAnswer:
    """Every watched country with its latest assessment, its change and the warning that stands."""
    return await shell.ask(listing.countries, page, least_stable_first=order == "least_stable")


@router.get("/countries/{iso3}", dependencies=reads, responses=answering("/countries/SDN?on=2023-10-03"))
async def country(shell: InShell, iso3: Iso3, on: On = None, known_on: KnownOn = None) -> CountryAnswer:
    """A country's score for a day, computed from its buckets as they were known then. Where nobody watches it says so, without a score."""
    iso3 = known_country(iso3, where="path iso3")
    on, known = _moment(shell, on, known_on)
    assessed = await shell.ask(assess_country, iso3, on=on, known=known)
    return CountryAnswer(
        country=iso3,
        name=name_of(iso3),
        on=on,
        known_on=known,
        watched=assessed is not None,
        score=score_answer(assessed) if assessed is not None else None,
        coverage=coverage_answer(assessed) if assessed is not None else None,
        says=says(iso3, on, known, assessed),
    )


@router.get("/occurrences", dependencies=reads)
async def occurrences(
    shell: InShell,
    country: Annotated[str, Query(description="ISO 3166-1 alpha-3", examples=["SDN"])],
    *,
    since: Since = None,
    until: Annotated[date | None, Query(description="up to this day; today where it is left out")] = None,
    several: Annotated[bool, Query(description="only those that more than one source tells of")] = False,
) -> OccurrencesAnswer:
    """What occurred in a country, side by side as each source tells it: linked by a stated rule, graded, contradicting figures as a range.

    Linking shows what may be told twice; the score does not depend on it, since it takes the largest source of a day, place and channel.
    """
    iso3 = known_country(country, where="query country")
    last = until or shell.clock.now().date()
    first = since or last - timedelta(days=30)
    return await shell.ask(occurrences_in, iso3, first, last, several=several)


@router.get("/countries/{iso3}/why", dependencies=reads, responses=answering("/countries/SDN/why?on=2023-10-03&most=1"))
async def why(
    shell: InShell,
    iso3: Iso3,
    on: On = None,
    known_on: KnownOn = None,
    most: Annotated[int, Query(ge=1, le=500, description="how many observations a term are listed one by one")] = 20,
) -> WhyAnswer:
    """Each term of a country's score with the observations behind it, by event and source, and each one's share."""
    iso3 = known_country(iso3, where="path iso3")
    on, known = _moment(shell, on, known_on)
    explained = await shell.ask(explain_country, iso3, on=on, known=known)
    if explained is None:
        return no_why(iso3, on, known)
    return why_answer(iso3, explained.assessed, explained.days, explained.sightings, most=most)


@router.get("/countries/{iso3}/history", dependencies=reads, responses=answering("/countries/SDN/history"))
async def history(shell: InShell, page: InPage, iso3: Iso3, since: Since = None) -> HistoryAnswer:
    """A country's daily assessments in order of the day, each the latest word on its day."""
    iso3 = known_country(iso3, where="path iso3")
    return await shell.ask(listing.history, page, iso3, since=since)


@router.get("/pairs/{a}/{b}", dependencies=reads, responses=answering("/pairs/ISR/LBN?on=2023-10-03"))
async def pair(shell: InShell, a: Iso3, b: Iso3, on: On = None, known_on: KnownOn = None) -> PairAnswer:
    """The score of two states, from what they took part in together. The order of the two does not matter."""
    a, b = sorted((known_country(a, where="path a"), known_country(b, where="path b")))
    if a == b:
        raise Refused("not-a-pair", f"{a} and {b} are one state", mend="name two different states", where="path b")
    on, known = _moment(shell, on, known_on)
    assessed = await shell.ask(assess_pair, a, b, on=on, known=known)
    return PairAnswer(
        a=a,
        b=b,
        on=on,
        known_on=known,
        watched=assessed is not None,
        score=score_answer(assessed) if assessed is not None else None,
        coverage=coverage_answer(assessed) if assessed is not None else None,
        says=says(f"{a} with {b}", on, known, assessed),
    )


@router.get("/warnings", dependencies=reads, responses=answering("/warnings?since=2023-10-01"))
async def warnings(shell: InShell, page: InPage, since: Since = None) -> WarningsAnswer:
    """The warnings that stand now, worst first; with `since` also every change from that day on."""
    return await shell.ask(listing.warnings, page, since=since)


def _moment(shell: Shell, on: date | None, known_on: date | None) -> tuple[date, date]:
    """The day asked for and the day of knowledge; refuses those that no record reaches."""
    today = shell.clock.now().date()
    on = today if on is None else on
    known = on if known_on is None else known_on
    for name, day in (("on", on), ("known_on", known)):
        if day > today:
            raise Refused(
                "in-the-future",
                f"{day} has not come; here it is {today}",
                mend=f"ask for a day up to {today}",
                where=f"query {name}",
                also={"today": today.isoformat()},
            )
        if day < EARLIEST:
            raise Refused("before-all-records", f"{day} is before all records", mend=f"ask from {EARLIEST} on", where=f"query {name}")
    return on, known
