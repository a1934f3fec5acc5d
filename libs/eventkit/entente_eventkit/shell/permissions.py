"""Permissions: every route declares the one that it needs; what declares none is refused to everybody."""

from fastapi.params import Depends


def requires(permission: str) -> Depends:
    """For a route's `dependencies=[...]`: 401 without a valid token, 403 naming the permission where no role of the principal has it."""
    raise NotImplementedError
