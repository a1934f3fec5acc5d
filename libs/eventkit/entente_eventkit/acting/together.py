"""Many pieces of work in one transaction, each judged alone: a commit costs more than most of what is decided in it."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from entente_eventkit.storage.dialect import is_transient

T = TypeVar("T")

MOST = 50
"""Pieces of work in one transaction."""


def work_off(pieces: Sequence[T], work: Callable[[Sequence[T]], int], failed: Callable[[T, Exception], None]) -> int:
    """Runs `work` (one transaction) over all pieces at once; gives how many were done.

    Where it raises, nothing of it was done, and each piece is tried in a transaction of its own, so that the one that fails holds up no
    other: `failed` is told of it. Transient errors of the database are raised.
    """
    try:
        return work(pieces)
    except Exception as error:
        if is_transient(error):
            raise
        if len(pieces) == 1:
            failed(pieces[0], error)
            return 0
    return sum(work_off([piece], work, failed) for piece in pieces)
