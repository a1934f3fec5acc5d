"""Why a service must not start: what an operator has to see to, said in one sentence."""


class CannotStart(Exception):
    """The text says what stands in the way and what to do about it; it needs no traceback."""
