"""Whether a step can be corrected or annulled."""

from collections.abc import Sequence

from entente_contracts.events.partnerships.agreements import AgreementOpened, StepAnnulled, StepCorrected
from entente_contracts.refused import Refused
from entente_partnerships.domain.treaty.acts import TreatyEvent, annulled, that_count

Numbered = Sequence[tuple[int, TreatyEvent]]


def check_correction(correction: StepCorrected, steps: Numbered) -> None:
    """Refuses another day for what is no act, has that day already, or would lie before the opening."""
    target = _target(correction.step, steps)
    if isinstance(target, StepCorrected | StepAnnulled):
        raise Refused(
            "no-act",
            f"step {correction.step} is itself a correction",
            mend="correct the act that it is about, or annul the correction",
            where="step",
        )
    acts = {act.step: act for act in that_count(steps)}
    if acts[correction.step].on == correction.on:
        raise Refused("nothing-changes", f"step {correction.step} has the day {correction.on} already", mend="send another day", where="on")
    opened = next(act for act in acts.values() if isinstance(act.what, AgreementOpened))
    if isinstance(target, AgreementOpened):
        first = min((act.on for act in acts.values() if act.step != correction.step), default=correction.on)
        if correction.on > first:
            raise Refused(
                "before-opened",
                f"an act took effect on {first}, before the opening would have been on {correction.on}",
                mend=f"send a day up to {first}, or correct that act first",
                where="on",
            )
    elif correction.on < opened.on:
        raise Refused(
            "before-opened",
            f"{correction.on} lies before the agreement was opened on {opened.on}",
            mend=f"send a day from {opened.on} on, or correct the opening first",
            where="on",
        )


def check_annulment(annulment: StepAnnulled, steps: Numbered) -> None:
    """Refuses to annul the opening, and what is annulled already."""
    if isinstance(_target(annulment.step, steps), AgreementOpened):
        raise Refused(
            "opening-stays",
            "without its opening there is no agreement",
            mend="correct the opening's day, or end the agreement with `terminated`",
            where="step",
        )


def _target(step: int, steps: Numbered) -> TreatyEvent:
    found = dict(steps).get(step)
    if found is None:
        raise Refused(
            "no-such-step",
            f"there is no step {step}; the last is {steps[-1][0]}",
            mend="send the number of a step as GET /partnerships/agreements/{id} lists it",
            where="step",
            also={"last": steps[-1][0]},
        )
    if step in annulled(steps):
        raise Refused("annulled-already", f"step {step} is annulled", "annul the annulment first", where="step")
    return found
