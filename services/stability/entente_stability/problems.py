"""What this service refuses, for the catalogue of problems."""

from entente_eventkit.shell.kinds import Kind

PROBLEMS = (
    Kind(
        "unknown-country",
        404,
        "There is no such country",
        "The code is none of ISO 3166-1 alpha-3.",
        "Send three capital letters, for example SDN.",
    ),
    Kind(
        "in-the-future",
        422,
        "That day has not come",
        "The day asked for, or the day of knowledge, is after the clock's today.",
        "Ask for a day up to today.",
    ),
    Kind(
        "before-all-records",
        422,
        "That day is before all records",
        "The day asked for is before 1900.",
        "Ask for a later day.",
    ),
    Kind("not-a-pair", 422, "A pair needs two states", "The same state was named twice.", "Name two different states."),
)
