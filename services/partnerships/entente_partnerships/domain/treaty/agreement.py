"""An agreement: its acts written down one by one, each only where it can be. Stream: `agreement/<id>`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from entente_contracts.events.partnerships.agreements import AgreementOpened, StepAnnulled, StepCorrected
from entente_contracts.refused import Refused
from entente_partnerships.domain.treaty.acts import Dated, TreatyEvent
from entente_partnerships.domain.treaty.correcting import check_annulment, check_correction
from entente_partnerships.domain.treaty.life import Life, life_of
from entente_partnerships.domain.treaty.opening import check_terms
from entente_partnerships.domain.treaty.possible import check_possible
from entente_partnerships.domain.treaty.standing import Former


@dataclass(frozen=True, slots=True)
class RecordAct:
    """Write down an act of a treaty's life, an opening, a correction or an annulment. `today`: no act lies behind it."""

    act: TreatyEvent
    today: date
    former: Former


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Write down a whole recorded life: of an agreement that is there already, only the acts that it lacks."""

    opened: AgreementOpened
    acts: tuple[Dated, ...]
    today: date
    former: Former


AgreementCommand = RecordAct | TakeOver


@dataclass(frozen=True, slots=True)
class Agreement:
    """Everything written down of an agreement, in order; the first step is number 1."""

    steps: tuple[TreatyEvent, ...]

    @property
    def numbered(self) -> list[tuple[int, TreatyEvent]]:
        """The steps with their numbers."""
        return list(enumerate(self.steps, 1))

    def life(self, former: Former) -> Life:
        """What follows from the steps."""
        life = life_of(self.numbered, former)
        if life is None:
            raise ValueError("an agreement begins with its opening, which is never annulled")
        return life


def agreement_stream(command: AgreementCommand) -> str:
    """`agreement/<id>`."""
    return f"agreement/{command.act.agreement if isinstance(command, RecordAct) else command.opened.agreement}"


def decide_agreement(command: AgreementCommand, agreement: Agreement | None) -> Sequence[TreatyEvent]:
    """The acts to be written down, or `Refused`."""
    if isinstance(command, TakeOver):
        return _take_over(command, agreement)
    return [_record(command.act, agreement, command.today, command.former)]


def evolve_agreement(agreement: Agreement | None, event: TreatyEvent) -> Agreement:
    """One step more."""
    if agreement is None:
        if not isinstance(event, AgreementOpened):
            raise ValueError(f"{event.event_type()} of {event.agreement!r} comes before the agreement was opened")
        return Agreement((event,))
    return Agreement((*agreement.steps, event))


def _take_over(command: TakeOver, agreement: Agreement | None) -> list[TreatyEvent]:
    wanted: list[tuple[int | None, TreatyEvent]] = [(None, command.opened), *enumerate(command.acts)]
    if agreement is not None:
        if command.opened != agreement.steps[0]:
            raise Refused(
                "other-terms",
                f"{command.opened.agreement} is registered with other terms or another day of opening",
                mend="take it over under another id, or record the difference as an amendment or a correction",
                where="terms",
                status=409,
            )
        there = list(agreement.steps)
        wanted = []
        for place, act in enumerate(command.acts):
            if act in there:
                there.remove(act)
            else:
                wanted.append((place, act))
    made: list[TreatyEvent] = []
    for at, step in wanted:
        try:
            made.append(_record(step, agreement, command.today, command.former))
        except Refused as refused:
            if at is not None:
                refused.where = f"acts[{at}].{refused.where}" if refused.where else f"acts[{at}]"
            raise
        agreement = evolve_agreement(agreement, step)
    return made


def _record(act: TreatyEvent, agreement: Agreement | None, today: date, former: Former) -> TreatyEvent:
    if not isinstance(act, StepAnnulled) and act.on > today:
        raise Refused(
            "not-yet",
            f"{act.on} has not come; here it is {today}",
            mend=f"record an act once it has happened: send a day up to {today}",
            where="on",
            also={"today": today.isoformat()},
        )
    if isinstance(act, AgreementOpened):
        if agreement is not None:
            raise Refused(
                "agreement-exists",
                f"an agreement {act.agreement!r} is registered already",
                mend="choose another id, or record acts of the one that is there",
                where="agreement",
                status=409,
            )
        check_terms(act.terms, act.on)
        return act
    if agreement is None:
        raise Refused("no-such-agreement", f"no agreement {act.agreement!r} is registered", "open it first", where="agreement", status=404)
    match act:
        case StepCorrected():
            check_correction(act, agreement.numbered)
        case StepAnnulled():
            check_annulment(act, agreement.numbered)
        case _:
            check_possible(act, agreement.life(former))
    return act
