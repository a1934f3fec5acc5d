"""Roles and the permissions that they give, from `roles.toml`."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Self

ANYONE = "anyone"
SOURCE = "source"
"""A registered foreign system, with a token that it was given by name."""

ISSUED = frozenset({ANYONE, SOURCE})
"""Roles that no file of this installation holds a token of."""


class RolesError(ValueError):
    """The roles' file contradicts itself; the text says where and how to mend it."""


@dataclass(frozen=True, slots=True)
class Roles:
    """`permissions`: name -> meaning; `may`: role -> all that it may, what it includes among it; `about`: role -> meaning."""

    permissions: Mapping[str, str]
    may: Mapping[str, frozenset[str]]
    about: Mapping[str, str]

    @classmethod
    def of(cls, tables: Mapping[str, Any]) -> Self:
        """Reads the tables of a roles' file; raises `RolesError`."""
        permissions, roles = tables["permissions"], tables["roles"]
        may: dict[str, frozenset[str]] = {}
        for name, role in roles.items():
            given = set(role["may"])
            for unknown in sorted(given - set(permissions)):
                raise RolesError(f"role {name} may {unknown}, which [permissions] does not explain; add it there or mend its name")
            for other in role.get("includes", []):
                if other not in may:
                    raise RolesError(f"role {name} includes {other}, which is not declared above it; declare it first")
                given |= may[other]
            may[name] = frozenset(given)
        for idle in sorted(set(permissions) - set().union(*may.values())):
            raise RolesError(f"nobody has the permission {idle}; give it to a role or take it away")
        return cls(permissions, may, {name: role["about"] for name, role in roles.items()})

    def allow(self, roles: Iterable[str], permission: str) -> bool:
        """Whether one of the roles has the permission."""
        return any(permission in self.may.get(role, ()) for role in roles)

    def having(self, permission: str) -> list[str]:
        """The roles that have the permission."""
        return [role for role, may in self.may.items() if permission in may]


@cache
def roles() -> Roles:
    """The roles as shipped."""
    return Roles.of(tomllib.loads(files("entente_eventkit.shell").joinpath("roles.toml").read_text("utf-8")))
