"""What each party did towards an agreement: how it consented, how it left, what it applied provisionally."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from entente_contracts.events.partnerships.agreements import (
    AgreementDenounced,
    AgreementSigned,
    ConsentExpressed,
    DenunciationWithdrawn,
    ProvisionalApplicationBegan,
    ProvisionalApplicationEnded,
)
from entente_contracts.events.partnerships.parts import Entry, ExitRule, Terms
from entente_partnerships.domain.calendar import FOREVER, after
from entente_partnerships.domain.treaty.acts import Act
from entente_partnerships.domain.treaty.rules import NOTICE
from entente_partnerships.domain.treaty.spans import Span


@dataclass(frozen=True, slots=True)
class Consent:
    """A party's consent to be bound, by act number `step`. `since`: the day of a succession that it goes back to."""

    party: str
    on: date
    step: int
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A party's notice that it leaves: given on a day; `effective`, where it names the day itself."""

    party: str
    on: date
    step: int
    effective: date | None


def consents(terms: Terms, acts: Sequence[Act]) -> list[Consent]:
    """All consents in order of their day. A signature is one where the agreement enters into force by signature, or by a date."""
    found: list[Consent] = []
    signing_binds = terms.entry.by in {Entry.SIGNATURE, Entry.DATE}
    for act in acts:
        match act.what:
            case ConsentExpressed():
                found.append(Consent(act.what.party, act.on, act.step, act.what.since))
            case AgreementSigned() if signing_binds:
                found.append(Consent(act.what.party, act.on, act.step))
    return found


def notices(acts: Sequence[Act]) -> list[Notice]:
    """All notices to leave that were not taken back, in order of their day."""
    standing: dict[str, list[Notice]] = defaultdict(list)
    for act in acts:
        match act.what:
            case AgreementDenounced():
                standing[act.what.party].append(Notice(act.what.party, act.on, act.step, act.what.effective))
            case DenunciationWithdrawn() if standing[act.what.party]:
                standing[act.what.party].pop()
    return sorted((notice for some in standing.values() for notice in some), key=lambda notice: (notice.on, notice.step))


def leaves_on(notice: Notice, exit_rule: ExitRule | None, entered: date | None, term_ends: date | None) -> date:
    """The first day on which a notice's giver is not bound.

    `term_ends`: the end of the term then running of an agreement that renews itself and has no notice of its own.
    """
    if notice.effective is not None:
        return notice.effective
    if exit_rule is None:
        return term_ends if term_ends is not None else after(notice.on, NOTICE)
    given = notice.on
    if exit_rule.not_before is not None and entered is not None:
        given = max(given, after(entered, exit_rule.not_before))
    return after(given, exit_rule.notice)


def provisional(acts: Sequence[Act]) -> Mapping[str, list[Span]]:
    """The spans in which each party said it applied the agreement provisionally."""
    found: dict[str, list[Span]] = defaultdict(list)
    for act in acts:
        match act.what:
            case ProvisionalApplicationBegan():
                spans = found[act.what.party]
                if not spans or spans[-1].until != FOREVER:
                    spans.append(Span(act.on, because=(act.step,)))
            case ProvisionalApplicationEnded():
                spans = found[act.what.party]
                if spans and spans[-1].until == FOREVER and spans[-1].first < act.on:
                    spans[-1] = Span(spans[-1].first, act.on, spans[-1].because, (act.step,))
                elif spans and spans[-1].until == FOREVER:
                    spans.pop()
    return found
