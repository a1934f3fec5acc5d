"""`entente connect`: services that run each alone, asked by the same commands as a platform."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from entente_platform.command.output import AsJson, console, print_json, told
from entente_platform.command.reach import HERE, Data, Platform
from entente_platform.command.trouble import USAGE, Trouble
from entente_platform.folder import DataFolder


@told
def connect(
    services: Annotated[list[str], typer.Argument(help="Where each service answers: gateway=http://127.0.0.1:8601", metavar="NAME=URL")],
    tokens: Annotated[Path, typer.Option("--tokens", help="The folder of the tokens that the services were given.", metavar="DIR")],
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Note in a data folder where services answer that run each alone; the other commands then ask those.

    Example: entente connect --data cluster --tokens secrets/tokens gateway=http://127.0.0.1:8601 stability=http://127.0.0.1:8602
    """
    addresses = dict(_named(each) for each in services)
    folder = DataFolder(data)
    if folder.url() is not None:
        raise Trouble(f"a platform runs on {data} by itself", "stop it first, or name another folder with --data", code=USAGE, kind="usage")
    folder.make()
    folder.note_services(addresses, tokens)
    with Platform(folder, "operator") as platform:
        states = {name: platform.get(f"/{name}/health/ready")["status"] for name in addresses}
    if as_json:
        print_json({"data": str(data.resolve()), "services": addresses})
        return
    for name, url in addresses.items():
        console().print(f"{name} at {url}: {states[name]}", markup=False)


def _named(text: str) -> tuple[str, str]:
    name, _, url = text.partition("=")
    if not name or urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
        raise Trouble(f"{text!r} names no service and its address", "write gateway=http://127.0.0.1:8601", code=USAGE, kind="usage")
    return name, url.rstrip("/")
