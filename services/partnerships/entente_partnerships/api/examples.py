"""Examples for the API page: what is sent, and answers as the service once gave them (`examples.json`)."""

import json
from importlib.resources import files
from typing import Any

from fastapi.openapi.models import Example

EXAMPLES: dict[str, Any] = json.loads(files("entente_partnerships").joinpath("examples.json").read_text("utf-8"))
"""The path below `/partnerships`, as it was asked, to the answer."""


def answering(asked: str) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: the answer to a question as it was asked."""
    value = EXAMPLES.get(asked)
    return {200: {"content": {"application/json": {"examples": {"answer": {"summary": asked, "value": value}}}}}} if value else {}


OTTAWA_TERMS: dict[str, Any] = {
    "title": "Anti-Personnel Mine Ban Convention",
    "entry": {"by": "deposits", "deposits": 40, "delay": {"months": 5, "to_month": True}, "citation": "article 17"},
    "exit": {"notice": {"months": 6}, "citation": "article 20 (3)"},
    "reservations": "prohibited",
    "provisions": [{"key": "art-1", "gives": "cooperation", "topics": ["anti-personnel mines"], "says": "no use, production or transfer"}],
    "source": "UNTS 2056, 35597",
}


def _of(value: dict[str, Any], summary: str) -> Example:
    return Example(summary=summary, value=value)


OPENING: dict[str, Example] = {
    "ottawa": _of(
        {"agreement": "ottawa-1997", "terms": OTTAWA_TERMS, "on": "1997-12-03"}, "a convention that enters into force by deposits"
    )
}
ACTS: dict[str, Example] = {
    "signed": _of({"act": "signed", "party": "FRA", "on": "1997-12-03"}, "a party signed"),
    "consented": _of({"act": "consented", "party": "FRA", "form": "ratification", "on": "1998-07-23"}, "a party ratified"),
    "denounced": _of({"act": "denounced", "party": "FIN", "on": "2025-07-10"}, "a party gave notice that it leaves"),
    "corrected": _of(
        {"act": "corrected", "step": 3, "on": "1998-07-24", "because": "the depositary corrected its notification"}, "a day was wrong"
    ),
    "annulled": _of({"act": "annulled", "step": 3, "because": "it was entered for another party"}, "it never happened"),
}
TAKE_OVER: dict[str, Example] = {
    "ottawa": _of(
        {
            "because": "from the depositary's list",
            "agreements": [
                {
                    "agreement": "ottawa-1997",
                    "terms": OTTAWA_TERMS,
                    "on": "1997-12-03",
                    "acts": [
                        {"act": "signed", "party": "FRA", "on": "1997-12-03"},
                        {"act": "consented", "party": "FRA", "form": "ratification", "on": "1998-07-23"},
                    ],
                }
            ],
        },
        "an agreement with two acts",
    )
}
OSCE: dict[str, Any] = {
    "body": "OSCE",
    "name": "Organization for Security and Co-operation in Europe",
    "kind": "regional_body",
    "binds": {"standings": ["full"], "while_suspended": False, "citation": "Vienna Document 2011, paragraph 1"},
    "founded": "1973-06-25",
    "source": "OSCE list of participating States; as CSCE until 1994",
}
NEW_BODY: dict[str, Example] = {"osce": _of(OSCE, "a regional body whose agreements bind its full members")}
MEMBER_ACTS: dict[str, Example] = {
    "joined": _of({"act": "joined", "member": "FRA", "standing": "full", "on": "1973-06-25"}, "a member joined"),
    "suspended": _of(
        {"act": "suspended", "member": "YUG", "because": "decision of the senior officials", "on": "1992-07-08"}, "a suspension"
    ),
}
TAKE_OVER_BODIES: dict[str, Example] = {
    "osce": _of(
        {
            "because": "from the body's own list",
            "bodies": [{**OSCE, "acts": [{"act": "joined", "member": "FRA", "standing": "full", "on": "1973-06-25"}]}],
        },
        "a body with one member",
    )
}


def reported(because: str) -> dict[str, Example]:
    """A report with its reason."""
    return {"reported": _of({"because": because, "on": "2025-12-01"}, because)}


CHANNEL: dict[str, Example] = {
    "hotline": _of(
        {
            "channel": "moscow-washington",
            "kind": "hotline",
            "title": "Direct Communications Link",
            "parties": ["USA", "RUS"],
            "reaches": "head_of_government",
            "test_every": 1,
            "on": "1963-08-30",
        },
        "a hotline that is tested every day",
    )
}
TEST: dict[str, Example] = {
    "answered": _of({"at": "2025-12-31T12:00:00Z", "answered": True, "after": 12}, "answered after twelve seconds"),
    "silent": _of({"at": "2026-01-01T09:00:00Z", "answered": False}, "nobody answered"),
}
ENGAGEMENT: dict[str, Example] = {
    "dialogue": _of(
        {
            "engagement": "strategic-dialogue-2026",
            "kind": "strategic_dialogue",
            "title": "Strategic dialogue",
            "parties": ["FRA", "IND"],
            "first": "2026-03-02",
            "last": "2026-03-04",
            "place": "New Delhi",
        },
        "a strategic dialogue of three days",
    )
}
MOVED: dict[str, Example] = {"moved": _of({"first": "2026-04-02", "last": "2026-04-04", "because": "an election"}, "a month later")}
HELD: dict[str, Example] = {
    "held": _of({"first": "2025-12-02", "last": "2025-12-04", "outcome": "a common calendar of exercises"}, "with an outcome")
}
COMMITMENT: dict[str, Example] = {
    "plans": _of(
        {"commitment": "share-plans", "owner": "FRA", "what": "share its exercise calendar", "due": "2026-03-31"}, "due in three months"
    )
}
KEPT: dict[str, Example] = {"kept": _of({"how": "the calendar was handed over", "on": "2025-12-20"}, "in time")}
DECLARATION: dict[str, Example] = {
    "priorities": _of(
        {
            "priorities": [
                {"theme": "collective-defence", "stance": 2, "weight": 5},
                {"theme": "arms-control", "stance": 1, "weight": 3},
            ],
            "on": "2025-07-14",
            "source": "invented for this page",
        },
        "two priorities",
    )
}
