"""The registered sources, as what arrives is held against them."""

from collections.abc import Iterable, Mapping

from entente_gateway.domain.examined import Signature
from entente_gateway.domain.source import HeldKey, Source


class Registry:
    """The registered sources, by what an arrival names: its `source` and the id of its key."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self.sources: Mapping[str, Source] = {source.uri: source for source in sources}
        self.keys: dict[str, list[tuple[Source, HeldKey]]] = {}
        for source in self.sources.values():
            for held in source.keys:
                self.keys.setdefault(held.key.keyid, []).append((source, held))

    def candidates(self, keyids: Iterable[str]) -> list[tuple[Source, HeldKey]]:
        """The keys registered under these ids, each with the source that holds it."""
        return [owned for keyid in keyids for owned in self.keys.get(keyid, ())]

    def makers(self, signature: Signature) -> list[tuple[Source, HeldKey]]:
        """The keys that made this signature, each with the source that holds it."""
        return [(source, held) for source, held in self.candidates(signature.keyids) if held.key in signature.made_by]
