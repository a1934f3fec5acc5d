"""`entente database`: databases and roles on a PostgreSQL server."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from entente_platform.command.output import AsJson, console, print_json, told
from entente_platform.command.trouble import UNREACHABLE, USAGE, Trouble

app = typer.Typer(no_args_is_help=True, help="Databases of the services on a PostgreSQL server.")


@app.callback()
def _group() -> None:
    """Keeps `provision` a command of its own while it is the only one."""


@app.command("provision")
@told
def provision(
    admin_url: Annotated[
        str, typer.Option("--admin-url", help="postgresql://user@host/postgres of one who may create roles and databases.")
    ],
    credentials: Annotated[Path, typer.Option("--credentials", help="The folder for the passwords: SERVICE/database_password (0600).")],
    admin_password_file: Annotated[
        Path | None, typer.Option("--admin-password-file", help="The file with that one's password: others can read a command line.")
    ] = None,
    only: Annotated[list[str] | None, typer.Option("--service", help="Only this service; may be given several times.")] = None,
    as_json: AsJson = False,
) -> None:
    """Give every service a database and a role of its own; may be repeated at any time.

    Example: entente database provision --admin-url postgresql://postgres@127.0.0.1:5432/postgres --credentials secrets/credentials
    """
    from entente_backing import postgres
    from entente_platform.app import SERVICES

    known = [service.name for service in SERVICES]
    if unknown := sorted(set(only or ()) - set(known)):
        raise Trouble(f"there is no service {unknown[0]!r}", f"there are {', '.join(known)}", code=USAGE, kind="usage")
    if ":" in urlsplit(admin_url).netloc.rpartition("@")[0]:
        raise Trouble("--admin-url holds a password", "write it into a file and name that: --admin-password-file", code=USAGE, kind="usage")
    try:
        admin = postgres.admin_address(admin_url, admin_password_file)
    except (OSError, ValueError) as error:
        raise Trouble(str(error), "mend --admin-url or --admin-password-file", code=USAGE, kind="usage") from error
    try:
        made = postgres.provision(admin, only or known, credentials)
    except postgres.WrongDatabase as wrong:
        raise Trouble(str(wrong), "mend it and run this again") from wrong
    except postgres.ServerAway as away:
        raise Trouble(str(away), "see that the server runs and lets --admin-url in", code=UNREACHABLE, kind="unreachable") from away
    except (OSError, ValueError) as error:
        raise Trouble(f"{credentials} cannot be used: {error}", "name a folder that you may write to") from error
    if as_json:
        print_json(
            {"services": [{"service": one.service, "password_file": str(one.password_file), "created": one.created} for one in made]}
        )
        return
    for one in made:
        state = "made" if one.created else "was there"
        console().print(f"{one.service}: database {state}; its password is in {one.password_file}", markup=False, soft_wrap=True)
