"""`entente up` and `entente migrate`: the platform itself."""

from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Annotated

import typer

from entente_platform.command.output import AsJson, console, print_json, told
from entente_platform.command.reach import HERE, Data
from entente_platform.command.trouble import FAILED, USAGE, Trouble
from entente_platform.folder import DataFolder


@told
def up(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port on 127.0.0.1; 0 takes any that is free.")] = 8600,
    data: Data = HERE,
    clock: Annotated[
        str | None, typer.Option("--clock", help="Go by a set clock that starts here: 2023-10-01T00:00:00Z.", metavar="TIME")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run all services in one process until it is interrupted. Example: entente up --data data --port 8600"""
    start = _moment(clock)
    folder = DataFolder(data)
    say = (lambda _: None) if as_json else _say
    say(f"Entente is starting; its data is in {folder.path.resolve()}")
    from entente_platform import running

    def started(url: str) -> None:
        if as_json:
            print_json({"url": url, "data": str(folder.path.resolve())})
        say(f"Entente answers on {url}; stop it with Ctrl-C.")
        say(f"  {url}/ lists the services and their API pages.")

    with ExitStack() as held:
        try:
            held.enter_context(running.alone(folder))
            listener = running.listening(port)
        except running.InUse as error:
            raise Trouble(str(error), "stop the other one, or choose another --data or --port", code=FAILED, kind="in-use") from error
        except OSError as error:
            raise Trouble(
                f"{folder.path} cannot be used: {error.strerror}", "choose a folder that you may write to", code=FAILED
            ) from error
        try:
            ran = running.serve(running.platform(folder, running.clock_at(start)), folder, listener, started)
        except running.Unusable as error:
            raise Trouble(str(error), "mend what it names and start again", code=FAILED) from error
        if not ran:
            raise Trouble("the platform could not start", "the lines above say why", code=FAILED)
    say("Entente has stopped.")


@told
def migrate(data: Data = HERE, as_json: AsJson = False) -> None:
    """Bring the databases of a data folder to this version; `entente up` does it by itself. Example: entente migrate --data data"""
    folder = DataFolder(data)
    say = (lambda _: None) if as_json else _say
    say(f"Migrating the databases in {folder.path.resolve()}")
    from entente_platform import running

    try:
        with running.alone(folder):
            done = []
            for service in running.migrate_all(folder):
                say(f"{service}: up to date")
                done.append(service)
    except running.InUse as error:
        raise Trouble(str(error), "stop it first; it migrates by itself when it starts", code=FAILED, kind="in-use") from error
    except running.Unusable as error:
        raise Trouble(str(error), "mend what it names and try again", code=FAILED) from error
    if as_json:
        print_json({"data": str(folder.path.resolve()), "up_to_date": done})


def _say(line: str) -> None:
    console().print(line, markup=False, soft_wrap=True)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Trouble(f"--clock {text!r} is no time", "write it as 2023-10-01T00:00:00Z", code=USAGE, kind="usage") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
