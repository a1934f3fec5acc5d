"""`entente move`: from one process with SQLite files to services on PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from entente_platform.command.output import AsJson, console, errors, print_json, told
from entente_platform.command.reach import HERE, Data
from entente_platform.command.trouble import FAILED, USAGE, Trouble
from entente_platform.folder import DataFolder

Tell = Callable[[str, int, int], None]


@told
def move(
    server: Annotated[str, typer.Option("--server", help="The PostgreSQL server to move to.", metavar="HOST[:PORT]")],
    credentials: Annotated[Path, typer.Option("--credentials", help="What `entente database provision` wrote: SERVICE/database_password.")],
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Move everything that a data folder's platform has stored to a PostgreSQL server, each service whole or not at all.

    The platform must be stopped. Its folder stays as it is; services that run on the new databases publish everything anew into their log.
    Example: entente move --data data --server 127.0.0.1:5432 --credentials secrets/credentials
    """
    folder = DataFolder(data)
    if not folder.path.is_dir():
        raise Trouble(f"there is no data folder {data}", "name the folder of the platform with --data", code=USAGE, kind="usage")
    from entente_eventkit.moving import CannotMove
    from entente_platform import moving, running

    addresses = {service.name: _address(service.name, server, credentials) for service in moving.SERVICES}
    done = []
    try:
        with running.alone(folder), _progress(quiet=as_json) as tell:
            for moved in moving.move_all(folder, addresses, tell):
                done.append(moved)  # noqa: PERF402 - what was moved before one fails is told
    except running.InUse as error:
        raise Trouble(str(error), "stop it first: what it still writes would be left behind", code=FAILED, kind="in-use") from error
    except (CannotMove, *running.Unusable) as error:
        there = f"{', '.join(one.service for one in done)} moved before that. " if done else ""
        raise Trouble(f"{there}{error}", "mend what it names and run this again with empty databases for the rest", code=FAILED) from error
    if as_json:
        print_json({"moved": [{"service": one.service, "position": one.position, "hash": one.hash, "rows": one.rows} for one in done]})
        return
    for one in done:
        events, rows = one.rows["events"], sum(one.rows.values())
        told_of = f"{events:,} events and {rows - events:,} other rows moved and compared; its chain ends in {one.hash[:16]}"
        console().print(f"{one.service}: {told_of}")
    console().print("Start the services on the new databases; entente connect lets the commands ask them.")


def _address(service: str, server: str, credentials: Path) -> str:
    from sqlalchemy import make_url

    file = credentials / service / "database_password"
    try:
        password = file.read_text("utf-8").strip()
        address = make_url(f"postgresql+psycopg://{service}@{server}/{service}")
    except OSError as error:
        raise Trouble(
            f"{file} cannot be read: {error.strerror}",
            f"make the databases first: entente database provision --credentials {credentials} ...",
            code=USAGE,
            kind="usage",
        ) from error
    except ValueError as error:
        raise Trouble(f"--server {server!r} is no address", "write 127.0.0.1:5432", code=USAGE, kind="usage") from error
    return address.set(password=password).render_as_string(hide_password=False)


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Tell]:
    if quiet:
        yield lambda *_: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=errors()) as shown:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, done: int, total: int) -> None:
            if not total:
                return
            if what not in tasks:
                tasks[what] = shown.add_task(what, total=total)
            shown.update(tasks[what], completed=done)

        yield tell
