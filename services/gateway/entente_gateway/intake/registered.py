"""The registered sources as they stand, kept in memory and checked against the store's versions wherever something is decided."""

import json
from collections.abc import Mapping

from entente_contracts.refused import Refused
from entente_contracts.topics import GATEWAY
from entente_eventkit.acting.acting import Acting
from entente_eventkit.store.commands import load
from entente_eventkit.store.decider import Decider
from entente_eventkit.store.store import Head
from entente_gateway.domain.changing_sources import decide
from entente_gateway.domain.registry import Registry
from entente_gateway.domain.source import Source, evolve
from entente_gateway.domain.source_commands import SourceCommand, stream
from entente_gateway.intake.once import URIS, uri_key

SOURCE: Decider[SourceCommand, Source] = Decider("source", GATEWAY, stream, decide, evolve)


class Registered:
    """The sources of one gateway. What it holds may be old: `now` reads those streams anew whose version has moved."""

    def __init__(self) -> None:
        self.registry = Registry(())
        self._held: Mapping[str, tuple[int, Source]] = {}

    def now(self, acting: Acting) -> Registry:
        """The registry as it stands under the store's lock."""
        versions = _versions(acting.head)
        if versions != {stream: version for stream, (version, _) in self._held.items()}:
            held = dict(self._held)
            for stream, version in versions.items():
                if held.get(stream, (0, None))[0] != version:
                    state = load(acting.head, SOURCE, stream)
                    if state is not None:
                        held[stream] = (version, state)
            self._held = held
            self.registry = Registry(source for _, source in held.values())
        return self.registry


def claim_uri(acting: Acting, uri: str, name: str) -> None:
    """Takes a URI for a source, for ever; refuses one that another source has."""
    known = acting.head.answer(URIS, uri)
    if known is None:
        taken = uri_key(uri, name)
        acting.head.remember(taken.scope, taken.key, taken.request_hash, taken.answer)
    elif json.loads(known.answer)["source"] != name:
        raise Refused("uri-taken", f"another source is registered as {uri!r}", "give each source a URI of its own", where="uri", status=409)


def _versions(head: Head) -> dict[str, int]:
    names = (json.loads(known.answer)["source"] for known in head.answers(URIS).values())
    return head.versions(GATEWAY, [f"source/{name}" for name in names])
