"""What can go wrong for a publisher, each saying what, where and how to mend it."""


class PublishingFailed(Exception):
    """Base of what the client raises while it publishes. What was acknowledged before stays in the journal."""


class GatewayUnreachable(PublishingFailed):
    """The gateway did not answer, or kept asking to wait, for longer than the publisher's patience."""


class GatewayRefused(PublishingFailed):
    """The gateway turned the whole request down; `status` is the HTTP status, the text what it said."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class JournalRefused(PublishingFailed):
    """The journal's file belongs to another source or gateway, or is no journal."""


class EventTooLarge(PublishingFailed, ValueError):
    """An event has more bytes than the gateway takes."""
