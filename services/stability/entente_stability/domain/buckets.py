"""What one observation adds to which day's buckets, in exact integers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from entente_contracts.events.observations import Kind, ObservationBody, Vocabulary, What
from entente_stability.domain.channels import NOTHING, Amounts, Channel

VIOLENT_CAMEO_ROOTS = ("18", "19", "20")
"""CAMEO: assault, fight, use unconventional mass violence."""

VIOLENT_PLOVER = "ASSAULT"
"""PLOVER's one type of violence; CAMEO's roots 18 to 20 were merged into it."""

Days = Mapping[date, Mapping[str, Amounts]]
"""Day, then source, to the amounts that this source reported for that day."""


@dataclass(frozen=True, slots=True)
class Change:
    """An exact change of what `source` reports for `day`, learnt on the day `known`."""

    day: date
    known: date
    source: str
    amounts: Amounts


def is_violent(what: What) -> bool:
    """Whether the code itself says violence. All of UCDP's events of organised violence are."""
    match what.vocabulary:
        case Vocabulary.CAMEO:
            return what.code.startswith(VIOLENT_CAMEO_ROOTS)
        case Vocabulary.PLOVER:
            return what.code.upper().startswith(VIOLENT_PLOVER)
        case Vocabulary.UCDP:
            return True


def channel_of(body: ObservationBody) -> Channel:
    """The channel that the observation is counted in. A code that says violence outweighs the kind that its sender gave it."""
    if is_violent(body.what):
        return Channel.VIOLENT_EVENTS
    match body.kind:
        case Kind.MATERIAL_CONFLICT:
            return Channel.MATERIAL_CONFLICT
        case Kind.VERBAL_CONFLICT:
            return Channel.VERBAL_CONFLICT
        case Kind.VERBAL_COOPERATION | Kind.MATERIAL_COOPERATION:
            return Channel.COOPERATION


def amounts_of(body: ObservationBody) -> Amounts:
    """One observation in its channel; its deaths by the best estimate, and whether it is of an emerging threat, whatever its channel."""
    deaths = body.deaths.best if body.deaths is not None else 0
    threats = 0 if body.threat is None else 1
    return Amounts(observations=1, deaths=deaths, emerging_threats=threats)._replace(**{channel_of(body).value: 1})


def day_of(body: ObservationBody) -> date:
    """The bucket's day: the last day of what was observed."""
    return body.when.last


def pairs_of(body: ObservationBody) -> tuple[tuple[str, str], ...]:
    """The pairs of different states that took part, each in alphabetical order, each once."""
    states = sorted({participant.country for participant in body.who if participant.country is not None})
    return tuple(combinations(states, 2))


def days_as_known(changes: Iterable[Change], *, on: date, known: date) -> dict[date, dict[str, Amounts]]:
    """What each source had reported for each day up to `on`, as it was known at the end of the day `known`.

    The days come in ascending order, the sources of a day in alphabetical order, whatever the order of `changes`: everything computed from
    them is computed in one order. Sources whose report of a day was taken back altogether are left out.
    """
    sums: dict[tuple[date, str], Amounts] = {}
    for change in changes:
        if change.day <= on and change.known <= known:
            key = (change.day, change.source)
            sums[key] = sums.get(key, NOTHING).plus(change.amounts)
    days: dict[date, dict[str, Amounts]] = {}
    for day, source in sorted(sums):
        if (amounts := sums[day, source]) != NOTHING:
            days.setdefault(day, {})[source] = amounts
    return days
