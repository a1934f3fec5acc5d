"""What ends a command without success: a sentence, what to do about it, and the exit code.

0 it was done; 1 it failed, or something of it was refused; 2 it was asked wrongly; 3 no platform can be reached.
"""

FAILED = 1
USAGE = 2
UNREACHABLE = 3


class Trouble(Exception):
    """Printed on standard error as `what` and `mend`; the command ends with `code`. `kind` is a word for programs."""

    def __init__(self, what: str, mend: str, *, code: int = FAILED, kind: str = "failed") -> None:
        super().__init__(what)
        self.what, self.mend, self.code, self.kind = what, mend, code, kind
