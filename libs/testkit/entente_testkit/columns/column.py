"""What a suite needs of a kind of log and a kind of store."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from entente_eventkit.log.embedded import EmbeddedLog
    from entente_eventkit.log.kafka import KafkaLog

Log: TypeAlias = "EmbeddedLog | KafkaLog"

NOT_THERE = "not there"
"""Stands for what a test would run on where there is nothing of the kind; such a test is left out of the run."""


class Missing(Exception):
    """The machine cannot run the column; the text says what it lacks."""


@dataclass(frozen=True, slots=True)
class Column:
    """`new_database` gives the address of a new, empty database by folder and name; `logs` gives a maker of logs that all reach one log
    without any topic, which is gone at the end.

    `many_processes`: whether several processes may write one database, and share the partitions of a log.
    """

    name: str
    about: str
    many_processes: bool
    new_database: Callable[[Path, str], str]
    logs: Callable[[], AbstractAsyncContextManager[Callable[[], Log]]]
