"""Finding the running platform from its data folder, and asking it."""

import json
from pathlib import Path
from typing import Annotated, Any, Self

import httpx2
import typer

from entente_platform.command.trouble import UNREACHABLE, Trouble
from entente_platform.folder import DataFolder

Data = Annotated[Path, typer.Option("--data", help="The platform's data folder.", metavar="DIR")]
HERE = Path("data")
"""The data folder where none is named."""


def start_it(folder: DataFolder) -> str:
    """What to do where no platform answers."""
    return f"start one with `entente up --data {folder.path}`, or name the folder of one that runs with --data"


class Platform:
    """The platform that runs on a data folder, or the services named there, asked in a role of their tokens. Trouble comes as `Trouble`."""

    def __init__(self, folder: DataFolder, role: str, transport: httpx2.BaseTransport | None = None) -> None:
        self.folder, self.role = folder, role
        self._alone = folder.services()
        self._url = None if self._alone else running_url(folder)
        self._http = httpx2.Client(timeout=60.0, headers={"authorization": f"Bearer {_token(folder, role)}"}, transport=transport)

    def services(self) -> list[str]:
        """The services that can be asked."""
        if self._alone:
            return list(self._alone)
        found: list[str] = self.get("/health/live")["services"]
        return found

    def get(self, path: str, **query: str | int | None) -> Any:
        """The JSON at a path."""
        return self._asked("GET", path, params={name: value for name, value in query.items() if value is not None})

    def every(self, path: str) -> list[Any]:
        """The items of all pages of a listing."""
        items: list[Any] = []
        page: str | None = path
        while page is not None:
            answer = self._send("GET", page)
            items.extend(answer.json()["items"])
            page = answer.links.get("next", {}).get("url")
        return items

    def post(self, path: str, body: Any = None, **query: str) -> Any:
        """The JSON answer to a posted JSON body."""
        return self._asked("POST", path, params=query, json=body)

    def put(self, path: str, body: Any) -> Any:
        """The JSON answer to a JSON body that replaces what is there."""
        return self._asked("PUT", path, json=body)

    def _asked(self, method: str, path: str, **request: Any) -> Any:
        answer = self._send(method, path, **request)
        return answer.json() if answer.content else None

    def _send(self, method: str, path: str, **request: Any) -> httpx2.Response:
        address = self.address(path.strip("/").partition("/")[0])
        url = path if path.startswith(address) else address + path
        try:
            answer = self._http.request(method, url, **request)
        except httpx2.TransportError as error:
            raise Trouble(
                f"the platform at {address} does not answer ({type(error).__name__})",
                start_it(self.folder),
                code=UNREACHABLE,
                kind="unreachable",
            ) from error
        if answer.is_error:
            raise _trouble(answer)
        return answer

    def address(self, service: str) -> str:
        """Where a service answers."""
        return self._url or address_of(self.folder, service)

    def close(self) -> None:
        """Closes its connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def address_of(folder: DataFolder, service: str) -> str:
    """Where a service is reached: at its own address, or at that of the platform which runs on the data folder."""
    alone = folder.services()
    if not alone:
        return running_url(folder)
    if service not in alone:
        there = ", ".join(alone)
        raise Trouble(
            f"{folder.path} names no address of the service {service!r}; it has {there}",
            f"name it too: entente connect --data {folder.path} {service}=URL ...",
            code=UNREACHABLE,
            kind="unreachable",
        )
    return alone[service]


def running_url(folder: DataFolder) -> str:
    """Where the platform of a data folder listens."""
    url = folder.url()
    if url is None:
        raise Trouble(f"no platform runs on the data folder {folder.path}", start_it(folder), code=UNREACHABLE, kind="unreachable")
    return url


def _token(folder: DataFolder, role: str) -> str:
    from entente_eventkit.shell.tokens import TokenMissing, read_token

    try:
        return read_token(folder.clients_tokens(), role)
    except TokenMissing as error:
        raise Trouble(str(error), start_it(folder), kind="no-token") from error


def _trouble(answer: httpx2.Response) -> Trouble:
    try:
        problem = answer.json()
        places = problem.get("errors", [])
        what = [str(problem.get("detail", "")), *(f"{place['path']}: {place['detail']}" for place in places[1:])]
        mends = [f"{place['path']}: {place['mend']}" for place in places] or [str(problem.get("mend") or "see the platform's API pages")]
        return Trouble(
            f"{problem['title']}: {'; '.join(what)}".rstrip(": "),
            "; ".join(mends),
            kind=str(problem.get("code") or problem.get("type") or answer.status_code),
        )
    except (json.JSONDecodeError, KeyError, TypeError):
        return Trouble(
            f"{answer.request.url} answered {answer.status_code}: {answer.text[:200]}",
            "see that the address is that of an Entente platform",
            kind=str(answer.status_code),
        )
