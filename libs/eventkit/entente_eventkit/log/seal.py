"""What tells a record of this process from one that somebody else wrote into its embedded log."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from itertools import chain

from entente_eventkit.log.port import Record

HEADER = "seal"


class Seal:
    """A key that lives and ends with the process. The embedded log listens on loopback, where any local program may write to it."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def of(self, name: str, key: bytes, headers: Iterable[tuple[str, bytes]], value: bytes) -> str:
        """The seal of a record of the topic `name`, in hex: over its key, its CloudEvents attributes in order of name, and its value.

        Headers of other purposes are left out: the framework adds some, and nothing believes them.
        """
        code = hmac.new(self._key, digestmod=hashlib.sha256)
        attributes = sorted((header.encode(), text) for header, text in headers if header.startswith("ce_"))
        for part in (name.encode(), key, *chain.from_iterable(attributes), value):
            code.update(b"%d:" % len(part))
            code.update(part)
        return code.hexdigest()

    def is_on(self, name: str, record: Record) -> bool:
        """Whether this process wrote the record, as it is."""
        headers = [(header, text or b"") for header, text in record.headers]
        found = next((text for header, text in record.headers if header == HEADER), None) or b""
        return hmac.compare_digest(found, self.of(name, record.key or b"", headers, record.value or b"").encode())
