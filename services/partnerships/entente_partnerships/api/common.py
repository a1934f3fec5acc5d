"""What several routes take."""

from datetime import date
from typing import Annotated

from fastapi import Path, Query

from entente_contracts.events.partnerships.parts import AgreementId, PartyId
from entente_eventkit.shell.context import Shell
from entente_eventkit.shell.permissions import requires
from entente_partnerships.questions.moments import Moment, moment_of

reads = [requires("partnerships:read")]
writes = [requires("partnerships:write")]

IMPORT_LIMIT = 8 * 1024 * 1024
"""Bytes that may be taken over at once."""

On = Annotated[date | None, Query(description="the day asked about; today where it is left out", examples=["1999-03-01"])]
KnownOn = Annotated[
    date | None, Query(description="by what was known at the end of this day (UTC); today where it is left out", examples=["2026-01-31"])
]
AgreementInPath = Annotated[AgreementId, Path(description="the agreement's id", examples=["ottawa-1997"])]
BodyInPath = Annotated[PartyId, Path(description="the body's short name", examples=["OSCE"])]


def moment(shell: Shell, on: date | None, known_on: date | None) -> Moment:
    """The moment asked about, by the service's clock."""
    return moment_of(shell.clock.now().date(), on, known_on)
