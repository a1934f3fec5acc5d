"""Turns an assessment into a warning raised or lifted.

Only a fresh assessment moves a warning: one of the day on which it was made, or of the day before (the duty of midnight, and what came in
just before it). One of an older day corrects the record: a warning tells people to act now, and a correction of last month does not; where
it matters still, the assessment of today that follows from the same mark says so.
"""

from collections.abc import Iterable

from entente_contracts.events.stability import StabilityAssessed
from entente_contracts.recorded import Recorded
from entente_contracts.topics import STABILITY
from entente_eventkit.acting.declare import Deed, Do, Policy
from entente_eventkit.projecting.ask import Ask
from entente_stability import deciders
from entente_stability.domain.warning import JudgeAssessment
from entente_stability.policies.calendar import ONE_DAY
from entente_stability.weights import weights_in_force


def react(assessed: Recorded[StabilityAssessed], _: Ask) -> Iterable[Deed]:
    """Judges a fresh assessment by the thresholds in force."""
    data = assessed.data
    if assessed.recordedtime.date() - data.day <= ONE_DAY:
        thresholds = weights_in_force().thresholds
        yield Do(deciders.warning, JudgeAssessment(data.country, data.day, data.stability, assessed.id, thresholds))


warn_when_assessed = Policy("warn-when-assessed", reads=[STABILITY], on=[StabilityAssessed], react=react)
