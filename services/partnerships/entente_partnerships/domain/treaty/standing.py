"""For how long each party is a party: firmly from its consent until it leaves, provisionally before."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from entente_contracts.events.partnerships.bindings import How
from entente_contracts.events.partnerships.parts import Terms
from entente_partnerships.domain.calendar import FOREVER
from entente_partnerships.domain.treaty.consent import Consent, Notice
from entente_partnerships.domain.treaty.entry import Entered, binds_from
from entente_partnerships.domain.treaty.rules import FEWEST_PARTIES
from entente_partnerships.domain.treaty.spans import Span, joined, shared, together, within, without


@dataclass(frozen=True, slots=True)
class Gone:
    """A state that is no more: `until` is the first day without it, `continued_by` goes on as the same party."""

    until: date
    continued_by: str | None = None


Former = Mapping[str, Gone]
"""States that are no more, by code."""

Leaving = Mapping[int, date]
"""The day on which each standing notice, by its step, takes effect."""


@dataclass(frozen=True, slots=True)
class Bound:
    """Days on which a party is bound, and how firmly."""

    span: Span
    how: How


def continued(given: Sequence[Consent], left: Sequence[Notice], former: Former) -> list[Consent]:
    """The consents that a continuing state takes over from the day on which its predecessor is no more, where it gave none of its own."""
    own = {consent.party for consent in given}
    denounced = {notice.party for notice in left}
    taken: list[Consent] = []
    for consent in given:
        gone = former.get(consent.party)
        if gone is None or gone.continued_by is None or gone.continued_by in own or consent.party in denounced or consent.on >= gone.until:
            continue
        taken.append(replace(consent, party=gone.continued_by, since=gone.until))
    return taken


def firmly(
    terms: Terms, entry: Entered, given: Sequence[Consent], left: Sequence[Notice], leaving: Leaving, former: Former
) -> dict[str, list[Span]]:
    """The spans for which each party's consents bind it, as far as its own acts say."""
    own: dict[str, list[Span]] = defaultdict(list)
    for consent in given:
        first = binds_from(consent, entry, terms.entry)
        ends = [(leaving[notice.step], notice.step) for notice in left if notice.party == consent.party and notice.on >= consent.on]
        until, step = min(ends, default=(FOREVER, 0))
        if first < until:
            own[consent.party].append(Span(first, until, together((consent.step,), entry.decisive), (step,) if step else ()))
    return {party: _while_there(joined(spans), party, former) for party, spans in own.items()}


def provisionally(
    applied: Mapping[str, list[Span]],
    firm: Mapping[str, list[Span]],
    left: Sequence[Notice],
    leaving: Leaving,
    limit: Span,
    former: Former,
) -> dict[str, list[Span]]:
    """The spans for which each party applies the agreement provisionally: not once it is in force for it, nor after it has left."""
    found: dict[str, list[Span]] = {}
    for party, spans in applied.items():
        gaps = [Span(leaving[notice.step], because=(notice.step,)) for notice in left if notice.party == party]
        gaps += [Span(span.first, because=span.because) for span in firm.get(party, ())[:1]]
        found[party] = within(without(_while_there(spans, party, former), gaps), [limit])
    return found


def with_others(firm: Mapping[str, list[Span]], applied: Mapping[str, list[Span]]) -> dict[str, tuple[Bound, ...]]:
    """Both together; provisionally only while there is anybody else to be bound to."""
    both = {party: joined([*firm.get(party, ()), *applied.get(party, ())]) for party in {*firm, *applied}}
    enough = shared(list(both.values()), FEWEST_PARTIES)
    found: dict[str, tuple[Bound, ...]] = {}
    for party in sorted(both):
        bound = [Bound(span, How.IN_FORCE) for span in firm.get(party, ())]
        bound += [Bound(span, How.PROVISIONALLY) for span in within(applied.get(party, ()), enough)]
        if bound:
            found[party] = tuple(sorted(bound, key=lambda each: each.span.first))
    return found


def operating(
    standing: Mapping[str, tuple[Bound, ...]], for_all: list[Span], for_one: Mapping[str, list[Span]]
) -> dict[str, tuple[Bound, ...]]:
    """Without the days on which the agreement is suspended for a party."""
    found: dict[str, tuple[Bound, ...]] = {}
    for party, bounds in standing.items():
        gaps = joined([*for_all, *for_one.get(party, ())])
        left = tuple(Bound(span, bound.how) for bound in bounds for span in without([bound.span], gaps))
        if left:
            found[party] = left
    return found


def _while_there(spans: list[Span], party: str, former: Former) -> list[Span]:
    gone = former.get(party)
    return spans if gone is None else within(spans, [Span(date.min, gone.until)])
