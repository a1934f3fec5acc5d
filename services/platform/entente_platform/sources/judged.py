"""What the gateway would make of events, judged here by its own code before anything is sent."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from entente_client import Publication, Publisher
from entente_contracts import rfc3339, signature
from entente_contracts.codec import http, json_format
from entente_contracts.events.gateway import PublicKey, Rights
from entente_gateway.domain.changing_sources import REPORTABLE
from entente_gateway.domain.judging import Admitted, Duplicate, FirstSeen, Quarantined, judge
from entente_gateway.domain.registry import Registry
from entente_gateway.domain.source import HeldKey, Source
from entente_gateway.intake.examining import examine
from entente_gateway.intake.request import Mode, an_item


@dataclass(frozen=True, slots=True)
class Fate:
    """What would become of an event: `admitted`, `duplicate` (of one in the same file), or a reason with detail and mend."""

    id: str
    outcome: str
    detail: str | None = None
    mend: str | None = None


def source_as_registered(shown: Mapping[str, Any]) -> Source:
    """A source from the platform's answer about it."""
    keys = tuple(
        HeldKey(
            PublicKey(keyid=key["keyid"], algorithm=key["algorithm"], pem=key["pem"]),
            None if key["revoked_at"] is None else rfc3339.from_text(key["revoked_at"]),
        )
        for key in shown["keys"]
    )
    return Source(shown["name"], shown["uri"], shown["party"], shown["title"], Rights.model_validate(shown["rights"]), keys)


def source_as_supposed(uri: str, private: bytes, keyid: str) -> Source:
    """A source that may report everything of everywhere, with the key at hand."""
    public = signature.public_key_of(private)
    key = PublicKey(keyid=keyid, algorithm=signature.algorithm_of(public), pem=public.decode())
    return Source("as-supposed", uri, None, "as supposed", Rights(types=REPORTABLE), (HeldKey(key),))


def fates(publications: Iterable[Publication], publisher: Publisher, source: Source, now: datetime) -> Iterator[Fate]:
    """Signs each as it would be sent, and judges it."""
    registry = Registry([source])
    seen: dict[str, FirstSeen] = {}
    for number, publication in enumerate(publications, 1):
        item = an_item(Mode.STRUCTURED, http.STRUCTURED, json_format.write(publisher.sign(publication)))
        judgement = judge(examine(item, now, registry), registry, lambda _, name: seen.get(name))
        match judgement:
            case Admitted():
                seen[publication.id] = FirstSeen(judgement.covers, number, "")
                yield Fate(publication.id, "admitted")
            case Duplicate():
                yield Fate(publication.id, "duplicate")
            case Quarantined():
                yield Fate(publication.id, judgement.reason.value, judgement.detail, judgement.mend)
