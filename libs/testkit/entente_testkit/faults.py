"""Faults put into a batch at a named step: stopped dead there, or held until told to go on."""

import threading
from dataclasses import dataclass, field

_PATIENCE = 30


class Crash(BaseException):
    """The process dies here: nothing catches this, as nothing catches a kill."""


@dataclass
class CrashAt:
    """Dies at a step, the first time (or the n-th) that an instance comes by."""

    step: str
    instance: str | None = None
    times: int = 1
    crashed: bool = False

    def __call__(self, step: str, instance: str) -> None:
        if self.crashed or step != self.step or self.instance not in {None, instance}:
            return
        self.times -= 1
        if self.times == 0:
            self.crashed = True
            raise Crash(f"{instance} at {step}")


@dataclass
class HoldAt:
    """Holds the thread that comes by a step until `release`; `wait` returns once it is held.

    A zombie is one held before its transaction.
    """

    step: str
    _held: threading.Event = field(default_factory=threading.Event)
    _go: threading.Event = field(default_factory=threading.Event)

    def __call__(self, step: str, instance: str) -> None:  # noqa: ARG002 - the step's signature
        if step == self.step and not self._go.is_set():
            self._held.set()
            assert self._go.wait(_PATIENCE), "a held batch was never let go"

    def wait(self) -> None:
        """Waits until somebody is held."""
        assert self._held.wait(_PATIENCE), f"nothing came by {self.step}"

    def release(self) -> None:
        """Lets it go on."""
        self._go.set()
