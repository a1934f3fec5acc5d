"""Python's garbage collector, set for a process through which events come by the thousand."""

import gc

THRESHOLDS = (50_000, 50, 50)
"""New objects before each generation is looked at: with the defaults decoding takes up to three times as long."""


def settle() -> None:
    """To be called once, when everything is imported and started: what is there now stays and is never looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
