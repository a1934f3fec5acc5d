"""What holds of every life that can be written down, whatever happens in it."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from entente_contracts.events.partnerships.agreements import (
    AgreementDenounced,
    AgreementResumed,
    AgreementSuspended,
    ConsentExpressed,
    DenunciationWithdrawn,
    Form,
    ProvisionalApplicationBegan,
    StepAnnulled,
    StepCorrected,
)
from entente_contracts.events.partnerships.bindings import How
from entente_contracts.events.partnerships.bodies import (
    BindingRule,
    BodyKind,
    BodyRegistered,
    MembershipBegan,
    MembershipEnded,
    MembershipResumed,
    MembershipSuspended,
    Standing,
)
from entente_contracts.events.partnerships.parts import Delay, Entry, EntryRule, ExitRule
from entente_contracts.recorded import Recorded
from entente_contracts.refused import Refused
from entente_partnerships.domain.body import RecordMembership, decide_body, evolve_body
from entente_partnerships.domain.calendar import FOREVER, after
from entente_partnerships.domain.membership import belongings, standing_on
from entente_partnerships.domain.telling import Tell, decide_telling, evolve_telling
from entente_partnerships.domain.treaty.agreement import RecordAct, decide_agreement, evolve_agreement
from entente_partnerships.domain.treaty.entry import Entered
from entente_partnerships.domain.treaty.life import life_of
from entente_partnerships.projections.who_is_bound import Bound, who_is_bound
from entente_partnerships.questions.pieces import _own  # the rows' own way into pieces
from entente_partnerships.testing.acts import (
    ART_1,
    PACT,
    amended,
    notice_withdrawn,
    opened,
    reserved,
    resumed,
    suspended,
    terminated,
    unreserved,
)
from entente_testkit.history import START, recorded
from entente_testkit.projecting import RowsInMemory

PARTIES = ("FRA", "DEU", "ITA", "OSCE")
FIRST = date(2000, 1, 1)
TODAY = date(2009, 12, 1)
DAYS = st.integers(0, 3_600).map(lambda number: FIRST + timedelta(days=number))
ONE_DAY = timedelta(days=1)
A_LIFE = settings(max_examples=250, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
ENTRIES = st.builds(
    EntryRule,
    by=st.just(Entry.DEPOSITS),
    deposits=st.integers(1, 3),
    delay=st.builds(Delay, months=st.integers(0, 2), days=st.integers(0, 40), to_month=st.booleans()),
    later=st.none() | st.builds(Delay, days=st.integers(0, 40)),
)
EXITS = st.none() | st.builds(ExitRule, notice=st.builds(Delay, months=st.integers(0, 13)))


class TreatyLife(RuleBasedStateMachine):
    """Acts of any kind on any day, each written down where it can be, one a day of the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.agreement: Any = None
        self.events: list[Recorded[Any]] = []
        self.rows = RowsInMemory(who_is_bound)

    @initialize(entry=ENTRIES, exit_rule=EXITS, early=st.dictionaries(st.sampled_from(PARTIES), st.integers(0, 900)))
    def opens(self, entry: EntryRule, exit_rule: ExitRule | None, early: dict[str, int]) -> None:
        self.act(opened("2000-01-01", entry=entry, exit=exit_rule))
        for party, number in early.items():
            self.act(ConsentExpressed(agreement=PACT, party=party, form=Form.RATIFICATION, on=FIRST + timedelta(days=number)))

    @rule(party=st.sampled_from(PARTIES), on=DAYS, form=st.sampled_from([Form.RATIFICATION, Form.ACCESSION]))
    def consents(self, party: str, on: date, form: Form) -> None:
        self.act(ConsentExpressed(agreement=PACT, party=party, form=form, on=on))

    @rule(party=st.sampled_from(PARTIES), on=DAYS)
    def denounces(self, party: str, on: date) -> None:
        self.act(AgreementDenounced(agreement=PACT, party=party, on=on))

    @rule(party=st.sampled_from(PARTIES), on=DAYS)
    def takes_its_notice_back(self, party: str, on: date) -> None:
        self.act(notice_withdrawn(party, on.isoformat()))

    @rule(party=st.sampled_from(PARTIES), on=DAYS)
    def applies_provisionally(self, party: str, on: date) -> None:
        self.act(ProvisionalApplicationBegan(agreement=PACT, party=party, on=on))

    @rule(on=DAYS, parties=st.sets(st.sampled_from(PARTIES)))
    def is_suspended(self, on: date, parties: set[str]) -> None:
        self.act(suspended(on.isoformat(), *sorted(parties)))

    @rule(on=DAYS, parties=st.sets(st.sampled_from(PARTIES)))
    def is_resumed(self, on: date, parties: set[str]) -> None:
        self.act(resumed(on.isoformat(), *sorted(parties)))

    @rule(party=st.sampled_from(PARTIES), on=DAYS)
    def reserves(self, party: str, on: date) -> None:
        self.act(reserved(party, on.isoformat(), "art-1", name=f"r-{party.lower()}"))

    @rule(party=st.sampled_from(PARTIES), on=DAYS)
    def takes_its_reservation_back(self, party: str, on: date) -> None:
        self.act(unreserved(party, on.isoformat(), f"r-{party.lower()}"))

    @rule(on=DAYS)
    def is_amended(self, on: date) -> None:
        self.act(amended(on.isoformat(), ART_1, name=f"a{len(self.events)}"))

    @rule(on=DAYS)
    @precondition(lambda self: len(self.events) > 8)
    def is_terminated(self, on: date) -> None:
        self.act(terminated(on.isoformat()))

    @rule(step=st.integers(1, 30), on=DAYS)
    def is_corrected(self, step: int, on: date) -> None:
        self.act(StepCorrected(agreement=PACT, step=step, on=on, because="misread"))

    @rule(step=st.integers(1, 30))
    def is_annulled(self, step: int) -> None:
        self.act(StepAnnulled(agreement=PACT, step=step, because="of another"))

    def act(self, event: Any) -> None:
        try:
            (made,) = decide_agreement(RecordAct(event, TODAY, {}), self.agreement)
        except Refused:
            return
        self.agreement = evolve_agreement(self.agreement, made)
        number = len(self.events) + 1
        written = recorded(made, f"agreement/{PACT}", number, at=START + timedelta(days=number))
        self.events.append(written)
        self.rows.fold(written)

    @invariant()
    def a_party_is_bound_exactly_while_its_consent_stands_in_force_and_unsuspended(self) -> None:
        """Counted by hand, act by act: not before its consent took effect, not after its leaving did."""
        life = self.agreement.life({}) if self.agreement else None
        if life is None:
            return
        acts = self.acts_by_hand()
        applied = {act.party for act, _ in acts if isinstance(act, ProvisionalApplicationBegan)}
        for party in PARTIES:
            for day in self.days_that_matter(life):
                firm = life.in_force_on(day) is not None and self.consent_stands(acts, life, party, day)
                bound = life.how_bound(party, day)
                if bound is not None and bound.how is How.PROVISIONALLY:
                    assert party in applied
                    assert not firm
                else:
                    assert (bound is not None) == (firm and not self.is_suspended_on(acts, party, day)), (party, day)

    @invariant()
    def it_is_in_force_only_while_two_consents_stand(self) -> None:
        life = self.agreement.life({}) if self.agreement else None
        if life is None:
            return
        acts = self.acts_by_hand()
        for window in life.force:
            assert isinstance(life.entry, Entered)
            assert life.entry.on <= window.first < window.until
            for day in (window.first, min(window.until, TODAY + timedelta(days=800)) - ONE_DAY):
                if window.holds(day):
                    assert sum(self.consent_stands(acts, life, party, day) for party in PARTIES) >= 2, day

    def days_that_matter(self, life: Any) -> set[date]:
        spans = [bound.span for bounds in life.bound.values() for bound in bounds] + list(life.force)
        edges = {day for span in spans for day in (span.first, span.until) if day != FOREVER} | {on for _, on in self.acts_by_hand()}
        return {day + shift for day in edges for shift in (-ONE_DAY, timedelta(0), ONE_DAY)}

    def acts_by_hand(self) -> list[tuple[Any, date]]:
        """The acts that count, each with its day, in order: annulled ones left out, corrected ones moved."""
        steps = {event.sequence: event.data for event in self.events}
        gone: set[int] = set()
        for number in sorted(steps, reverse=True):
            if isinstance(steps[number], StepAnnulled) and number not in gone:
                gone.add(steps[number].step)
        days = {number: step.on for number, step in steps.items() if not isinstance(step, StepAnnulled)}
        for number, step in steps.items():
            if isinstance(step, StepCorrected) and number not in gone:
                days[step.step] = step.on
        left = [number for number, step in steps.items() if number not in gone and not isinstance(step, StepAnnulled | StepCorrected)]
        return [(steps[number], days[number]) for number in sorted(left, key=lambda number: (days[number], number))]

    def consent_stands(self, acts: list[tuple[Any, date]], life: Any, party: str, day: date) -> bool:
        """A consent that binds by then, after which no notice has run out."""
        entry, rule = life.entry, life.terms.entry
        if not isinstance(entry, Entered):
            return False
        given: list[date] = []
        notices: list[date] = []
        for act, on in acts:
            if getattr(act, "party", None) != party:
                continue
            if isinstance(act, ConsentExpressed):
                given.append(on)
            elif isinstance(act, AgreementDenounced):
                notices.append(on)
            elif isinstance(act, DenunciationWithdrawn) and notices:
                notices.pop()
        later = rule.delay if rule.later is None else rule.later
        notice = Delay(months=12) if life.terms.exit is None else life.terms.exit.notice
        return any(
            (entry.on if consent <= entry.complete else max(entry.on, after(consent, later))) <= day
            and not any(on >= consent and after(on, notice) <= day for on in notices)
            for consent in given
        )

    def is_suspended_on(self, acts: list[tuple[Any, date]], party: str, day: date) -> bool:
        for_all = for_it = False
        for act, on in acts:
            if on <= day and isinstance(act, AgreementSuspended | AgreementResumed):
                begins = isinstance(act, AgreementSuspended)
                if act.parties is None:
                    for_all = begins
                    for_it = for_it and begins
                elif party in act.parties:
                    for_it = begins
        return for_all or for_it

    @invariant()
    def as_of_any_day_of_knowledge_the_rows_equal_a_fold_of_the_events_known_by_then(self) -> None:
        for known in {1, len(self.events) // 2, len(self.events)} - {0}:
            assert self.as_rows_say(known) == self.as_a_fold_says(known)

    def as_rows_say(self, known: int) -> set[Any]:
        before = START + timedelta(days=known, seconds=1)
        rows = [row for row in self.rows.all(Bound) if row.known < before and (row.gone is None or row.gone >= before)]
        return {(row.party, row.first, row.until or FOREVER, row.how) for row in _whole(rows)}

    def as_a_fold_says(self, known: int) -> set[Any]:
        life = life_of((event.sequence, event.data) for event in self.events[:known])
        assert life is not None
        return {
            (party, bound.span.first, bound.span.until, bound.how.value)
            for party, bounds in life.bound.items()
            for bound in _joined(bounds)
        }

    @invariant()
    def what_is_told_answers_as_the_life_itself_does(self) -> None:
        """Told step by step, on every day on which something changes: the last telling answers for every day that has come."""
        life = self.agreement.life({}) if self.agreement else None
        if life is None:
            return
        rows = [row for row in self.rows.all(Bound) if row.gone is None]
        pieces = {party: [_own(row) for row in rows if row.party == party] for party in {row.party for row in rows}}
        command = Tell(PACT, "Pact", TODAY, None, pieces)
        told = None
        for event in decide_telling(command, told):
            told = evolve_telling(told, event)
        assert list(decide_telling(command, told)) == []
        for party in PARTIES:
            last = told.parties.get(party) if told is not None else None
            assert last is None or all(span.first <= TODAY and (span.until is None or span.until <= TODAY) for span in last.spans)
            for day in (FIRST, date(2004, 2, 29), date(2008, 7, 1), TODAY):
                bound = last is not None and any(span.first <= day and (span.until is None or day < span.until) for span in last.spans)
                assert bound == (life.how_bound(party, day) is not None), (party, day)


def _whole(rows: list[Bound]) -> list[Bound]:
    """Rows that differ only in what they give as one."""
    found: list[Bound] = []
    for row in sorted(rows, key=lambda each: (each.party, each.first)):
        last = found[-1] if found else None
        if last is not None and (last.party, last.until, last.how) == (row.party, row.first, row.how):
            found[-1] = last.model_copy(update={"until": row.until})
        else:
            found.append(row)
    return found


def _joined(bounds: Any) -> list[Any]:
    found: list[Any] = []
    for bound in bounds:
        if found and found[-1].span.until == bound.span.first and found[-1].how == bound.how:
            found[-1] = replace(found[-1], span=replace(found[-1].span, until=bound.span.until))
        else:
            found.append(bound)
    return found


TestTreatyLife = TreatyLife.TestCase
TestTreatyLife.settings = A_LIFE


class Membership(RuleBasedStateMachine):
    """A member that joins, is suspended, comes back and leaves, on any days."""

    RULES = (BindingRule(standings=(Standing.FULL,)), BindingRule(standings=(Standing.FULL,), while_suspended=True))

    def __init__(self) -> None:
        super().__init__()
        registered = BodyRegistered(body="OSCE", name="OSCE", kind=BodyKind.REGIONAL_BODY, binds=self.RULES[0])
        self.body = evolve_body(None, registered)
        self.counted: list[tuple[date, str, str]] = []

    @rule(member=st.sampled_from(["ITA", "FRA"]), on=DAYS)
    def joins(self, member: str, on: date) -> None:
        self.step(MembershipBegan(body="OSCE", member=member, standing=Standing.FULL, on=on))

    @rule(member=st.sampled_from(["ITA", "FRA"]), on=DAYS)
    def is_suspended(self, member: str, on: date) -> None:
        self.step(MembershipSuspended(body="OSCE", member=member, because="decided", on=on))

    @rule(member=st.sampled_from(["ITA", "FRA"]), on=DAYS)
    def comes_back(self, member: str, on: date) -> None:
        self.step(MembershipResumed(body="OSCE", member=member, because="decided", on=on))

    @rule(member=st.sampled_from(["ITA", "FRA"]), on=DAYS)
    def leaves(self, member: str, on: date) -> None:
        self.step(MembershipEnded(body="OSCE", member=member, because="its wish", on=on))

    def step(self, event: Any) -> None:
        before = belongings(self.body.numbered)
        try:
            (made,) = decide_body(RecordMembership(event, TODAY), self.body)
        except Refused:
            return
        self.body = evolve_body(self.body, made)
        now = belongings(self.body.numbered)
        others = {member for member in {*before, *now} if member != event.member}
        for other in others:
            assert before.get(other) == now.get(other), "a step of one member changed another's"
        untouched = event.on - ONE_DAY
        assert standing_on(before, event.member, untouched) == standing_on(now, event.member, untouched) or _same_but_end(
            standing_on(before, event.member, untouched), standing_on(now, event.member, untouched)
        )

    @invariant()
    def a_member_belongs_as_its_steps_say_one_after_the_other(self) -> None:
        found = belongings(self.body.numbered)
        for member in ("ITA", "FRA"):
            of_it = [(event.on, number, event) for number, event in self.body.numbered if getattr(event, "member", None) == member]
            for day in {on + shift for on, _, _ in of_it for shift in (-ONE_DAY, timedelta(0), ONE_DAY)}:
                belongs = suspended_then = False
                for on, _, event in sorted(of_it, key=lambda each: each[:2]):
                    if on <= day:
                        belongs = not isinstance(event, MembershipEnded) and (belongs or isinstance(event, MembershipBegan))
                        suspended_then = belongs and (suspended_then or isinstance(event, MembershipSuspended))
                        suspended_then = suspended_then and not isinstance(event, MembershipResumed)
                now = standing_on(found, member, day)
                assert (now is not None, now is not None and now.suspended) == (belongs, suspended_then), (member, day)

    @invariant()
    def spans_of_a_member_never_overlap(self) -> None:
        for spans in belongings(self.body.numbered).values():
            for one, other in pairwise(spans):
                assert one.span.until <= other.span.first


def _same_but_end(one: Any, other: Any) -> bool:
    return one is not None and other is not None and (one.standing, one.suspended) == (other.standing, other.suspended)


TestMembership = Membership.TestCase
TestMembership.settings = A_LIFE
