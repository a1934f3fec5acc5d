"""The API as its own document describes it."""

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from entente_contracts import signature
from entente_contracts.codec import json_format
from entente_contracts.events.gateway import PublicKey
from entente_contracts.strict_json import canonical
from entente_gateway.examples import KEY, SIGNED_EVENT

OPERATIONS = [
    ("POST", "/events"),
    ("POST", "/sources"),
    ("GET", "/sources"),
    ("GET", "/sources/{name}"),
    ("POST", "/sources/{name}/keys"),
    ("POST", "/sources/{name}/keys/{keyid}/revocation"),
    ("PUT", "/sources/{name}/rights"),
    ("GET", "/quarantine"),
]
FEW = settings(
    max_examples=15, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)


@pytest.fixture
def document(world):
    return world.anyone.get("/gateway/openapi.json").json()


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_request_of_the_documents_own_making_meets_a_fault(world, document, method, path):
    operation = schemathesis.openapi.from_dict(document)[path][method]

    @given(case=operation.as_strategy())
    @FEW
    def asks(case):
        sent = case.as_transport_kwargs(base_url="http://here/gateway")
        answer = world.administrator.request(
            sent["method"],
            sent["url"],
            **{name: sent[name] for name in ("headers", "params", "json", "content") if sent.get(name) is not None},
            **({"content": sent["data"]} if isinstance(sent.get("data"), bytes | str) else {}),
        )
        assert answer.status_code < 500, answer.text
        if not answer.is_success:
            assert answer.headers["content-type"] == "application/problem+json"
        else:
            operation.validate_response(schemathesis.Response.from_httpx(answer, verify=False))

    asks()


def test_the_document_names_every_route_of_the_gateway(document):
    own = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert set(OPERATIONS) <= own
    assert document["paths"]["/events"]["post"]["x-permission"] == "events:publish"


def test_the_signed_event_of_the_document_verifies_and_comes_in(world, document):
    event = json_format.read(json.dumps(SIGNED_EVENT).encode())
    assert signature.verify(event, {KEY["keyid"]: PublicKey.model_validate(KEY)}) == KEY["keyid"]
    body = document["paths"]["/sources"]["post"]["requestBody"]["content"]["application/json"]
    example = (body.get("examples") or body["schema"]["examples"])[0]
    assert world.administrator.post("/gateway/sources", json=example).status_code == 201
    for content_type, described in document["paths"]["/events"]["post"]["requestBody"]["content"].items():
        headers = {"content-type": content_type}
        example = described["examples"]["signed"]["value"]
        if content_type == "application/json":
            headers |= {each["name"]: each["example"] for each in document["paths"]["/events"]["post"]["parameters"]}
        (receipt,) = world.receipts(world.post(canonical(example), headers))
        assert receipt["outcome"] in {"admitted", "duplicate"}, receipt
