"""Pages for people, paging, health, and the life cycle."""

import asyncio
import re
from html.parser import HTMLParser
from typing import Any

import httpx2
import pytest
from fastapi import APIRouter, FastAPI

from entente_eventkit.shell.mounting import mount
from entente_eventkit.shell.pages import ASSETS
from entente_eventkit.shell.permissions import requires, undeclared

PAGES = ("/", "/problems", "/docs", "/register/docs")


class Addresses(HTMLParser):
    """Every address that a page names, and whether it runs anything written in the page itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inline = False

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        named = dict(attributes)
        self.found += [value for name, value in named.items() if name in {"href", "src", "action", "data"}]
        self.inline |= (tag == "script" and "src" not in named) or tag == "style" or any(name.startswith("on") for name in named)


@pytest.mark.parametrize("address", PAGES)
async def test_no_page_names_another_host_and_what_it_loads_is_there(anyone: httpx2.AsyncClient, address: str) -> None:
    answer = await anyone.get(address)
    assert answer.status_code == 200
    page = Addresses()
    page.feed(answer.text)
    assert not page.inline
    for found in page.found:
        assert "//" not in found, found
        loaded = await anyone.get(str(httpx2.URL("http://here" + address).join(found)))
        assert loaded.status_code == 200, found
    assert "default-src 'self'" in answer.headers["content-security-policy"]


async def test_the_front_page_lists_the_services(anyone: httpx2.AsyncClient) -> None:
    text = (await anyone.get("/")).text
    assert "Keeps sources" in text
    assert 'href="register/docs"' in text


@pytest.mark.parametrize(("name", "media"), ASSETS.items())
async def test_the_api_pages_parts_are_served_by_ourselves(anyone: httpx2.AsyncClient, name: str, media: str) -> None:
    answer = await anyone.get(f"/register/docs/assets/{name}")
    assert answer.headers["content-type"].startswith(media)
    assert len(answer.content) > 500
    assert (await anyone.get("/register/docs/assets/redoc.standalone.js")).status_code == 422


async def test_the_api_page_asks_nobody_else_to_judge_its_document(anyone: httpx2.AsyncClient) -> None:
    start = (await anyone.get("/register/docs/start.js")).text
    assert "validatorUrl: null" in start
    assert not re.search(r"https?://", start)


async def test_the_api_document_names_permissions_and_problems(anyone: httpx2.AsyncClient) -> None:
    document = (await anyone.get("/register/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "/register"}]
    operation = document["paths"]["/sources/{name}"]["post"]
    assert operation["x-permission"] == "sources:write"
    assert operation["security"] == [{"token": []}]
    assert "422" not in operation["responses"]
    assert "application/problem+json" in operation["responses"]["default"]["content"]
    assert {} in document["paths"]["/small"]["post"]["security"]
    assert "HTTPValidationError" not in document["components"]["schemas"]
    assert (await anyone.get("/register/openapi.json")).json() == document


async def test_pages_of_a_listing_follow_each_other(administrator: httpx2.AsyncClient, running: Any) -> None:
    for name in ("c", "a", "b", "e", "d"):
        await administrator.post(f"/register/sources/{name}", json={"title": name})
    running.feed()
    address: str | None = "/register/sources?limit=2&other=x%20y"
    pages: list[Any] = []
    while address:
        answer = await administrator.get(address)
        pages.append(answer.json())
        address = answer.links["next"]["url"] if "next" in answer.links else None
        assert address is None or "other=x+y" in address
    assert pages == [["a", "b"], ["c", "d"], ["e"]]


async def test_health(anyone: httpx2.AsyncClient, running: Any) -> None:
    for address in ("/register/health/live", "/health/live", "/register/health/ready", "/health/ready"):
        assert (await anyone.get(address)).status_code == 200
    running.reasons = ["the database stands at an unknown revision 4711"]
    for address in ("/register/health/ready", "/health/ready"):
        answer = await anyone.get(address)
        assert answer.status_code == 503
        assert answer.json()["reasons"] == ["register: the database stands at an unknown revision 4711"]
        assert answer.headers["retry-after"] == "2"
    assert (await anyone.get("/register/health/live")).status_code == 200
    running.broken = RuntimeError("password=hunter2")
    answer = await anyone.get("/health/ready")
    assert answer.status_code == 503
    assert "RuntimeError" in answer.json()["detail"]
    assert "hunter2" not in answer.text


async def test_every_answer_has_the_guarding_headers(anyone: httpx2.AsyncClient) -> None:
    for address in ("/register/health/live", "/nowhere", "/register/fault"):
        headers = (await anyone.get(address)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


async def test_runtimes_start_and_stop_with_the_application(app: FastAPI, running: Any) -> None:
    root = mount([app])
    async with root.router.lifespan_context(root):
        assert running.life == ["started"]
    assert running.life == ["started", "stopped"]


async def test_what_fails_to_start_is_stopped_and_ends_the_process(app: FastAPI, running: Any) -> None:
    running.broken = RuntimeError("store behind its log")
    root = mount([app])
    with pytest.raises(RuntimeError, match="behind"):
        async with root.router.lifespan_context(root):
            pass
    assert running.life == ["started", "stopped"]


async def test_a_rebuild_is_ended_by_the_stop(app: FastAPI) -> None:
    root = mount([app])
    async with root.router.lifespan_context(root):
        app.state.rebuilds.start("titles", check=False)
        await asyncio.sleep(0)
    ended = app.state.rebuilds.of("titles")
    assert (ended.state, ended.why) == ("failed", "the service stopped")


def test_nothing_to_mount_is_an_error() -> None:
    with pytest.raises(ValueError, match="no service"):
        mount([])


async def test_the_process_may_have_routes_of_its_own_under_the_same_rules(app: FastAPI) -> None:
    also = APIRouter(prefix="/ops")

    @also.post("/clock", dependencies=[requires("clock:advance")])
    async def advance() -> str:
        return "advanced"

    root = mount([app], also=also)
    assert undeclared(root) == []
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(root), base_url="http://here") as client:
        assert (await client.post("/ops/clock")).status_code == 401
        assert "/ops/clock" in (await client.get("/openapi.json")).json()["paths"]


async def test_what_is_no_http_passes_through(app: FastAPI) -> None:
    sent: list[Any] = []

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/nothing", "root_path": "", "headers": [], "query_string": b"", "subprotocols": []}
    await app(scope, receive, send)
    assert sent[0]["type"] == "websocket.close"
