"""A principal's credentials: a folder with `ca.pem`, `username` and `password`, that its owner alone can read."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from entente_backing.kafka.trouble import KafkaTrouble

FILES = ("ca.pem", "username", "password")
_OWNERS_ONLY = 0o700


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who a client is, and how it knows the cluster. The password is never shown."""

    folder: Path
    username: str
    password: str = field(repr=False)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """What a folder holds; raises `KafkaTrouble` naming the file that is missing or empty."""
        texts = {}
        for name in FILES:
            try:
                texts[name] = (folder / name).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                reason = error.strerror if isinstance(error, OSError) else "it is no text"
                raise KafkaTrouble(
                    f"{folder / name} cannot be read: {reason}", f"a folder of credentials holds {', '.join(FILES)}"
                ) from None
            if not texts[name]:
                raise KafkaTrouble(f"{folder / name} is empty", f"a folder of credentials holds {', '.join(FILES)}")
        return cls(folder, texts["username"], texts["password"])

    @classmethod
    def settle(cls, folder: Path, username: str, ca: bytes) -> Self:
        """The credentials of a principal, with a new password where the folder has none yet. Nothing is written where all is right."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & 0o777 != _OWNERS_ONLY:
            folder.chmod(_OWNERS_ONLY)
        authority = folder / "ca.pem"
        if not authority.exists() or authority.read_bytes() != ca:
            write_secret(authority, ca)
        password = folder / "password"
        if not password.exists():
            write_secret(folder / "username", username.encode())
            write_secret(password, secrets.token_urlsafe(32).encode())
        return cls.read(folder)

    @property
    def ca(self) -> Path:
        """The certificate of the authority that signs the cluster's."""
        return self.folder / "ca.pem"

    def for_librdkafka(self) -> dict[str, str | int]:
        """The settings of a client of that library."""
        return {
            "security.protocol": "SASL_SSL",
            "ssl.ca.location": str(self.ca),
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": self.username,
            "sasl.password": self.password,
        }

    def for_formatting(self) -> bytes:
        """A file of arguments by which the formatting tool makes this principal known; a command line could be read by everyone."""
        return f"--add-scram\nSCRAM-SHA-512=[name={self.username},password={self.password}]\n".encode()


def write_secret(file: Path, content: bytes) -> None:
    """Writes a file that its owner alone can read, whole or not at all."""
    draft = file.with_name(f".{file.name}.draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    draft.replace(file)
