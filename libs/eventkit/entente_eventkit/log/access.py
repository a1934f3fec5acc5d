"""How brokers are reached, and as whom."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from aiokafka.conn import create_conn
from aiokafka.errors import (
    AuthenticationFailedError,
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
)
from faststream.security import BaseSecurity, SASLScram512

from entente_eventkit.cannot_start import CannotStart

FILES = ("ca.pem", "username", "password")
MECHANISM = "SCRAM-SHA-512"
_ANSWERS_WITHIN_MS = 5000


class Refused(CannotStart):
    """The brokers answer, but not to us, or do not let us do what we must: waiting mends nothing."""


FORBIDDEN = (ClusterAuthorizationFailedError, GroupAuthorizationFailedError, TopicAuthorizationFailedError)
"""What a client raises where the brokers know us and do not let us."""
_CLOSED = "closed"
"""In the client's words: a connection was made, and ended without an answer; so a broker does that wants TLS."""
_UNKNOWN = (AuthenticationFailedError, SaslAuthenticationFailed)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are to the brokers, and who signs their certificates. The password is never shown."""

    folder: Path
    username: str
    password: str = field(repr=False)
    trust: ssl.SSLContext = field(repr=False)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """What a folder of credentials holds; raises `Refused` naming the file that is missing or of no use."""
        texts = {}
        for name in FILES:
            try:
                texts[name] = (folder / name).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                why = error.strerror if isinstance(error, OSError) else "it is no text"
                raise Refused(f"{folder / name} cannot be read: {why}; a folder of Kafka credentials holds {', '.join(FILES)}") from None
            if not texts[name]:
                raise Refused(f"{folder / name} is empty; a folder of Kafka credentials holds {', '.join(FILES)}")
        try:
            trust = ssl.create_default_context(cadata=texts["ca.pem"])
        except ssl.SSLError as error:
            raise Refused(f"{folder / 'ca.pem'} holds no certificate: {error.reason}") from None
        return cls(folder, texts["username"], texts["password"], trust)


@dataclass(frozen=True, slots=True)
class Access:
    """The brokers (host:port each), and who we are to them; None where they ask nobody."""

    bootstrap: tuple[str, ...]
    identity: Identity | None = None

    @classmethod
    def to(cls, bootstrap: Sequence[str], credentials: Path | None = None) -> Self:
        """The way to these brokers, with what a folder of credentials holds."""
        return cls(tuple(bootstrap), None if credentials is None else Identity.read(credentials))

    @property
    def for_client(self) -> dict[str, Any]:
        """What a client of aiokafka is told."""
        who = self.identity
        if who is None:
            return {}
        return {
            "security_protocol": "SASL_SSL",
            "ssl_context": who.trust,
            "sasl_mechanism": MECHANISM,
            "sasl_plain_username": who.username,
            "sasl_plain_password": who.password,
        }

    @property
    def for_framework(self) -> BaseSecurity | None:
        """The same for FastStream."""
        who = self.identity
        return None if who is None else SASLScram512(who.username, who.password, ssl_context=who.trust, use_ssl=True)

    async def check(self) -> None:
        """Raises `Refused` where a broker answers and turns us away; one that does not answer is no reason: it may yet come."""
        for address in self.bootstrap:
            host, _, port = address.rpartition(":")
            try:
                connection = await create_conn(host, int(port), request_timeout_ms=_ANSWERS_WITHIN_MS, **self.for_client)
            except _UNKNOWN as error:
                raise Refused(self._unknown(address)) from error
            except ssl.SSLCertVerificationError as error:
                raise Refused(self._untrusted(address, error)) from error
            except KafkaConnectionError as error:
                if self.identity is None and _CLOSED in str(error):
                    raise Refused(self._unknown(address)) from error
                continue
            except (KafkaError, OSError, TimeoutError):
                continue
            connection.close()
            return

    def forbidden(self, error: Exception) -> Refused:
        """In words: the brokers know us and do not let us."""
        who = "a client without credentials" if self.identity is None else f"the user {self.identity.username}"
        about = {TopicAuthorizationFailedError: "the topics", GroupAuthorizationFailedError: "the group"}.get(type(error), "the cluster")
        named = ", ".join(str(one) for one in _flat(error.args)) or "that this needs"
        return Refused(
            f"the brokers at {','.join(self.bootstrap)} do not give {who} the rights on {about} {named}. Run as the service's own user, "
            f"and let the cluster's administrator provision its rights anew: entente kafka provision"
        )

    def _unknown(self, address: str) -> str:
        if self.identity is None:
            return (
                f"the broker at {address} does not answer without TLS and credentials; name their folder in the setting kafka_credentials"
            )
        return (
            f"the broker at {address} does not know the user {self.identity.username} with the password in {self.identity.folder}; "
            f"let the cluster's administrator provision it anew: entente kafka provision"
        )

    def _untrusted(self, address: str, error: ssl.SSLCertVerificationError) -> str:
        folder = self.identity and self.identity.folder
        return (
            f"the broker at {address} shows a certificate that {folder}/ca.pem does not vouch for ({error.verify_message}); it is another "
            f"cluster, or its authority was made anew. Take the ca.pem of the cluster that is meant"
        )


def _flat(values: Sequence[Any]) -> list[Any]:
    return [inner for value in values for inner in (sorted(value) if isinstance(value, set | frozenset | list | tuple) else [value])]
