"""What changes by an agreement on which day, and what it waits for: the next event, and when it falls due."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from entente_contracts.events.partnerships.bindings import How
from entente_contracts.events.partnerships.parts import Renewal
from entente_partnerships.domain.calendar import FOREVER
from entente_partnerships.domain.treaty.ending import term_running
from entente_partnerships.domain.treaty.entry import Entered, Missing, rule_in_words
from entente_partnerships.domain.treaty.life import Life


class What(StrEnum):
    """What may change on a day."""

    ENTERS_INTO_FORCE = "enters_into_force"
    CEASES = "ceases"
    BINDS = "binds"
    APPLIES_PROVISIONALLY = "applies_provisionally"
    BINDS_NO_MORE = "binds_no_more"
    RENEWS = "renews"


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that changes on a day, for a party or (None) for the agreement, by which steps."""

    day: date
    party: str | None
    what: What
    says: str
    because: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Next:
    """The next event of an agreement. `day` None: it is not known, as it waits for somebody to act."""

    day: date | None
    says: str


def changes_of(life: Life) -> list[Coming]:
    """Everything that changed or is known to change, in order of day, the agreement before its parties."""
    return sorted(_changes(life), key=lambda each: (each.day, each.party or "", each.what.value))


def _changes(life: Life) -> Iterator[Coming]:
    for number, window in enumerate(life.force):
        because = life.entry.decisive if number == 0 and isinstance(life.entry, Entered) else window.because
        yield Coming(window.first, None, What.ENTERS_INTO_FORCE, f"enters into force {rule_in_words(life.terms)}", because)
        if window.until != FOREVER:
            how = life.ceased.value if life.ceased is not None and number == len(life.force) - 1 else "term over"
            yield Coming(window.until, None, What.CEASES, f"is in force no more ({how})", window.ended_by)
    for party, bounds in life.bound.items():
        for bound in bounds:
            firm = bound.how is How.IN_FORCE
            what, says = (What.BINDS, "binds") if firm else (What.APPLIES_PROVISIONALLY, "is applied provisionally by")
            yield Coming(bound.span.first, party, what, f"{says} {party}", bound.span.because)
            goes_on = any(other.span.first == bound.span.until for other in bounds)
            if bound.span.until != FOREVER and not goes_on:
                yield Coming(bound.span.until, party, What.BINDS_NO_MORE, f"binds {party} no more", bound.span.ended_by)


def next_of(life: Life, today: date) -> Next | None:
    """The next event that is known to come; before entry into force what it waits for; None where nothing is foreseen."""
    coming = [(each.day, f"it {each.says}") for each in changes_of(life) if each.day > today]
    running = _renewal(life, today)
    if running is not None:
        coming.append((running, "it renews itself, unless notice is given in time"))
    if coming:
        day, says = min(coming, key=lambda each: each[0])
        return Next(day, says)
    if isinstance(life.entry, Missing) and life.entry.what is not None:
        return Next(None, f"it enters into force {rule_in_words(life.terms)}; it waits for {life.entry.what}")
    return None


def _renewal(life: Life, today: date) -> date | None:
    term = life.terms.term
    if term is None or term.renewal is not Renewal.TACIT or not isinstance(life.entry, Entered) or life.in_force_on(today) is None:
        return None
    running = term_running(term, life.entry.on, today)
    return running[1] if running is not None and running[1] != FOREVER and life.in_force_on(running[1]) is not None else None
