"""`entente kafka provision` and `invite`: credentials and rights in a secured cluster, wherever it runs."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from entente_platform.command.kafka_trouble import kafka_trouble
from entente_platform.command.output import AsJson, console, print_json, told
from entente_platform.command.trouble import USAGE, Trouble

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from entente_backing.kafka.provision import Furnished
    from entente_contracts.topics import Topic

Bootstrap = Annotated[str, typer.Option("--bootstrap", help="The cluster: host:port, several with commas.", metavar="BROKERS")]
Admin = Annotated[Path, typer.Option("--admin", help="The folder of the administrator's credentials.", metavar="DIR")]
Credentials = Annotated[Path, typer.Option("--credentials", help="Gets a folder of credentials a principal.", metavar="DIR")]


def what_services_read() -> "Mapping[str, Collection[Topic]]":
    """What each service reads, by its name, as the services declare it."""
    from entente_platform.app import SERVICES

    return {service.name: service.reads for service in SERVICES}


@told
def provision(bootstrap: Bootstrap, admin: Admin, credentials: Credentials, as_json: AsJson = False) -> None:
    """Give every service its password and exactly the rights it needs. May be repeated; passwords that are there stay.

    Example: entente kafka provision --bootstrap 127.0.0.1:9092 --admin secrets/admin --credentials secrets/credentials
    """
    from entente_backing.kafka.credentials import Credentials as Who
    from entente_backing.kafka.provision import provision as furnish

    with kafka_trouble():
        done = furnish(_brokers(bootstrap), Who.read(admin), credentials, what_services_read())
    show_furnished(done, as_json=as_json)


@told
def invite(
    source: Annotated[str, typer.Argument(help="The name under which the foreign source is registered.")],
    bootstrap: Bootstrap,
    admin: Admin,
    credentials: Credentials,
    as_json: AsJson = False,
) -> None:
    """Let one foreign source publish over Kafka: it may write entente.inbound and read its own replies, and nothing else.

    Example: entente kafka invite ucdp --bootstrap 127.0.0.1:9092 --admin secrets/admin --credentials secrets/ucdp
    """
    from entente_backing.kafka.credentials import Credentials as Who
    from entente_backing.kafka.provision import invite as furnish

    with kafka_trouble():
        done = furnish(_brokers(bootstrap), Who.read(admin), credentials, source)
    show_furnished(done, as_json=as_json)


def show_furnished(done: "Furnished", *, as_json: bool) -> None:
    """What was given to whom, and where the credentials lie; never a password."""
    if as_json:
        print_json(asdict(done))
        return
    out = console()
    for principal, folder in sorted(done.credentials.items()):
        out.print(f"{principal}: credentials in {folder}", markup=False, soft_wrap=True)
    out.print(f"{done.given} rights given, {done.taken} taken; topics made: {', '.join(done.topics) or 'none'}", markup=False)


def _brokers(text: str) -> list[str]:
    brokers = [one.strip() for one in text.split(",")]
    if not all(host and port.isdigit() for host, _, port in (one.rpartition(":") for one in brokers)):
        raise Trouble(f"{text!r} names no brokers", "write host:port, several with commas", code=USAGE, kind="usage")
    return brokers
