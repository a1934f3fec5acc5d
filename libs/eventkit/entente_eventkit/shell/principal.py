"""Who asks, and the door that finds it out. Another way of proving it (OIDC) is another door."""

from dataclasses import dataclass
from typing import Protocol

from entente_contracts.recorded import Actor, AuthType
from entente_eventkit.shell.roles import ANYONE


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: subject, roles, and the party acted for. `anyone` (no token) has the role `anyone` and nothing more."""

    subject: str
    roles: frozenset[str]
    party: str | None = None
    authtype: AuthType = AuthType.API_KEY

    @property
    def actor(self) -> Actor:
        """The principal as events name it."""
        return Actor(self.authtype, self.subject, self.party)


NOBODY_KNOWN = Principal(ANYONE, frozenset({ANYONE}), None, AuthType.UNAUTHENTICATED)
"""The principal of a request without a token."""


class WrongToken(Exception):
    """The request claims to be somebody and does not prove it; the text says why, without the token."""


class Door(Protocol):
    """Turns a request's `Authorization` header into a principal."""

    def principal_of(self, authorization: str | None) -> Principal | None:
        """The principal; None where nothing is claimed (no header). Raises `WrongToken` where a claim does not hold."""
        ...
