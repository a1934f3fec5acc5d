"""Permissions: every route declares the one that it needs; what declares none is refused to everybody."""

from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import params
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.requests import Request
from starlette.routing import BaseRoute, Mount

from entente_eventkit.shell import kinds
from entente_eventkit.shell.principal import NOBODY_KNOWN, Door, Principal, WrongToken
from entente_eventkit.shell.problems import Problem
from entente_eventkit.shell.roles import roles


class UndeclaredRoute(ValueError):
    """A route declares no permission, two, or one that no role has."""


class Needs:
    """The dependency that a route declares its permission with."""

    def __init__(self, permission: str) -> None:
        self.permission = permission

    async def __call__(self, request: Request) -> None:
        authorise(request, self.permission)


def requires(permission: str) -> params.Depends:
    """For a route's `dependencies=[...]`: 401 without a valid token, 403 naming the permission where no role of the principal has it.

    Raises `UndeclaredRoute` at once for a permission that `roles.toml` does not know.
    """
    if permission not in roles().permissions:
        raise UndeclaredRoute(f"nobody can have the permission {permission}; declare it in roles.toml and give it to a role")
    return params.Depends(Needs(permission))


def permissions_of(route: RouteContext) -> list[str]:
    """The permissions that a route declares; anything but exactly one is an error."""
    declared: Sequence[Any] = getattr(route, "dependencies", None) or ()
    return [one.dependency.permission for one in declared if isinstance(one.dependency, Needs)]


def routes_of(routes: Sequence[BaseRoute]) -> Iterator[tuple[str, RouteContext]]:
    """Every route with its full path, those of mounted applications among them."""
    for context in iter_route_contexts(routes):
        if isinstance(context.route, Mount):
            inner = getattr(context.route.app, "routes", None)
            if inner is None:
                yield context.route.path, context
            for path, below in routes_of(inner or ()):
                yield context.route.path + path, below
        else:
            yield context.path_format or context.path or "?", context


def undeclared(app: Any) -> list[str]:
    """The routes of an application, and of what is mounted in it, that do not declare exactly one permission: `GET,HEAD /path`."""
    return [
        f"{','.join(sorted(context.methods or ['?']))} {path}"
        for path, context in routes_of(app.routes)
        if len(permissions_of(context)) != 1
    ]


def authorise(request: Request, permission: str) -> Principal:
    """The request's principal, who has the permission; raises the 401 or 403."""
    principal = principal_of(request)
    if roles().allow(principal.roles, permission):
        return principal
    needed = f"permission {permission} ({roles().permissions[permission]})"
    have = ", ".join(roles().having(permission))
    if principal is NOBODY_KNOWN:
        raise Problem(
            kinds.UNAUTHENTICATED,
            f"this needs the {needed}, and the request carries no token",
            mend=f"send `Authorization: Bearer <token>` with a token of one of these roles: {have}",
            also={"permission": permission},
            headers={"WWW-Authenticate": 'Bearer realm="entente"'},
        )
    raise Problem(
        kinds.FORBIDDEN,
        f"this needs the {needed}, which {principal.subject} does not have",
        mend=f"use a token of one of these roles: {have}",
        also={"permission": permission},
        headers={"WWW-Authenticate": f'Bearer realm="entente", error="insufficient_scope", scope="{permission}"'},
    )


def principal_of(request: Request) -> Principal:
    """The request's principal, found out once; raises the 401 for a token that is not valid."""
    known: Principal | None = getattr(request.state, "principal", None)
    if known is not None:
        return known
    door: Door = request.app.state.door
    try:
        principal = door.principal_of(request.headers.get("authorization")) or NOBODY_KNOWN
    except WrongToken as wrong:
        raise Problem(
            kinds.UNAUTHENTICATED, str(wrong), where="header Authorization",
            headers={"WWW-Authenticate": 'Bearer realm="entente", error="invalid_token"'},
        ) from None  # fmt: skip
    request.state.principal = principal
    return principal
