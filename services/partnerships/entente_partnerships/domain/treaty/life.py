"""The life of an agreement as far as it is known: in force since when, until when, and for whom. A pure function of its acts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from entente_contracts.events.partnerships.agreements import AgreementOpened
from entente_contracts.events.partnerships.bindings import Ceased
from entente_contracts.events.partnerships.parts import Terms
from entente_partnerships.domain.calendar import FOREVER
from entente_partnerships.domain.treaty.acts import Act, TreatyEvent, that_count
from entente_partnerships.domain.treaty.consent import Consent, Notice, consents, leaves_on, notices, provisional
from entente_partnerships.domain.treaty.ending import Lasting, lasting, term_running, until_ended
from entente_partnerships.domain.treaty.entry import Entered, Missing, entry_of
from entente_partnerships.domain.treaty.rules import FEWEST_PARTIES
from entente_partnerships.domain.treaty.spans import Span, shared, within
from entente_partnerships.domain.treaty.standing import Bound, Former, Leaving, continued, firmly, operating, provisionally, with_others
from entente_partnerships.domain.treaty.suspension import suspensions


@dataclass(frozen=True, slots=True)
class Life:
    """What follows from the acts. `force`: the windows in which the agreement is in force; `ceased`: why the last of them ends."""

    terms: Terms
    acts: tuple[Act, ...]
    entry: Entered | Missing
    force: tuple[Span, ...] = ()
    ceased: Ceased | None = None
    bound: Mapping[str, tuple[Bound, ...]] = field(default_factory=dict)
    given: tuple[Consent, ...] = ()
    notices: tuple[Notice, ...] = ()
    leaving: Leaving = field(default_factory=dict)

    def how_bound(self, party: str, day: date) -> Bound | None:
        """How a party is bound on a day, if it is."""
        return next((bound for bound in self.bound.get(party, ()) if bound.span.holds(day)), None)

    def in_force_on(self, day: date) -> Span | None:
        """The window in which the agreement is in force on a day, if it is."""
        return next((window for window in self.force if window.holds(day)), None)

    def has_consented(self, party: str, day: date) -> bool:
        """Whether a consent of the party stands on a day: given by then, and no notice to leave has taken effect since."""
        given = [consent.on for consent in self.given if consent.party == party and consent.on <= day]
        left = [self.leaving[notice.step] for notice in self.notices if notice.party == party and self.leaving[notice.step] <= day]
        return bool(given) and (not left or max(given) >= max(left))


def life_of(events: Iterable[tuple[int, TreatyEvent]], former: Former | None = None) -> Life | None:
    """The life that a stream's numbered events tell; None where no opening counts."""
    acts = that_count(events)
    opened = next((act for act in acts if isinstance(act.what, AgreementOpened)), None)
    if opened is None or not isinstance(opened.what, AgreementOpened):
        return None
    terms, gone, left = opened.what.terms, former or {}, notices(acts)
    given = consents(terms, acts)
    given = [*given, *continued(given, left, gone)]
    entry, leaving = _entry(terms, given, left)
    lasts = lasting(terms, entry.on, acts) if isinstance(entry, Entered) else Lasting((), None)
    own = firmly(terms, entry, given, left, leaving, gone) if isinstance(entry, Entered) else {}
    own = {party: within(spans, lasts.windows) for party, spans in own.items()}
    force = shared(list(own.values()), FEWEST_PARTIES)
    firm = {party: within(spans, force) for party, spans in own.items()}
    end = lasts.windows[-1] if lasts.windows and lasts.windows[-1].until != FOREVER else until_ended(acts)
    limit = Span(opened.on, end.until, (), end.ended_by) if opened.on < end.until else Span(opened.on, opened.on)
    applied = provisionally(provisional(acts), firm, left, leaving, limit, gone)
    bound = operating(with_others(firm, applied), *suspensions(acts))
    return Life(terms, tuple(acts), entry, tuple(force), _ceased(force, lasts), bound, tuple(given), tuple(left), leaving)


def _entry(terms: Terms, given: Sequence[Consent], left: Sequence[Notice]) -> tuple[Entered | Missing, dict[int, date]]:
    """The entry into force, counting no consent that was given up before; and when each notice takes effect."""
    counted = list(given)
    while True:
        entry = entry_of(terms, counted)
        leaving = {notice.step: _leaves(terms, notice, entry) for notice in left}
        if isinstance(entry, Missing):
            return entry, leaving
        void = [one for one in counted if one.on <= entry.on and _given_up(one, left, leaving) <= entry.on]
        if not void:
            return entry, leaving
        counted = [one for one in counted if one not in void]


def _leaves(terms: Terms, notice: Notice, entry: Entered | Missing) -> date:
    entered = entry.on if isinstance(entry, Entered) else None
    running = term_running(terms.term, entered, notice.on) if entered is not None and entered <= notice.on else None
    return leaves_on(notice, terms.exit, entered, running[1] if running else None)


def _given_up(consent: Consent, left: Sequence[Notice], leaving: Leaving) -> date:
    after_it = [leaving[notice.step] for notice in left if notice.party == consent.party and notice.on >= consent.on]
    return min(after_it, default=FOREVER)


def _ceased(force: Sequence[Span], lasts: Lasting) -> Ceased | None:
    if not force or force[-1].until == FOREVER:
        return None
    if not lasts.windows or force[-1].until < lasts.windows[-1].until:
        return Ceased.LEFT
    return lasts.how
