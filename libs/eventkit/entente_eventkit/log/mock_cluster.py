"""librdkafka's mock cluster: a Kafka broker inside this process, in memory, on loopback.

It comes with the `confluent-kafka` package, whose extension module is linked to librdkafka; the functions used here are
declared in librdkafka's `rdkafka_mock.h`. It keeps the last 5 MiB (and 100,000 records) of a partition and drops older ones silently.
"""

import ctypes
from collections.abc import Sequence
from functools import cache
from types import TracebackType
from typing import Self

import confluent_kafka.cimpl

RETAINED = 5 * 1024 * 1024
"""How many bytes of record batches a partition keeps."""

_PRODUCER = 0
_NO_ERROR = 0
_CRITICAL = b"2"


@cache
def _librdkafka() -> ctypes.CDLL:
    """The library, found through the extension module that depends on it, wherever that has it from."""
    library = ctypes.CDLL(confluent_kafka.cimpl.__file__)
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    declared: dict[str, tuple[object, list[object]]] = {
        "rd_kafka_conf_new": (pointer, []),
        "rd_kafka_conf_set": (number, [pointer, text, text, text, ctypes.c_size_t]),
        "rd_kafka_new": (pointer, [number, pointer, text, ctypes.c_size_t]),
        "rd_kafka_destroy": (None, [pointer]),
        "rd_kafka_err2str": (text, [number]),
        "rd_kafka_mock_cluster_new": (pointer, [pointer, number]),
        "rd_kafka_mock_cluster_destroy": (None, [pointer]),
        "rd_kafka_mock_cluster_bootstraps": (text, [pointer]),
        "rd_kafka_mock_topic_create": (number, [pointer, text, number, number]),
        "rd_kafka_mock_group_initial_rebalance_delay_ms": (None, [pointer, ctypes.c_int32]),
        "rd_kafka_mock_broker_set_down": (number, [pointer, ctypes.c_int32]),
        "rd_kafka_mock_broker_set_up": (number, [pointer, ctypes.c_int32]),
        "rd_kafka_mock_push_request_errors_array": (None, [pointer, ctypes.c_int16, ctypes.c_size_t, ctypes.POINTER(number)]),
        "rd_kafka_mock_clear_request_errors": (None, [pointer, ctypes.c_int16]),
    }
    for name, (result, arguments) in declared.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class MockCluster:
    """A running cluster of `brokers` brokers, numbered from 1. `close` it; what it held is gone then."""

    def __init__(self, brokers: int = 1) -> None:
        self._library = _librdkafka()
        reason = ctypes.create_string_buffer(256)
        settings = self._library.rd_kafka_conf_new()
        self._library.rd_kafka_conf_set(settings, b"log_level", _CRITICAL, reason, len(reason))
        self._handle: int | None = self._library.rd_kafka_new(_PRODUCER, settings, reason, len(reason))
        if not self._handle:
            raise RuntimeError(f"the embedded broker cannot start: {reason.value.decode(errors='replace')}")
        self._cluster = self._library.rd_kafka_mock_cluster_new(self._handle, brokers)
        if not self._cluster:
            self.close()
            raise RuntimeError("the embedded broker cannot start: no free port on loopback, or no memory")
        self._library.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, 0)
        self.bootstrap: list[str] = self._library.rd_kafka_mock_cluster_bootstraps(self._cluster).decode().split(",")

    def create_topic(self, name: str, partitions: int) -> None:
        """Makes a topic with one replica; raises `ValueError` where the name is taken."""
        self._check(self._library.rd_kafka_mock_topic_create(self._running(), name.encode(), partitions, 1), f"topic {name}")

    def broker_down(self, broker: int = 1) -> None:
        """Cuts all connections of a broker and refuses new ones; what it holds stays."""
        self._check(self._library.rd_kafka_mock_broker_set_down(self._running(), broker), f"broker {broker}")

    def broker_up(self, broker: int = 1) -> None:
        """Lets a broker answer again."""
        self._check(self._library.rd_kafka_mock_broker_set_up(self._running(), broker), f"broker {broker}")

    def fail_requests(self, api_key: int, errors: Sequence[int]) -> None:
        """Answers the next requests of one kind (Kafka's api key: 0 Produce, 1 Fetch, 3 Metadata) with these error codes, one each."""
        codes = (ctypes.c_int * len(errors))(*errors)
        self._library.rd_kafka_mock_push_request_errors_array(self._running(), api_key, len(errors), codes)

    def clear_failures(self, api_key: int) -> None:
        """Forgets the errors still to come for one kind of request."""
        self._library.rd_kafka_mock_clear_request_errors(self._running(), api_key)

    def close(self) -> None:
        """Ends the cluster; a second call does nothing."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        if self._cluster:
            self._library.rd_kafka_mock_cluster_destroy(self._cluster)
        self._library.rd_kafka_destroy(handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _running(self) -> int:
        if self._handle is None:
            raise RuntimeError("the embedded broker was closed; make a new one")
        cluster: int = self._cluster
        return cluster

    def _check(self, code: int, what: str) -> None:
        if code != _NO_ERROR:
            raise ValueError(f"{what}: {self._library.rd_kafka_err2str(code).decode()}")
