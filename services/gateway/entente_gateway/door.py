"""The tokens of sources: each opens what is its source's own, and nothing else."""

import secrets
from hashlib import sha256

from sqlmodel import col

from entente_contracts.recorded import AuthType
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.shell.principal import Door, Principal, WrongToken
from entente_eventkit.shell.roles import SOURCE
from entente_eventkit.shell.running import Runtime
from entente_gateway.projections.sources import SourceTokenNowRow

BEGINS = "entente-source-"
"""How every such token begins, so that one which is found somewhere can be told for what it is."""

_SUBJECT = "source/"


def new_secret() -> str:
    """A token of 256 random bits."""
    return BEGINS + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What is kept of a token: its SHA-256, in hex."""
    return sha256(secret.encode()).hexdigest()


def source_of(principal: Principal) -> str | None:
    """The source that the principal is, if it is one."""
    return principal.subject.removeprefix(_SUBJECT) if SOURCE in principal.roles else None


class SourceDoor:
    """Knows the tokens of sources by the registry's own rows; sends everybody else to the other door."""

    def __init__(self, other: Door, runtime: Runtime) -> None:
        self._other, self._runtime = other, runtime

    def principal_of(self, authorization: str | None) -> Principal | None:
        """See `Door`. The subject is `source/<name>`."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip().startswith(BEGINS):
            return self._other.principal_of(authorization)
        with self._runtime.database.reading() as connection:
            known = Ask(connection).all(SourceTokenNowRow, col(SourceTokenNowRow.digest) == digest_of(token.strip()))
        if not known or known[0].revoked is not None:
            raise WrongToken("the token is none of a registered source, or was revoked")
        return Principal(f"{_SUBJECT}{known[0].source}", frozenset({SOURCE}), None, AuthType.API_KEY)


def source_door(other: Door, runtime: Runtime) -> Door:
    """The door of the gateway."""
    return SourceDoor(other, runtime)
