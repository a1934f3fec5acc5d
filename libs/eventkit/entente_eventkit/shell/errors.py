"""Every way in which a request can fail, and the problem document that it is answered with."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from entente_eventkit.shell import kinds
from entente_eventkit.shell.kinds import Kind
from entente_eventkit.shell.problems import Problem, answer, answer_refusal
from entente_eventkit.store.decider import Refused
from entente_eventkit.store.store import EventDoesNotDecode, EventTooLarge, KeyReused, VersionConflict

VALUE_SHOWN = 80
ERRORS_SHOWN = 50
BY_STATUS = {
    400: kinds.UNREADABLE,
    404: kinds.NOT_FOUND,
    405: kinds.METHOD,
    413: kinds.TOO_LARGE,
    415: kinds.MEDIA_TYPE,
    503: kinds.NOT_READY,
}
