"""Every error is a problem document: what, where, how to mend it, and nothing of the inside."""

import asyncio
import json
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DataError, OperationalError

from entente_eventkit.shell.kinds import CATALOGUE

ALWAYS = {"type", "title", "status", "detail", "where", "mend", "instance", "code"}


def problem_of(answer: httpx2.Response) -> dict[str, Any]:
    """The problem document, its shape checked."""
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem.keys() >= ALWAYS
    assert problem["status"] == answer.status_code
    assert problem["type"] == f"/problems#{problem['code']}"
    assert all(problem[name] for name in ALWAYS)
    return problem


async def test_a_refusal_of_the_domain_keeps_its_words(administrator: httpx2.AsyncClient) -> None:
    answer = await administrator.post("/register/sources/ucdp/rights", json={"countries": []})
    problem = problem_of(answer)
    assert (answer.status_code, problem["code"], problem["title"]) == (422, "unheard-of", "Unheard of")
    assert (problem["detail"], problem["mend"], problem["where"]) == ("ucdp was never registered", "register it first", "name")


async def test_a_declared_refusal_has_its_title_and_extra_members(administrator: httpx2.AsyncClient) -> None:
    await administrator.post("/register/sources/ucdp", json={"title": "a"})
    answer = await administrator.post("/register/sources/ucdp", json={"title": "a"})
    problem = problem_of(answer)
    assert (answer.status_code, problem["title"], problem["name"]) == (409, "That name is taken", "ucdp")
    assert problem["where"] == "POST /register/sources/ucdp"


async def test_every_wrong_value_is_named_with_its_place_and_no_more_than_80_characters_of_it(administrator: httpx2.AsyncClient) -> None:
    answer = await administrator.post("/register/sources/ucdp", json={"title": "x" * 500})
    (place,) = problem_of(answer)["errors"]
    assert answer.status_code == 422
    assert place["path"] == "body.title"
    assert len(place["value"]) == 80
    assert place["detail"]
    assert place["mend"]
    answer = await administrator.get("/register/sources?limit=0")
    assert problem_of(answer)["where"] == "query.limit"
    answer = await administrator.post("/register/sources/ucdp", json={})
    (place,) = problem_of(answer)["errors"]
    assert place == {"path": "body.title", "detail": "Field required", "mend": "add it"}


async def test_malformed_json_is_400_and_says_where(administrator: httpx2.AsyncClient) -> None:
    answer = await administrator.post("/register/sources/ucdp", content=b'{"title": ', headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert "at character 10" in problem_of(answer)["detail"]


async def test_an_unknown_address_is_404_and_another_method_405(anyone: httpx2.AsyncClient) -> None:
    for address in ("/register/nothing", "/nowhere", "/register"):
        assert problem_of(await anyone.get(address))["code"] == "not-found"
    answer = await anyone.put("/register/small")
    assert problem_of(answer)["code"] == "method-not-allowed"
    assert answer.headers["allow"] == "POST"


async def test_a_body_above_the_routes_limit_is_413_announced_or_not(anyone: httpx2.AsyncClient) -> None:
    large = json.dumps({"a": "b" * 60}).encode()

    async def pieces() -> Any:
        for at in range(0, len(large), 10):
            yield large[at : at + 10]

    announced = await anyone.post("/register/small", content=large, headers={"Content-Type": "application/json"})
    streamed = await anyone.post("/register/small", content=pieces(), headers={"Content-Type": "application/json"})
    for answer in (announced, streamed):
        assert answer.status_code == 413
        assert problem_of(answer)["limit"] == 64
    assert (await anyone.post("/register/small", json={"a": 1})).json() == {"members": 1}


@pytest.mark.parametrize("length", [b"-1", b"1e3", b"99999999999999999999999999", "\uff11".encode()])
async def test_a_length_that_is_none_is_refused_without_reading(anyone: httpx2.AsyncClient, length: bytes) -> None:
    answer = await anyone.post(
        "/register/small", content=b"{}", headers=[(b"Content-Length", length), (b"Content-Type", b"application/json")]
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("address", ["/a%0ab", "/register/a%0ab", "/register/sources/%0a/%0a", "/register%0a/sources"])
async def test_a_line_break_in_an_address_meets_a_problem_document_too(anyone: httpx2.AsyncClient, address: str) -> None:
    assert problem_of(await anyone.get(address))["code"] == "not-found"


async def test_a_caller_who_hangs_up_is_no_fault(app: Any, running: Any, caplog: pytest.LogCaptureFixture) -> None:
    spoken = iter([{"type": "http.request", "body": b"half", "more_body": True}, {"type": "http.disconnect"}])
    answered: list[Any] = []
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"1000")]
    scope = {"type": "http", "method": "POST", "path": "/streamed", "root_path": "", "query_string": b"", "headers": headers}

    async def receive() -> Any:
        return next(spoken)

    async def send(message: Any) -> None:
        answered.append(message)

    with caplog.at_level("INFO"):
        await app(scope, receive, send)
    assert answered == []
    assert caplog.records == []


async def test_a_fault_says_nothing_of_the_inside_but_names_the_chain(anyone: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = await anyone.get("/register/fault", headers={"X-Correlation-Id": "chain"})
    problem = problem_of(answer)
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["x-correlation-id"] == "chain"
    assert problem["instance"].startswith("/request/")
    assert [record.message for record in caplog.records if record.exc_info] == ["a request met a fault"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("SELECT secret", {}, RuntimeError("locked")), 503),
        (DataError("SELECT secret", {}, RuntimeError("too long")), 422),
        (OverflowError("secret"), 422),
    ],
)
async def test_what_the_database_says_stays_inside(
    administrator: httpx2.AsyncClient, running: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    async def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(running.database, "write", fail)
    answer = await administrator.post("/register/sources/ucdp", json={"title": "a"})
    assert answer.status_code == status
    assert "secret" not in json.dumps(problem_of(answer))


@pytest.mark.parametrize(
    "address",
    [
        "/register/number?of=" + "9" * 30,
        "/register/number?of=" + "9" * 5000,
        "/register/number?of=%00",
        "/register/sources/%00",
        "/register/sources/%FF%FE",
        "/register/sources/%ED%A0%80",
        "/register/sources?after=%F0%28&limit=1",
        "/register/sources?after=W10",
        "/register/sources?after=WyJhIiwxLCJcdTAwMDAiXQ",
        "/register/sources?after=" + "W" * 990,
        "/register/sources?after=bnVsbA&limit=1e9",
        "/register/ops/events/" + "x" * 3000,
        "/register/ops/events/by-id/%F0%9F%92%A5",
    ],
)
async def test_a_strange_address_is_never_a_fault(administrator: httpx2.AsyncClient, address: str) -> None:
    answer = await administrator.get(address)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        problem_of(answer)


@pytest.mark.parametrize(
    "body",
    [
        b'{"title": "\\ud800"}',
        b'{"title": NaN}',
        b"[" * 100_000,
        b'{"title": ' + b"9" * 5000 + b"}",
        b"\xff\xfe",
        b"",
        b"null",
        b'{"title": "\\u0000"}',
    ],
    ids=lambda body: repr(body[:16]),
)
async def test_a_strange_body_is_never_a_fault(administrator: httpx2.AsyncClient, body: bytes) -> None:
    answer = await administrator.post("/register/sources/ucdp", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        problem_of(answer)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "BREW"]),
    path=st.binary(max_size=30),
    query=st.binary(max_size=30),
    headers=st.lists(
        st.tuples(
            st.sampled_from([b"authorization", b"content-type", b"content-length", b"if-match", b"host", b"traceparent", b"cookie", b"x"]),
            st.binary(max_size=30),
        ),
        max_size=4,
    ),
    body=st.binary(max_size=60),
)
def test_raw_garbage_is_never_a_fault(app: Any, method: str, path: bytes, query: bytes, headers: Any, body: bytes) -> None:
    status = asyncio.run(raw(app, method, b"/small" + path, query, headers, body))
    assert status < 500


async def raw(app: Any, method: str, path: bytes, query: bytes, headers: list[tuple[bytes, bytes]], body: bytes) -> int:
    """Calls the application as a web server would after parsing the bytes leniently; gives the status."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path.decode("utf-8", "replace"),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": headers,
        "server": ("here", 80),
        "client": ("there", 1),
        "state": {},
    }
    await app(scope, receive, send)
    return int(sent[0]["status"])


async def test_a_status_of_any_kind_becomes_a_problem_with_its_headers(anyone: httpx2.AsyncClient) -> None:
    answer = await anyone.get("/register/teapot")
    assert (answer.status_code, problem_of(answer)["detail"], answer.headers["x-pot"]) == (418, "short and stout", "tea")


async def test_an_answer_that_breaks_off_is_not_patched_up(app: Any) -> None:
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://here") as client:
        with pytest.raises(RuntimeError, match="broken off"):
            await client.get("/broken-off")


async def test_every_kind_of_problem_is_explained_on_the_page_that_types_point_to(anyone: httpx2.AsyncClient) -> None:
    text = (await anyone.get("/problems")).text
    for kind in CATALOGUE:
        assert f'id="{kind.code}"' in text
    assert "already-registered" in text
    assert len({kind.code for kind in CATALOGUE}) == len(CATALOGUE)
