"""Kafka's own choice of a partition for a key (MurmurHash2 of the key's bytes, as its Java client computes it)."""

from functools import lru_cache
from struct import iter_unpack

_SEED = 0x9747B28C
_MULTIPLIER = 0x5BD1E995
_SHIFT = 24
_32_BITS = 0xFFFFFFFF
_POSITIVE = 0x7FFFFFFF


def murmur2(data: bytes) -> int:
    """The 32-bit MurmurHash2 of `data` with Kafka's seed, unsigned."""
    whole = len(data) & ~3
    found = _SEED ^ len(data)
    for (word,) in iter_unpack("<I", data[:whole]):
        mixed = (word * _MULTIPLIER) & _32_BITS
        mixed = ((mixed ^ (mixed >> _SHIFT)) * _MULTIPLIER) & _32_BITS
        found = ((found * _MULTIPLIER) & _32_BITS) ^ mixed
    if whole < len(data):
        found = ((found ^ int.from_bytes(data[whole:], "little")) * _MULTIPLIER) & _32_BITS
    found = ((found ^ (found >> 13)) * _MULTIPLIER) & _32_BITS
    return found ^ (found >> 15)


@lru_cache(maxsize=65_536)
def partition_of(stream: str, partitions: int) -> int:
    """The partition, of so many, that the events of a stream go to."""
    return (murmur2(stream.encode()) & _POSITIVE) % partitions
