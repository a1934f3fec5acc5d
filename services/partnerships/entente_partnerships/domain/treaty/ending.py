"""How long an agreement lasts: its term, renewals, its end for all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from entente_contracts.events.partnerships.agreements import AgreementRenewed, AgreementTerminated
from entente_contracts.events.partnerships.bindings import Ceased
from entente_contracts.events.partnerships.parts import Delay, Renewal, TermRule, Terms
from entente_partnerships.domain.calendar import FOREVER, after
from entente_partnerships.domain.treaty.acts import Act, of_kind
from entente_partnerships.domain.treaty.spans import Span, joined, within


@dataclass(frozen=True, slots=True)
class Lasting:
    """The windows in which the agreement is in force as far as its term and its end say, and how the last of them ends."""

    windows: tuple[Span, ...]
    how: Ceased | None


def lasting(terms: Terms, entered: date, acts: Sequence[Act]) -> Lasting:
    """From its entry into force until its term is over or it is ended, prolonged by renewals.

    A renewal after the end begins a window of its own. The act that ends an agreement for all ends every window.
    """
    ended = until_ended(acts)
    windows = within(_by_term(terms.term, entered, acts), [ended])
    if not windows or windows[-1].until == FOREVER:
        return Lasting(tuple(windows), None)
    return Lasting(tuple(windows), Ceased.TERMINATED if windows[-1].until == ended.until else Ceased.EXPIRED)


def until_ended(acts: Sequence[Act]) -> Span:
    """All days up to the act that ends the agreement for all."""
    ended = of_kind(acts, AgreementTerminated)
    return Span(date.min, ended[0][0].on, (), (ended[0][0].step,)) if ended else Span(date.min)


def _by_term(term: TermRule | None, entered: date, acts: Sequence[Act]) -> list[Span]:
    until = FOREVER if term is None or term.renewal is Renewal.TACIT else after(entered, term.lasts)
    windows = [Span(entered, until)]
    for act, renewed in of_kind(acts, AgreementRenewed):
        end = FOREVER if renewed.until is None else max(renewed.until, act.on)
        by = () if renewed.until is None else (act.step,)
        last = windows[-1]
        if act.on <= last.until:
            windows[-1] = Span(last.first, end, last.because, by)
        else:
            windows.append(Span(act.on, end, (act.step,), by))
    return [window for window in joined(windows) if window.first < window.until]


def term_running(term: TermRule | None, entered: date, day: date) -> tuple[date, date] | None:
    """Of an agreement that renews itself, the term then running, as (its first day, the first of the next); None of any other."""
    if term is None or term.renewal is not Renewal.TACIT:
        return None
    length = term.by or term.lasts
    if length == Delay():
        return None
    first, number = entered, 1
    until = after(entered, term.lasts)
    while until <= day and until != FOREVER:
        first, until = until, after(after(entered, term.lasts), _times(length, number))
        number += 1
    return first, until


def _times(delay: Delay, number: int) -> Delay:
    """A delay `number` times over, counted from one day, so that the last of a month stays so."""
    return delay.model_copy(update={"months": delay.months * number, "days": delay.days * number})
