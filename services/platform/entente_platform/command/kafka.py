"""`entente kafka`: Apache Kafka on this machine, for what does not fit into one process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from entente_platform.command import kafka_rights
from entente_platform.command.kafka_trouble import kafka_trouble
from entente_platform.command.output import AsJson, console, errors, print_json, table, told
from entente_platform.command.trouble import UNREACHABLE, Trouble

if TYPE_CHECKING:
    from entente_backing.kafka import NativeCluster
    from entente_backing.kafka.cluster import Status

Dir = Annotated[Path, typer.Option("--dir", help="The cluster's folder.", metavar="DIR")]
HERE = Path("data/kafka")
"""The folder where none is named."""

app = typer.Typer(no_args_is_help=True, help="Apache Kafka on this machine: one node or three, on loopback only.")
app.command("provision")(kafka_rights.provision)
app.command("invite")(kafka_rights.invite)


@app.command("up")
@told
def up(
    nodes: Annotated[int | None, typer.Option("--nodes", help="1 or 3; what the folder has where it is left out, else 1.")] = None,
    secure: Annotated[bool | None, typer.Option("--secure", help="TLS, passwords and access rules; nothing is allowed by itself.")] = None,
    port: Annotated[int | None, typer.Option("--port", min=1, max=65000, help="The first of its ports; any free ones if left out.")] = None,
    folder: Dir = HERE,
    as_json: AsJson = False,
) -> None:
    """Start what does not run, and return when every node answers. The nodes go on until `entente kafka down`.

    Example: entente kafka up --nodes 3 --secure
    """
    from entente_backing.kafka import NativeCluster

    with kafka_trouble(), _telling(quiet=as_json) as tell:
        found = NativeCluster.found(folder)
        if found is None:
            cluster = NativeCluster(folder, nodes or 1, secure=bool(secure), base_port=port)
        else:
            cluster = NativeCluster(folder, nodes or found.nodes, secure=found.secure if secure is None else secure)
        cluster.up(tell)
        if cluster.secure:
            tell("giving the services their credentials and rights")
            cluster.provision(kafka_rights.what_services_read())
        status = cluster.status()
    _show(cluster, status, as_json=as_json)


@app.command("down")
@told
def down(folder: Dir = HERE, as_json: AsJson = False) -> None:
    """Stop the nodes in order; what they hold stays in the folder. Example: entente kafka down"""
    with kafka_trouble(), _telling(quiet=as_json) as tell:
        cluster = _found(folder)
        tell("stopping the nodes")
        cluster.down()
        status = cluster.status()
    _show(cluster, status, as_json=as_json)


@app.command("status")
@told
def status(folder: Dir = HERE, as_json: AsJson = False) -> None:
    """Which nodes run, where they listen, and whether all partitions have their copies. Exit code 3 where a node does not answer.

    Example: entente kafka status
    """
    with kafka_trouble():
        cluster = _found(folder)
        found = cluster.status()
    _show(cluster, found, as_json=as_json)
    if not all(node.answers for node in found.nodes):
        raise typer.Exit(UNREACHABLE)


def _found(folder: Path) -> "NativeCluster":
    from entente_backing.kafka import NativeCluster

    cluster = NativeCluster.found(folder)
    if cluster is None:
        raise Trouble(
            f"there is no Kafka in {folder}",
            f"start one with `entente kafka up --dir {folder}`, or name its folder",
            code=UNREACHABLE,
            kind="no-kafka",
        )
    return cluster


def _show(cluster: "NativeCluster", status: "Status", *, as_json: bool) -> None:
    if as_json:
        credentials = {"credentials": str(cluster.credentials.resolve())} if status.secure else {}
        print_json({"dir": str(cluster.folder.resolve()), "bootstrap": cluster.bootstrap, **credentials, **asdict(status)})
        return
    out = console()
    rows = [[str(node.node), node.address, str(node.pid or "-"), _state(node.pid, answers=node.answers)] for node in status.nodes]
    out.print(table("Node", "Address", "Process", "State", rows=rows, right=[0, 2]))
    if status.controller is not None:
        out.print(f"Node {status.controller} is the controller; {status.under_replicated} partitions have too few copies.")
    if any(node.answers for node in status.nodes):
        out.print(f"Clients connect to {','.join(cluster.bootstrap)}", markup=False, soft_wrap=True)
        if status.secure:
            out.print(f"with the credentials of their principal in {cluster.credentials}", markup=False, soft_wrap=True)


def _state(pid: int | None, *, answers: bool) -> str:
    return "answers" if answers else "does not answer" if pid else "stopped"


@contextmanager
def _telling(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Says what is going on while it goes on; in a terminal it is gone afterwards."""
    if quiet:
        yield lambda _: None
        return
    shown: Any = errors()
    with shown.status("looking at the folder") as status:

        def tell(what: str) -> None:
            status.update(what)
            if not shown.is_terminal:
                shown.print(what, markup=False)

        yield tell
