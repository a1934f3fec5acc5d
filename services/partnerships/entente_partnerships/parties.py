"""Whether those named in a command are parties that the registry knows: states by their code, bodies by having been registered."""

from collections.abc import Iterable

from entente_contracts.refused import Refused
from entente_contracts.topics import PARTNERSHIPS
from entente_eventkit.acting.acting import Acting
from entente_partnerships.states import is_state


def body_stream(body: str) -> str:
    """`body/<short name>`."""
    return f"body/{body}"


def known(acting: Acting, parties: Iterable[tuple[str, str]]) -> None:
    """Refuses the first of (where in the request, party) that is neither a state nor a registered body."""
    for where, party in parties:
        if not is_state(party) and acting.head.version(PARTNERSHIPS, body_stream(party)) == 0:
            raise Refused(
                "unknown-party",
                f"{party!r} is no state of ISO 3166-1 or 3166-3, and no body of that name is registered",
                mend="write a state's alpha-3 code, such as FRA, or register the body first with POST /partnerships/bodies",
                where=where,
            )
