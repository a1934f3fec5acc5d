"""The streams that this service decides on."""

from entente_contracts.topics import PARTNERSHIPS
from entente_eventkit.store.decider import Decider
from entente_partnerships.domain.body import Body, BodyCommand, body_stream_of, decide_body, evolve_body
from entente_partnerships.domain.telling import Tell, Told, binding_stream, decide_telling, evolve_telling
from entente_partnerships.domain.treaty.agreement import Agreement, AgreementCommand, agreement_stream, decide_agreement, evolve_agreement

agreement: Decider[AgreementCommand, Agreement] = Decider("agreement", PARTNERSHIPS, agreement_stream, decide_agreement, evolve_agreement)
body: Decider[BodyCommand, Body] = Decider("body", PARTNERSHIPS, body_stream_of, decide_body, evolve_body)
binding: Decider[Tell, Told] = Decider("binding", PARTNERSHIPS, binding_stream, decide_telling, evolve_telling)
