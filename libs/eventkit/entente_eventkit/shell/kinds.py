"""The catalogue of problems that every service's shell can answer with; a service adds its own to `Service.extras["problems"]`."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: `code` is stable and kebab-case, `about` says when it comes and `mend` what to do about it in general."""

    code: str
    status: int
    title: str
    about: str
    mend: str


UNREADABLE = Kind(
    "unreadable-request", 400, "The request cannot be read", "The path, the query or the body holds what is no text or no JSON.",
    "Send UTF-8 text without NUL characters, and JSON where JSON is asked for.",
)  # fmt: skip
BAD_HEADER = Kind(
    "bad-header", 400, "A header has no valid value", "A header that this service reads has a value that it cannot take.",
    "Send the header as the answer's detail says, or leave it out.",
)  # fmt: skip
BAD_CURSOR = Kind(
    "bad-cursor", 400, "The page's cursor was not given out here", "`after` is no cursor of this listing.",
    "Take `after` from the `Link` header of the page before, or leave it out to begin at the start.",
)  # fmt: skip
UNAUTHENTICATED = Kind(
    "unauthenticated", 401, "A valid token is needed", "The request carries no token, or one that is not valid here.",
    "Send `Authorization: Bearer <token>` with a token of this installation.",
)  # fmt: skip
FORBIDDEN = Kind(
    "forbidden", 403, "The permission is missing", "The caller is known, but none of the caller's roles has the permission.",
    "Use a token of a role that has the permission named, or ask an administrator for it.",
)  # fmt: skip
NOT_FOUND = Kind(
    "not-found", 404, "There is nothing at this address", "No page or thing has this address.",
    "Compare the address with the API page under `/<service>/docs`.",
)  # fmt: skip
METHOD = Kind(
    "method-not-allowed", 405, "This address does not take that method", "The address exists, for other methods.",
    "Use one of the methods named in the `Allow` header.",
)  # fmt: skip
CONFLICT = Kind(
    "version-conflict", 409, "Somebody else was first", "The stream changed while the command was decided.",
    "Read the present state and send the command again if it still makes sense.",
)  # fmt: skip
NOT_READY_TO_SWITCH = Kind(
    "not-ready-to-switch", 409, "The rebuilt projection cannot take over", "It lacks events that the live one has, or has parked some.",
    "Redrive what is parked, then rebuild again.",
)  # fmt: skip
REBUILDING = Kind(
    "rebuild-running", 409, "A rebuild is running", "The projection is being rebuilt already.",
    "Wait for its end, which the progress shows.",
)  # fmt: skip
PRECONDITION = Kind(
    "precondition-failed", 412, "The thing is no longer what you saw", "`If-Match` names another version than the present one.",
    "Read the present state, then send the request with its `ETag`.",
)  # fmt: skip
TOO_LARGE = Kind(
    "body-too-large", 413, "The body is too large", "The request's body is above the address's limit.",
    "Send less at once.",
)  # fmt: skip
EVENT_TOO_LARGE = Kind(
    "event-too-large", 413, "The event is too large", "One event's body would be above its topic's limit.",
    "Say less in one event, or split it.",
)  # fmt: skip
MEDIA_TYPE = Kind(
    "unsupported-media-type", 415, "This kind of content is not taken", "The body's `Content-Type` is not one that the address takes.",
    "Send a content type that the API page names.",
)  # fmt: skip
INVALID = Kind(
    "invalid-request", 422, "The request says something that cannot be", "A path, query or body value is missing or out of its bounds.",
    "Mend each place that `errors` names.",
)  # fmt: skip
INVALID_EVENT = Kind(
    "invalid-event", 422, "The event could not be read back", "What was to be written down would block everything behind it.",
    "Change the value that the detail names.",
)  # fmt: skip
UNSTORABLE = Kind(
    "unstorable-value", 422, "A value is beyond what can be stored", "A number or a text is larger than the database can hold.",
    "Send a smaller number or a shorter text.",
)  # fmt: skip
KEY_REUSED = Kind(
    "key-reused", 422, "The idempotency key belongs to another request", "The same key came with another method, address or body.",
    "Use a new key for a new request; repeat a request with its key unchanged.",
)  # fmt: skip
REFUSED = Kind(
    "refused", 422, "The request was refused", "A rule of the service says no.",
    "Do what the answer's `mend` says.",
)  # fmt: skip
INTERNAL = Kind(
    "internal", 500, "Something went wrong here", "A fault of this service, which has been written to its log.",
    "Try again later; if it stays, give the operator the `X-Correlation-Id` of this answer.",
)  # fmt: skip
NOT_READY = Kind(
    "not-ready", 503, "The service is not ready", "The service is starting, stopping, or something that it needs is away.",
    "Try again in a few seconds; `/health/ready` says what is missing.",
)  # fmt: skip

CATALOGUE: Sequence[Kind] = (
    UNREADABLE, BAD_HEADER, BAD_CURSOR, UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, METHOD, CONFLICT, NOT_READY_TO_SWITCH, REBUILDING,
    PRECONDITION, TOO_LARGE, EVENT_TOO_LARGE, MEDIA_TYPE, INVALID, INVALID_EVENT, UNSTORABLE, KEY_REUSED, REFUSED, INTERNAL, NOT_READY,
)  # fmt: skip
