"""What this service refuses, for the catalogue of problems."""

from entente_eventkit.shell.kinds import Kind

PROBLEMS = (
    Kind(
        "unknown-party",
        422,
        "There is no such party",
        "The code is neither that of a state (ISO 3166-1, or 3166-3 for one that is no more) nor the name of a registered body.",
        "Send a state's alpha-3 code, such as FRA, or register the body first.",
    ),
)
