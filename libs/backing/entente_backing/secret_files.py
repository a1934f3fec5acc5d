"""Files that only their owner may read."""

import os
import secrets
from pathlib import Path


def kept_secret(path: Path, length: int = 32) -> str:
    """The secret that a file holds; one of `length` random bytes is made where there is no file, in a folder of its owner's only."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_secret(path, secrets.token_urlsafe(length))
    secret = path.read_text("utf-8").strip()
    if not secret:
        raise ValueError(f"{path} is empty; take it away, and a new secret is made")
    return secret


def write_secret(path: Path, secret: str) -> None:
    """Writes a file (0600) that appears whole or not at all."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
