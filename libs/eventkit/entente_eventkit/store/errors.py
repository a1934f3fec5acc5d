"""What an append can be refused for."""


class VersionConflict(Exception):
    """The stream stands at another version than the one expected."""

    def __init__(self, stream: str, expected: int, current: int) -> None:
        super().__init__(f"{stream} stands at version {current}, not {expected}; read it again and decide anew")
        self.stream, self.expected, self.current = stream, expected, current


class KeyReused(Exception):
    """The key was used before for a different request."""

    def __init__(self, scope: str, key: str) -> None:
        super().__init__(f"the key {key!r} of {scope} was used for another request; repeat that one, or use a new key")
        self.scope, self.key = scope, key


class EventTooLarge(ValueError):
    """The event's body or its attributes are above the limit, so that the log would not take it."""


class EventDoesNotDecode(ValueError):
    """The event, once encoded, could not be read back; it would block everything behind it."""


class StoreHalted(Exception):
    """The store was found to be older than its log: whatever were appended now would give versions that are taken already."""
