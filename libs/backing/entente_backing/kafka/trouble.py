"""Why Kafka cannot be run or furnished here, and how to mend it."""


class KafkaTrouble(Exception):
    """`what` is wrong and where, `mend` what to do about it; a sentence each."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{what}; {mend}")
        self.what, self.mend = what, mend
