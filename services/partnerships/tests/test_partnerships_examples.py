"""The answers on the API page are answers that the registry gives; what is sent there is taken."""

import json
import re
from typing import Any

import pytest

from entente_partnerships.api import examples
from entente_partnerships.api.examples import EXAMPLES

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}")
ELYSEE = {
    "title": "Elysee Treaty",
    "entry": {"by": "date", "on": "1963-07-02"},
    "provisions": [{"key": "part-2-a", "gives": "consultation", "says": "consultation when one is threatened"}],
    "source": "UNTS 821, 11738",
}


NEW_START = {
    "title": "New START",
    "negotiated_by": ["USA", "RUS"],
    "entry": {"by": "notes", "citation": "article XIV (1)"},
    "term": {"lasts": {"months": 120}, "renewal": "agreed", "citation": "article XIV (2)"},
    "provisions": [{"key": "art-7", "gives": "notification", "topics": ["strategic arms"], "says": "data and notifications"}],
    "source": "TIAS 11-205",
}


@pytest.fixture(scope="module")
def filled(shared_desk: Any) -> Any:
    fill(shared_desk)
    return shared_desk


def fill(desk: Any) -> None:
    """Sends what the API page says can be sent, and two treaties."""
    desk.post("/bodies", value(examples.NEW_BODY, "osce"))
    desk.member("OSCE", "joined", "1973-06-25", member="YUG", standing="full")
    for act in examples.MEMBER_ACTS.values():
        desk.post("/bodies/OSCE/acts", act["value"])
    desk.post("/agreements", value(examples.OPENING, "ottawa"))
    for name in ("signed", "consented"):
        desk.post("/agreements/ottawa-1997/acts", value(examples.ACTS, name))
    desk.post("/agreements", {"agreement": "elysee-1963", "terms": ELYSEE, "on": "1963-01-22"})
    for party in ("FRA", "DEU"):
        desk.act("elysee-1963", "signed", "1963-01-22", party=party)
    desk.post("/agreements", {"agreement": "new-start-2010", "terms": NEW_START, "on": "2010-04-08"})
    for party in ("USA", "RUS"):
        desk.act("new-start-2010", "consented", "2011-02-05", party=party, form="ratification")
    desk.act("new-start-2010", "renewed", "2021-02-03", until="2026-02-05")
    desk.settle()
    desk.post("/channels", value(examples.CHANNEL, "hotline"))
    for test in examples.TEST.values():
        desk.post("/channels/moscow-washington/tests", test["value"])
    desk.post("/engagements", value(examples.ENGAGEMENT, "dialogue"))
    desk.post("/engagements/strategic-dialogue-2026/commitments", value(examples.COMMITMENT, "plans"))
    desk.post("/priorities/FRA", value(examples.DECLARATION, "priorities"))
    opposed = [{"theme": "collective-defence", "stance": -2, "weight": 5}, {"theme": "arms-control", "stance": -1, "weight": 3}]
    desk.post("/priorities/DEU", {"priorities": opposed, "on": "2025-07-14", "source": "invented for this page"})
    desk.settle()


def value(examples: dict[str, Any], name: str) -> Any:
    return examples[name]["value"]


def nameless(answer: Any) -> Any:
    return json.loads(ID.sub("an id", json.dumps(answer)))


def test_every_question_has_an_example(filled: Any) -> None:
    document = filled.ask("GET", "/openapi.json").json()
    asking = {path: operations["get"] for path, operations in document["paths"].items() if "get" in operations}
    own = {
        path: operation for path, operation in asking.items() if operation.get("tags") and not {"ops", "health"} & set(operation["tags"])
    }
    bare = [path for path, operation in own.items() if "examples" not in operation["responses"]["200"]["content"]["application/json"]]
    assert bare == []


@pytest.mark.parametrize("asked", EXAMPLES)
def test_the_answers_on_the_api_page_are_what_it_answers(filled: Any, asked: str) -> None:
    assert nameless(filled.get(asked)) == nameless(EXAMPLES[asked])
