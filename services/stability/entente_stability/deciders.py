"""The two streams that this service decides, as the kernel runs them."""

from entente_contracts.topics import STABILITY
from entente_eventkit.store.decider import Decider
from entente_stability.domain.assessment import (
    LastAssessment,
    RecordAssessment,
    assessment_stream,
    decide_assessment,
    evolve_assessment,
)
from entente_stability.domain.warning import Alarm, JudgeAssessment, decide_warning, evolve_warning, warning_stream

assessment: Decider[RecordAssessment, LastAssessment] = Decider(
    "assessment", STABILITY, assessment_stream, decide_assessment, evolve_assessment, remembers_only_last=True
)

warning: Decider[JudgeAssessment, Alarm] = Decider(
    "warning", STABILITY, warning_stream, decide_warning, evolve_warning, remembers_only_last=True
)
