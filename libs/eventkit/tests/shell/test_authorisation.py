"""Authorisation: default deny, 401 and 403 that say what is missing, and the parts behind the door."""

from pathlib import Path

import httpx2
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.params import Depends

from entente_contracts.recorded import AuthType
from entente_eventkit.clock import SystemClock
from entente_eventkit.shell.build import assemble
from entente_eventkit.shell.permissions import UndeclaredRoute, requires, undeclared
from entente_eventkit.shell.principal import NOBODY_KNOWN, WrongToken
from entente_eventkit.shell.problems import Problem
from entente_eventkit.shell.roles import Roles, RolesError, roles
from entente_eventkit.shell.tokens import TokenDoor, TokenMissing, make_tokens, read_token


async def test_without_a_token_the_answer_is_401_and_names_the_permission_and_the_roles(anyone: httpx2.AsyncClient) -> None:
    answer = await anyone.get("/register/sources")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="entente"'
    problem = answer.json()
    assert problem["permission"] == "sources:read"
    assert "sources:read" in problem["detail"]
    assert "officer, operator, administrator" in problem["mend"]


async def test_a_wrong_token_is_401_everywhere_and_not_repeated(anyone: httpx2.AsyncClient) -> None:
    for address in ("/register/sources", "/register/health/live", "/"):
        answer = await anyone.get(address, headers={"Authorization": "Bearer forged-token"})
        assert answer.status_code == 401, address
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
        assert "forged-token" not in answer.text


async def test_another_scheme_is_401(anyone: httpx2.AsyncClient) -> None:
    answer = await anyone.get("/register/sources", headers={"Authorization": "Basic b3BlcmF0b3I6eA=="})
    assert answer.status_code == 401
    assert "Bearer <token>" in answer.json()["detail"]


async def test_a_role_without_the_permission_is_403_naming_it(operator: httpx2.AsyncClient) -> None:
    answer = await operator.post("/register/sources/ucdp", json={"title": "UCDP"})
    assert answer.status_code == 403
    problem = answer.json()
    assert problem["permission"] == "sources:write"
    assert "role/operator" in problem["detail"]
    assert "administrator" in problem["mend"]
    assert 'scope="sources:write"' in answer.headers["www-authenticate"]


async def test_the_caller_is_judged_before_the_body_is_looked_at(anyone: httpx2.AsyncClient) -> None:
    answer = await anyone.post("/register/sources/ucdp", content=b"{no json", headers={"Content-Type": "application/json"})
    assert answer.status_code == 401


async def test_a_role_that_may_gets_through(administrator: httpx2.AsyncClient) -> None:
    assert (await administrator.get("/register/sources")).json() == []


async def test_the_routes_own_dependency_judges_too_should_the_gate_ever_be_passed_by() -> None:
    bare = FastAPI(openapi_url=None)
    bare.state.door = TokenDoor({})
    bare.get("/sources", dependencies=[requires("sources:read")])(lambda: "open")
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(bare), base_url="http://here") as client:
        with pytest.raises(Problem, match="sources:read"):
            await client.get("/sources")


def test_every_route_declares_a_permission(app: FastAPI) -> None:
    assert undeclared(app) == []


@pytest.mark.parametrize("dependencies", [[], [requires("ops:read"), requires("ops:write")]])
def test_a_planted_route_without_exactly_one_permission_is_caught(dependencies: list[Depends]) -> None:
    planted = APIRouter(prefix="/planted")

    @planted.get("/backdoor", dependencies=dependencies)
    async def backdoor() -> None: ...

    with pytest.raises(UndeclaredRoute, match="GET /planted/backdoor"):
        assemble("planted", "", [planted], door=TokenDoor({}), clock=SystemClock())


def test_what_is_mounted_in_an_application_is_walked_too(app: FastAPI) -> None:
    inner = FastAPI(openapi_url=None)
    inner.get("/open")(lambda: None)
    app.mount("/inner", inner)
    app.mount("/static", lambda *_: None)
    assert sorted(undeclared(app)) == ["? /static", "GET /inner/open"]


def test_a_permission_that_no_role_has_is_refused_at_once() -> None:
    with pytest.raises(UndeclaredRoute, match="sources:wirte"):
        requires("sources:wirte")


def test_each_role_includes_what_the_ones_below_it_may() -> None:
    assert roles().may["anyone"] < roles().may["analyst"] < roles().may["officer"] < roles().may["operator"] < roles().may["administrator"]
    assert roles().permissions.keys() == roles().may["administrator"]


def test_a_monitor_may_read_metrics_and_else_what_anybody_may() -> None:
    assert roles().may["monitor"] - roles().may["anyone"] == {"metrics:read"}
    assert set(roles().having("metrics:read")) == {"monitor", "operator", "administrator"}


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        ({"permissions": {}, "roles": {"a": {"about": "", "may": ["x"]}}}, "role a may x"),
        ({"permissions": {}, "roles": {"a": {"about": "", "includes": ["b"], "may": []}}}, "includes b"),
        ({"permissions": {"x": ""}, "roles": {"a": {"about": "", "may": []}}}, "nobody has the permission x"),
    ],
)
def test_a_roles_file_that_contradicts_itself_says_where(tables: dict[str, object], says: str) -> None:
    with pytest.raises(RolesError, match=says):
        Roles.of(tables)


def test_tokens_are_made_once_for_their_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "tokens"
    make_tokens(folder)
    first = read_token(folder, "operator")
    make_tokens(folder)
    assert read_token(folder, "operator") == first
    assert len(first) >= 43
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert sorted(path.stem for path in folder.iterdir()) == ["administrator", "analyst", "monitor", "officer", "operator"]
    assert len({path.read_text() for path in folder.iterdir()}) == 5


def test_what_others_could_read_is_closed_and_what_is_empty_is_filled(tmp_path: Path) -> None:
    folder = tmp_path / "tokens"
    make_tokens(folder)
    path = folder / "operator.token"
    path.write_text("")
    path.chmod(0o644)
    folder.chmod(0o755)
    door = make_tokens(folder)
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    principal = door.principal_of(f"Bearer {read_token(folder, 'operator')}")
    assert principal is not None
    assert principal.roles == {"operator"}


def test_a_missing_token_says_where_and_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TokenMissing, match=r"operator\.token.*start the platform"):
        read_token(tmp_path, "operator")
    with pytest.raises(TokenMissing, match="there is no role king"):
        read_token(tmp_path, "king")

    def closed(*_: object) -> str:
        raise PermissionError

    monkeypatch.setattr(Path, "read_text", closed)
    with pytest.raises(TokenMissing, match="another user"):
        read_token(tmp_path, "operator")


def test_the_server_keeps_hashes_only() -> None:
    door = TokenDoor({"operator": "open-sesame"})
    assert "open-sesame" not in repr(vars(door))
    with pytest.raises(WrongToken):
        door.principal_of("Bearer open-sesamE")
    assert door.principal_of(None) is None


def test_the_actor_of_an_event_says_how_it_was_proven() -> None:
    assert NOBODY_KNOWN.actor.type is AuthType.UNAUTHENTICATED
    principal = TokenDoor({"operator": "t"}).principal_of("bearer t")
    assert principal is not None
    assert (principal.actor.type, principal.actor.id, principal.actor.party) == (AuthType.API_KEY, "role/operator", None)
