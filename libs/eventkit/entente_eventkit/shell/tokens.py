"""One bearer token a role, in files that only their owner can read; the server remembers hashes."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from entente_eventkit.shell.principal import Principal, WrongToken
from entente_eventkit.shell.roles import ISSUED, roles


class TokenMissing(LookupError):
    """There is no token for the role; the text says where it was looked for and how to get one."""


def make_tokens(folder: Path) -> "TokenDoor":
    """Makes the folder (0700) and one token a role (0600, 32 random bytes, URL-safe) where there is none yet, and gives the door.

    `anyone` needs no token, and a source is given its own by name: they get none here. What others could read before is closed to them.
    Several processes may do this at once and have the same tokens; a folder that holds them all may be read-only.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _close_to_others(folder, 0o700)
    return TokenDoor({role: _token(folder / f"{role}.token") for role in roles().may if role not in ISSUED})


def _token(path: Path) -> str:
    if not _held(path):
        _make(path)
    _close_to_others(path, 0o600)
    return _held(path)


def _held(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        return ""


def _make(path: Path) -> None:
    """Puts a token in place whole, unless another process was first; a file without one is taken away."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        if path.exists() and not _held(path):
            path.unlink(missing_ok=True)
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _close_to_others(path: Path, mode: int) -> None:
    if path.stat().st_mode & 0o077:
        path.chmod(mode)


def read_token(folder: Path, role: str) -> str:
    """The token of a role, for a client on the same machine; raises `TokenMissing`."""
    if role not in roles().may or role in ISSUED:
        raise TokenMissing(f"there is no role {role}; roles are {', '.join(name for name in roles().may if name not in ISSUED)}")
    path = folder / f"{role}.token"
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        raise TokenMissing(f"no token for {role} at {path}; start the platform with this data folder, which makes it") from None
    except PermissionError:
        raise TokenMissing(f"the token for {role} at {path} belongs to another user of this machine; use that user's account") from None


class TokenDoor:
    """Knows tokens by their SHA-256 and compares them in constant time, each with each, whichever fits."""

    def __init__(self, tokens: Mapping[str, str]) -> None:
        self._known = {role: _hash(token) for role, token in tokens.items()}

    def principal_of(self, authorization: str | None) -> Principal | None:
        """See `Door`. The subject is `role/<name>`: a token says no more than that."""
        if authorization is None:
            return None
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise WrongToken("the Authorization header is not of the form `Bearer <token>`")
        given = _hash(token.strip())
        fitting = [role for role, known in self._known.items() if hmac.compare_digest(known, given)]
        if not fitting:
            raise WrongToken("the token is not one of this installation")
        return Principal(f"role/{fitting[0]}", frozenset({fitting[0]}))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
