"""`entente up` and `entente migrate`: the platform itself."""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from entente_platform.command.output import console, told
from entente_platform.command.reach import HERE, Data
from entente_platform.command.trouble import FAILED, USAGE, Trouble
from entente_platform.folder import DataFolder


@told
def up(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port on 127.0.0.1; 0 takes any that is free.")] = 8600,
    data: Data = HERE,
    clock: Annotated[str | None, typer.Option("--clock", help="Go by a set clock that starts here: 2023-10-01T00:00:00Z.", metavar="TIME")] = None,
) -> None:
    """Run all services in one process until it is interrupted."""
    start = _moment(clock)
    folder = DataFolder(data)
    console().print(f"Entente is starting; its data is in {folder.path.resolve()}", markup=False, soft_wrap=True)
    from entente_platform import running

    with ExitStack() as held:
        try:
            held.enter_context(running.alone(folder))
            listener = running.listening(port)
        except running.InUse as error:
            raise Trouble(str(error), "stop the other one, or choose another --data or --port", code=FAILED, kind="in-use") from error
        except OSError as error:
            raise Trouble(f"{folder.path} cannot be used: {error.strerror}", "choose a folder that you may write to", code=FAILED) from error
        if not running.serve(running.platform(folder, running.clock_at(start)), folder, listener, _started):
            raise Trouble("the platform could not start", "the lines above say why", code=FAILED)
    console().print("Entente has stopped.")


@told
def migrate(data: Data = HERE) -> None:
    """Bring the databases of a data folder to this version; `entente up` does it by itself."""
    folder = DataFolder(data)
    console().print(f"Migrating the databases in {folder.path.resolve()}", markup=False, soft_wrap=True)
    from entente_platform import running

    try:
        with running.alone(folder):
            for service in running.migrate_all(folder):
                console().print(f"{service}: up to date", markup=False)
    except running.InUse as error:
        raise Trouble(str(error), "stop it first; it migrates by itself when it starts", code=FAILED, kind="in-use") from error


def _started(url: str) -> None:
    out = console()
    out.print(f"Entente answers on {url}; stop it with Ctrl-C.", markup=False)
    out.print(f"  {url}/ lists the services and their API pages.", markup=False)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Trouble(f"--clock {text!r} is no time", "write it as 2023-10-01T00:00:00Z", code=USAGE, kind="usage") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
