"""Judges what was read before anything is sent, with the registry's own models and decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from entente_contracts.refused import Refused
from entente_partnerships.asked.acts import member_event, treaty_event
from entente_partnerships.asked.agreements import Recorded, named_in_act, named_in_terms
from entente_partnerships.asked.bodies import RecordedBody
from entente_partnerships.domain.body import TakeOverBody, decide_body
from entente_partnerships.domain.treaty.agreement import TakeOver, decide_agreement
from entente_partnerships.states import former, is_state
from entente_platform.agreements.lines import Left, Line, Taken


@dataclass(frozen=True, slots=True)
class Judge:
    """Knows the day and the bodies that may be named beside states."""

    today: date
    bodies: frozenset[str]

    def judge(self, line: Line) -> Line:
        """The line as it was, or why the registry would refuse it."""
        if isinstance(line, Left):
            return line
        try:
            self._decide(line.item)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            value = str(first["input"])[:60]
            return Left(line.line, "invalid", f"{line.name}: {where}: {first['msg']}, got {value!r}", "correct the value")
        except Refused as refused:
            return Left(line.line, refused.code, f"{line.name}: {refused.where}: {refused.detail}", refused.mend)
        return line

    def _decide(self, item: Mapping[str, Any]) -> None:
        if "body" in item:
            body = RecordedBody.model_validate(item)
            self._known([named for number, act in enumerate(body.acts) for named in named_in_act(act, f"acts[{number}].")])
            steps = tuple(member_event(body.body, act) for act in body.acts)
            decide_body(TakeOverBody(body.event(), steps, self.today), None)
            return
        agreement = Recorded.model_validate(item)
        named = [*named_in_terms(agreement.terms, "terms")]
        named += [each for number, act in enumerate(agreement.acts) for each in named_in_act(act, f"acts[{number}].")]
        self._known(named)
        acts = tuple(treaty_event(agreement.agreement, act) for act in agreement.acts)
        decide_agreement(TakeOver(agreement.event(), acts, self.today, former()), None)

    def _known(self, named: Sequence[tuple[str, str]]) -> None:
        for where, party in named:
            if not is_state(party) and party not in self.bodies:
                raise Refused(
                    "unknown-party",
                    f"{party!r} is no state of ISO 3166-1 or 3166-3, and no body of that name is known here",
                    mend="write a state's alpha-3 code, such as FRA, or register the body first",
                    where=where,
                )


def judged(lines: Sequence[Line], today: date, bodies: frozenset[str] = frozenset()) -> list[Line]:
    """Every line judged; bodies among the lines may be named by the others."""
    own = {line.name for line in lines if isinstance(line, Taken) and "body" in line.item}
    judge = Judge(today, bodies | own)
    return [judge.judge(line) for line in lines]
