"""What occurred in a country, as its sources tell it: reports linked when they are asked for."""

from datetime import date

from sqlmodel import col

from entente_eventkit.projecting.ask import Ask
from entente_stability.answers import OccurrenceAnswer, OccurrencesAnswer, ReportAnswer
from entente_stability.domain.channels import Channel
from entente_stability.domain.occurrences import Deaths, Occurrence, Report, occurrences
from entente_stability.places import name_of
from entente_stability.projections.observed import Sighting, SightingRow

RULE = (
    "other sources, the same country and channel, days at most one day apart, places of one name or one that names none, "
    "a state in common or one that names none; a source tells of an occurrence once"
)
MOST = 500
"""Occurrences of one answer."""

COUNTED = (Channel.VIOLENT_EVENTS, Channel.MATERIAL_CONFLICT, Channel.VERBAL_CONFLICT, Channel.COOPERATION)
"""The channels of which an observation is in exactly one."""


def occurrences_in(ask: Ask, country: str, since: date, until: date, *, several: bool) -> OccurrencesAnswer:
    """Of the days from `since` to `until`; with `several` only those that more than one source tells of."""
    rows = ask.all(
        SightingRow,
        col(SightingRow.country) == country,
        col(SightingRow.until).is_(None),
        col(SightingRow.last) >= since,
        col(SightingRow.first) <= until,
    )
    known = {(row.source, row.observation): row for row in rows}
    everything = occurrences(map(_report, rows))
    found = [each for each in everything if len(each.reports) > 1 or not several]
    found.sort(key=lambda each: -len(each.reports))
    shown = [_answer(each, known) for each in found[:MOST]]
    linked = sum(len(each.reports) > 1 for each in everything)
    return OccurrencesAnswer(
        country=country,
        name=name_of(country),
        since=since,
        until=until,
        rule=RULE,
        reports=len(rows),
        occurrences=len(everything),
        items=shown,
        says=f"{len(rows)} reports of {name_of(country)} tell of {len(everything)} occurrences, {linked} of them by more than one source.",
    )


def _report(row: Sighting) -> Report:
    best = row.deaths_best
    deaths = None if best is None else Deaths(row.deaths_low if row.deaths_low is not None else best, best, row.deaths_high or best)
    return Report(
        source=row.source,
        observation=row.observation,
        country=row.country,
        channel=next(channel for channel in COUNTED if row.amounts.of(channel)),
        first=row.first,
        last=row.last,
        place=row.place,
        states=frozenset(filter(None, row.states.split(";"))),
        deaths=deaths,
    )


def _answer(each: Occurrence, known: dict[tuple[str, str], SightingRow]) -> OccurrenceAnswer:
    deaths = each.deaths
    return OccurrenceAnswer(
        country=each.reports[0].country,
        channel=each.reports[0].channel,
        first=min(report.first for report in each.reports),
        last=max(report.last for report in each.reports),
        sources=[report.source for report in each.reports],
        deaths_low=None if deaths is None else deaths[0],
        deaths_high=None if deaths is None else deaths[1],
        deaths_best=() if deaths is None else deaths[2],
        contradicting=each.contradicting,
        reports=[
            ReportAnswer(**{name: getattr(known[report.name], name) for name in ReportAnswer.model_fields}) for report in each.reports
        ],
    )


def _told(row: SightingRow) -> ReportAnswer:
    return ReportAnswer(**{name: getattr(row, name) for name in ReportAnswer.model_fields})
