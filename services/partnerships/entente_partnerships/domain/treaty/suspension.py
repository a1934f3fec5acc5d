"""When an agreement's operation is suspended, for whom, and by which acts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from entente_contracts.events.partnerships.agreements import AgreementResumed, AgreementSuspended
from entente_partnerships.domain.calendar import FOREVER
from entente_partnerships.domain.treaty.acts import Act
from entente_partnerships.domain.treaty.spans import Span


def suspensions(acts: Sequence[Act]) -> tuple[list[Span], dict[str, list[Span]]]:
    """The spans in which the agreement is suspended: for all, and for single parties.

    What is suspended for all is resumed for all only; to resume for all also resumes for each.
    """
    for_all: list[Span] = []
    for_one: dict[str, list[Span]] = defaultdict(list)
    for act in acts:
        match act.what:
            case AgreementSuspended(parties=None):
                _begin(for_all, act)
            case AgreementSuspended(parties=parties):
                for party in parties or ():
                    _begin(for_one[party], act)
            case AgreementResumed(parties=None):
                for spans in (for_all, *for_one.values()):
                    _end(spans, act)
            case AgreementResumed(parties=parties):
                for party in parties or ():
                    _end(for_one[party], act)
    return for_all, dict(for_one)


def _begin(spans: list[Span], act: Act) -> None:
    if not spans or spans[-1].until != FOREVER:
        spans.append(Span(act.on, because=(act.step,)))


def _end(spans: list[Span], act: Act) -> None:
    if spans and spans[-1].until == FOREVER:
        spans[-1] = replace(spans[-1], until=act.on, ended_by=(act.step,))
