from aiokafka.partitioner import DefaultPartitioner
from aiokafka.partitioner import murmur2 as of_aiokafka
from hypothesis import given
from hypothesis import strategies as st

from entente_eventkit.log.murmur2 import murmur2, partition_of


@given(st.binary(max_size=200))
def test_the_hash_is_that_of_kafkas_clients(data: bytes) -> None:
    assert murmur2(data) == of_aiokafka(data)


@given(st.text(max_size=60), st.integers(min_value=1, max_value=50))
def test_a_stream_goes_where_kafkas_clients_would_send_its_key(stream: str, partitions: int) -> None:
    choose = DefaultPartitioner()
    assert partition_of(stream, partitions) == choose(stream.encode(), list(range(partitions)), [])


def test_the_hash_is_that_of_the_published_vectors() -> None:
    published = {b"21": -973932308, b"foobar": -790332482, b"a-little-bit-long-string": -985981536}
    assert {key: murmur2(key) for key in published} == {key: signed & 0xFFFFFFFF for key, signed in published.items()}
