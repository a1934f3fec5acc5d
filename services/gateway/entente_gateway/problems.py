"""The kinds of problems that the gateway answers with, beside those of every service."""

from entente_eventkit.shell.kinds import Kind

TOO_MANY = Kind(
    "too-many-items-a-second", 429, "More came than may", "Each source has a limit, and all strangers one together; nothing was taken.",
    "Wait as long as `Retry-After` says, then send the same again: what was admitted before is a duplicate, never twice.",
)  # fmt: skip
TOO_BUSY = Kind(
    "too-busy", 503, "Too much is in hand", "The gateway has as many requests or bytes in hand as it takes at once; nothing was taken.",
    "Wait as long as `Retry-After` says, then send the same again.",
)  # fmt: skip
SLOW_BODY = Kind(
    "slow-body", 408, "The body came too slowly", "A body has 15 seconds, and a second more for each 32 KiB that came.",
    "Send it again over a faster line, or less at once.",
)  # fmt: skip

PROBLEMS = (
    TOO_MANY,
    TOO_BUSY,
    SLOW_BODY,
    Kind("source-suspended", 409, "The source is suspended already", "Nothing of it is let in.", "Nothing is left to do."),
    Kind("source-not-suspended", 409, "The source is not suspended", "It is let in as before.", "Nothing is left to do."),
    Kind("token-exists", 409, "The name is taken", "The source has, or had, a token of this name.", "Give the token another name."),
    Kind("too-many-tokens", 422, "The source has too many tokens", "A source may have 10 tokens at once.", "Revoke one first."),
    Kind("no-such-token", 404, "There is no such token", "The source has no token of this name that opens.", "Name one of its tokens."),
    Kind("no-such-arrival", 404, "There is no such arrival", "Nothing was refused under this digest.", "See the list of the quarantine."),
    Kind("admitted-already", 409, "It has passed already", "The arrival was admitted after it had been refused.", "Nothing is left to do."),
    Kind(
        "kept-in-part", 409, "Only its beginning was kept", "Of what is too large only 64 KiB and the hash are kept.",
        "Have its sender send it again, in smaller events.",
    ),
    Kind(
        "kept-no-more", 410, "Its bytes are gone", "The bytes of what was refused are kept for 400 days after they last came.",
        "Have its sender send it again.",
    ),
    Kind(
        "not-cloudevents", 415, "This is no CloudEvents message", "The request is in none of the three modes in which CloudEvents travel.",
        "Send application/cloudevents+json, application/cloudevents-batch+json, or the attributes as `ce-` headers.",
    ),
    Kind(
        "too-many-items", 413, "The batch is too long", "A batch may carry 500 items; nothing of this one was taken.",
        "Send several batches.",
    ),
    Kind(
        "private-key", 422, "This is a private key", "The request holds a private key, which was neither read nor kept.",
        "Send the public key only; make a new pair, since the private one has left its house.",
    ),
    Kind(
        "no-public-key", 422, "This is no public key", "The key cannot be read, or is of a kind that is not taken.",
        "Send an Ed25519 or ECDSA P-256 key in PEM (SubjectPublicKeyInfo).",
    ),
    Kind("other-algorithm", 422, "The key is of another algorithm", "It is not of the algorithm named.", "Name the key's own algorithm."),
    Kind("source-exists", 409, "The name is taken", "A source of this name is registered.", "Choose another name, or change that source."),
    Kind("uri-taken", 409, "The URI is taken", "Another source is registered under this URI.", "Give each source a URI of its own."),
    Kind("no-such-source", 404, "There is no such source", "No source has this name.", "See the list of sources."),
    Kind("key-exists", 409, "The key is there already", "The source has, or had, this id or this very key.", "Make a new key pair."),
    Kind("too-many-keys", 422, "The source has too many keys", "A source may have had 20 keys.", "Register it anew under another name."),
    Kind("no-such-key", 404, "There is no such key", "The source has no key with this id.", "Name one of its keys."),
    Kind("key-revoked", 409, "The key was revoked before", "What is revoked stays so.", "Nothing is left to do."),
    Kind("no-types", 422, "The rights name no type", "Rights without a type let nothing in.", "Name at least one type."),
    Kind("not-reportable", 422, "Sources do not report this", "Only observations are reported.", "Name types of observations."),
    Kind("nothing-changes", 422, "Nothing would change", "The rights are these already.", "Send other rights."),
    Kind("no-such-country", 422, "There is no such country", "The code is none of ISO 3166-1 alpha-3.", "Write the alpha-3 code."),
)  # fmt: skip
"""By code; what each refusal of the gateway's own commands and routes means."""
