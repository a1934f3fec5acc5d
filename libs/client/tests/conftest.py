import json
from collections.abc import Callable
from datetime import date

import httpx2
import pytest

from entente_contracts import signature
from entente_contracts.codec import json_format
from entente_contracts.events.gateway import KeyAlgorithm, PublicKey
from entente_contracts.events.observations import DatePrecision, Kind, ObservationReported, Vocabulary, What, When, Where


class Gateway:
    """A gateway in memory: verifies signatures, remembers what it admitted, and fails as told."""

    def __init__(self, public_key: bytes) -> None:
        self.keys = {"k1": PublicKey(keyid="k1", algorithm=KeyAlgorithm.ED25519, pem=public_key.decode())}
        self.requests: list[list[str]] = []
        self.sizes: list[int] = []
        self.admitted: dict[str, int] = {}
        self.refused_ids: set[str] = set()
        self.failures: list[Callable[[httpx2.Request], httpx2.Response] | Exception] = []
        self.lose_answers = 0

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        assert request.url.path == "/gateway/events"
        assert request.headers["content-type"] == "application/cloudevents-batch+json"
        if self.failures:
            failure = self.failures.pop(0)
            if isinstance(failure, Exception):
                raise failure
            return failure(request)
        receipts = [self._judge(item) for item in json.loads(request.content)]
        self.requests.append([receipt["id"] for receipt in receipts])
        self.sizes.append(len(request.content))
        if self.lose_answers:
            self.lose_answers -= 1
            raise httpx2.ReadError("the connection was lost")
        return httpx2.Response(202, json={"receipts": receipts})

    def _judge(self, item: dict[str, object]) -> dict[str, object]:
        event = json_format.read(json.dumps(item).encode())
        signature.verify(event, self.keys)
        event_id = event.attributes["id"]
        told = {"id": event_id, "source": event.attributes["source"], "digest": "0" * 64, "reason": None}
        if event_id in self.refused_ids:
            return {**told, "outcome": "quarantined", "position": 9, "reason": "beyond_rights", "detail": "not SDN", "mend": "ask"}
        if event_id in self.admitted:
            return {**told, "outcome": "duplicate", "position": self.admitted[event_id], "event": f"e{self.admitted[event_id]}"}
        self.admitted[event_id] = len(self.admitted) + 1
        return {**told, "outcome": "admitted", "position": self.admitted[event_id], "event": f"e{self.admitted[event_id]}"}


@pytest.fixture(scope="session")
def keys() -> tuple[bytes, bytes]:
    return signature.generate_key(KeyAlgorithm.ED25519)


@pytest.fixture
def private_key(keys):
    return keys[0]


@pytest.fixture
def gateway(keys) -> Gateway:
    return Gateway(keys[1])


@pytest.fixture
def observed() -> Callable[..., ObservationReported]:
    def make(id: str, summary: str | None = None) -> ObservationReported:
        return ObservationReported(
            observation=id,
            kind=Kind.MATERIAL_CONFLICT,
            what=What(vocabulary=Vocabulary.CAMEO, code="190"),
            where=Where(country="SDN"),
            when=When(first=date(2023, 10, 1), last=date(2023, 10, 2), precision=DatePrecision.DAY),
            summary=summary,
        )

    return make
