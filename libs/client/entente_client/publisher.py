"""The publisher: signs events, sends them in batches, tries again, and resumes after a break without sending twice."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

import httpx2

from entente_client.batches import MAX_BATCH_BYTES, MAX_ITEMS, batched, check_size
from entente_client.errors import GatewayRefused
from entente_client.journal import Journal
from entente_client.publication import Publication
from entente_client.receipts import Receipt
from entente_client.sending import Patience, send
from entente_contracts import rfc3339, signature
from entente_contracts.cloudevent import CloudEvent
from entente_contracts.codec import json_format
from entente_contracts.recording import body_of, schema_name

EVENTS_PATH = "/gateway/events"


class Publisher:
    """Publishes for one source through one gateway.

    `source_uri` and `keyid` are those that the gateway registered; the private key (PKCS #8 PEM, Ed25519 or ECDSA P-256) never leaves.
    With a `journal` (a file) what has an acknowledged receipt is not sent again, neither after a break nor in a later run. It belongs to
    the gateway's URL, or to `gateway_name` where one gateway is reached under changing URLs.
    `transport` is httpx2's, for proxies, client certificates and tests.
    """

    def __init__(
        self,
        gateway_url: str,
        source_uri: str,
        private_key_pem: bytes,
        keyid: str,
        *,
        journal: Path | None = None,
        gateway_name: str | None = None,
        batch_items: int = MAX_ITEMS,
        batch_bytes: int = MAX_BATCH_BYTES,
        patience: Patience | None = None,
        timeout: float = 60.0,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Raises `ValueError` for an unreadable key, `JournalRefused` for a journal of another source or gateway. `timeout` in seconds."""
        if not 1 <= batch_items <= MAX_ITEMS:
            raise ValueError(f"batch_items {batch_items} is not within 1 and {MAX_ITEMS}, the most that the gateway takes")
        signature.algorithm_of(signature.public_key_of(private_key_pem))
        self.gateway_url = gateway_url.rstrip("/")
        self.source_uri = source_uri
        self._key, self._keyid = private_key_pem, keyid
        self._batch_items, self._batch_bytes = batch_items, batch_bytes
        self._patience, self._sleep = patience or Patience(), sleep
        self._journal = Journal(journal, source=source_uri, gateway=gateway_name or self.gateway_url) if journal is not None else None
        self._http = httpx2.Client(timeout=timeout, transport=transport)

    def sign(self, publication: Publication) -> CloudEvent:
        """The signed CloudEvent of a publication, its data in canonical JSON."""
        return signature.sign(self._unsigned(publication), self._key, self._keyid)

    def _unsigned(self, publication: Publication) -> CloudEvent:
        attributes = {
            "specversion": "1.0",
            "id": publication.id,
            "source": self.source_uri,
            "type": publication.data.event_type(),
            "time": rfc3339.to_text(publication.time),
            "datacontenttype": "application/json",
            "dataschema": schema_name(publication.data.event_type()),
        }
        if publication.subject is not None:
            attributes["subject"] = publication.subject
        return CloudEvent(attributes, body_of(publication.data))

    def publish(self, publications: Iterable[Publication]) -> Iterator[Receipt]:
        """Sends in order and gives a receipt for each, in the order in which they are known: at once for what the journal has.

        Raises `GatewayUnreachable`, `GatewayRefused` or `EventTooLarge`; what was acknowledged until then is in the journal. A quarantined
        event is sent again by the next run, since only what was admitted counts as seen.
        """
        known: list[Receipt] = []

        def unsent() -> Iterator[tuple[tuple[str, str], bytes]]:
            for publication in publications:
                event = self._unsigned(publication)
                digest = signature.digest_material(event).hex()
                receipt = self._journal.receipt_of(publication.id, digest) if self._journal is not None else None
                if receipt is not None:
                    known.append(receipt)
                    continue
                encoded = json_format.write(signature.sign(event, self._key, self._keyid))
                check_size(publication.id, encoded)
                yield (publication.id, digest), encoded

        for batch in batched(unsent(), self._batch_items, self._batch_bytes):
            yield from _taken(known)
            yield from self._send(batch)
        yield from _taken(known)

    def _send(self, batch: Sequence[tuple[tuple[str, str], bytes]]) -> list[Receipt]:
        body = b"[" + b",".join(encoded for _, encoded in batch) + b"]"
        url = self.gateway_url + EVENTS_PATH
        receipts = [Receipt.read(said) for said in send(self._http, url, body, self._patience, self._sleep)]
        if len(receipts) != len(batch):
            raise GatewayRefused(
                f"{url} gave {len(receipts)} receipts for {len(batch)} events; is it a gateway of Entente?", httpx2.codes.ACCEPTED
            )
        receipts = [
            replace(receipt, id=event_id, source=self.source_uri) for ((event_id, _), _), receipt in zip(batch, receipts, strict=True)
        ]
        if self._journal is not None:
            self._journal.remember((*known, receipt) for (known, _), receipt in zip(batch, receipts, strict=True))
        return receipts

    def close(self) -> None:
        """Closes connections and the journal."""
        self._http.close()
        if self._journal is not None:
            self._journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _taken(receipts: list[Receipt]) -> list[Receipt]:
    taken, receipts[:] = list(receipts), []
    return taken
