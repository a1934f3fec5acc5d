"""The API as its own document describes it."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from entente_partnerships.problems import PROBLEMS

FEW = settings(
    max_examples=12, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def document(shared_desk):
    return shared_desk.ask("GET", "/openapi.json").json()


def operations(document):
    own = {
        path: item for path, item in document["paths"].items() if not path.startswith(("/ops", "/health", "/openapi", "/docs", "/metrics"))
    }
    return [(method.upper(), path) for path, item in own.items() for method in item]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")  # the registry's own threads use it meanwhile
def test_no_request_of_the_documents_own_making_meets_a_fault(shared_desk, document):
    schema = schemathesis.openapi.from_dict(document)
    tried = [try_out(shared_desk, schema[path][method]) for method, path in operations(document)]
    assert len(tried) >= 30


def try_out(desk, operation):
    @given(case=operation.as_strategy())
    @FEW
    def asks(case):
        sent = case.as_transport_kwargs(base_url="http://here/partnerships")
        answer = desk.http.request(
            sent["method"],
            sent["url"],
            headers={**(sent.get("headers") or {}), **desk.as_role("officer")},
            **{name: sent[name] for name in ("params", "json", "content") if sent.get(name) is not None},
            **({"content": sent["data"]} if isinstance(sent.get("data"), bytes | str) else {}),
        )
        assert answer.status_code < 500, answer.text
        if answer.is_success:
            operation.validate_response(schemathesis.Response.from_httpx(answer, verify=False))
        else:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["code"]
            assert answer.json()["mend"]

    asks()


def test_every_route_says_which_permission_it_needs_and_has_an_example_where_something_is_sent(document):
    for method, path in operations(document):
        operation = document["paths"][path][method.lower()]
        assert operation["x-permission"].startswith(("partnerships:", "docs:", "metrics:")), path
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body is not None:
            assert body["examples"], f"{method} {path} has no example"


def test_the_examples_of_what_is_sent_are_taken(desk, document):
    order = ["/bodies", "/agreements", "/agreements/{agreement}/acts", "/channels", "/engagements", "/priorities/{party}"]
    for path in order:
        for name, example in document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["examples"].items():
            if name in {"denounced", "corrected", "annulled"}:
                continue
            asked = path.replace("{agreement}", "ottawa-1997").replace("{party}", "FRA")
            desk.post(asked, example["value"])
    body = document["paths"]["/agreements/import"]["post"]["requestBody"]["content"]["application/json"]
    desk.post("/agreements/import", body["examples"]["ottawa"]["value"], status=200)


CHANNEL = {"channel": "x", "kind": "hotline", "title": "x", "parties": ["FRA"], "reaches": "ministry", "on": "2020-01-01"}
TALKS = {"engagement": "x", "kind": "party", "title": "x", "parties": ["FRA"], "first": "2020-01-01", "last": "2020-01-01"}
PRIORITY = {"theme": "arms-control", "stance": 3, "weight": 1}
WRONG = [
    ("/agreements", {"agreement": "X", "terms": {"title": "x", "entry": {"by": "deposits"}}, "on": "2020-01-01"}, "body.agreement"),
    ("/agreements", {"agreement": "x", "terms": {"title": "x", "entry": {"by": "somehow"}}, "on": "2020-01-01"}, "body.terms.entry.by"),
    ("/agreements", {"agreement": "x", "terms": {"title": "x", "entry": {"by": "deposits"}}, "on": "2020-02-30"}, "body.on"),
    ("/agreements/x/acts", {"act": "singed", "party": "FRA", "on": "2020-01-01"}, "body"),
    ("/agreements/x/acts", {"act": "signed", "party": "fra", "on": "2020-01-01"}, "body.signed.party"),
    ("/agreements/x/acts", {"act": "signed", "party": "FRA", "on": "2020-01-01", "form": "ratification"}, "body.signed.form"),
    ("/agreements/import", {"because": "x", "agreements": []}, "body.agreements"),
    ("/bodies", {"body": "OSCE", "name": "x", "kind": "club", "binds": {"standings": []}}, "body.kind"),
    ("/bodies/OSCE/acts", {"act": "joined", "member": "FRA", "standing": "half", "on": "2020-01-01"}, "body.joined.standing"),
    ("/channels", CHANNEL, "body.parties.1"),
    ("/channels/x/tests", {"at": "2020-01-01T00:00:00", "answered": True}, "body.at"),
    ("/channels/x/closure", {"on": "2020-01-01"}, "body.because"),
    ("/engagements", TALKS, "body.kind"),
    ("/engagements/x/commitments", {"commitment": "c", "owner": "FRA", "what": "x", "due": "soon"}, "body.due"),
    ("/priorities/FRA", {"priorities": [PRIORITY], "on": "2020-01-01"}, "body.priorities.0.stance"),
]


@pytest.mark.parametrize(("path", "body", "where"), WRONG, ids=lambda value: value if isinstance(value, str) else "")
def test_wrong_input_gets_the_place_the_value_and_the_mend(shared_desk, path, body, where):
    said = shared_desk.post(path, body, status=422)
    assert said["code"] == "invalid-request"
    assert where in {error["path"] for error in said["errors"]}, said["errors"]
    assert all(error["detail"] and error["mend"] for error in said["errors"])


def test_each_problem_is_on_the_page_of_problems(shared_desk):
    page = shared_desk.http.get("/problems").text
    assert all(kind.code in page for kind in PROBLEMS)
