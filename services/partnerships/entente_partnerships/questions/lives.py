"""The lives of agreements as they were known, from their steps."""

from dataclasses import dataclass

from sqlmodel import col

from entente_contracts.events.partnerships.bindings import Ground
from entente_contracts.refused import Refused
from entente_contracts.registry import current_of
from entente_eventkit.projecting.ask import Ask
from entente_partnerships.domain.treaty.acts import TreatyEvent
from entente_partnerships.domain.treaty.life import Life, life_of
from entente_partnerships.domain.treaty.words import in_words
from entente_partnerships.projections.what_it_gives import Step, StepRow
from entente_partnerships.questions.moments import Moment
from entente_partnerships.states import former


@dataclass(frozen=True, slots=True)
class Known:
    """An agreement as it was known: its steps, and what follows from them."""

    agreement: str
    steps: list[Step]
    life: Life

    def ground(self, step: int) -> Ground:
        """A step that counts, as a ground."""
        act = next(act for act in self.life.acts if act.step == step)
        return Ground(event=self.steps[step - 1].event, what=in_words(act.what), on=act.on)

    def grounds(self, steps: tuple[int, ...]) -> list[Ground]:
        """Steps as grounds, in order of their day, those of one day as they were recorded."""
        return sorted(map(self.ground, sorted(steps)), key=lambda ground: ground.on)


def said(step: Step) -> TreatyEvent:
    """What a step says."""
    event: TreatyEvent = current_of(step.name).model_validate_json(step.data)  # type: ignore[assignment]  # a treaty's streams hold no others
    return event


def known_life(ask: Ask, agreement: str, moment: Moment) -> Known | None:
    """An agreement as it was known at the end of the day; None where nothing was known of it."""
    steps = ask.all(StepRow, StepRow.agreement == agreement, col(StepRow.known) < moment.known_before)
    life = life_of(((step.step, said(step)) for step in steps), former())
    return None if life is None else Known(agreement, steps, life)


def must_be_known(ask: Ask, agreement: str, moment: Moment) -> Known:
    """As `known_life`; refuses an agreement that was not known."""
    found = known_life(ask, agreement, moment)
    if found is None:
        raise Refused(
            "no-such-agreement",
            f"by the end of {moment.known_on} no agreement {agreement!r} was registered",
            mend="GET /partnerships/agreements lists them; ask by what was known later, or open it first",
            where="path agreement",
            status=404,
        )
    return found
