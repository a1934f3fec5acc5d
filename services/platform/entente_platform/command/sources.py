"""`entente source`: letting foreign systems in, and seeing who was."""

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from entente_platform.command.output import AsJson, console, print_json, table, told
from entente_platform.command.reach import HERE, Data, Platform
from entente_platform.command.trouble import USAGE, Trouble
from entente_platform.folder import DataFolder

LISTED_WITHIN = 10.0
"""Seconds."""
TYPES = {name: f"entente.observations.{name}" for name in ("reported", "revised", "retracted")}

app = typer.Typer(no_args_is_help=True, help="Let foreign systems in as sources, and see who was.")


def listed(platform: Platform) -> list[dict[str, Any]]:
    """Every registered source."""
    found: list[dict[str, Any]] = platform.every("/gateway/sources")
    return found


@app.command("add")
@told
def add(
    name: Annotated[str, typer.Argument(help="A short name: lower-case letters, digits and hyphens.")],
    uri: Annotated[str, typer.Option("--uri", help="The CloudEvents source that its events carry.")],
    key: Annotated[Path | None, typer.Option("--key", help="Its public key: Ed25519 or ECDSA P-256, PEM.")] = None,
    new_key: Annotated[Path | None, typer.Option("--new-key", help="Make a key instead and write its private half to this file.")] = None,
    party: Annotated[str | None, typer.Option("--party", help="The state that it acts for, ISO 3166 alpha-3.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="Its name in full.")] = None,
    types: Annotated[str, typer.Option("--types", help="What it may send, with commas between.")] = ",".join(TYPES),
    countries: Annotated[str | None, typer.Option("--countries", help="Which countries it may report: SDN,SSD. All if left out.")] = None,
    because: Annotated[str, typer.Option("--because", help="Why it is let in; kept with the decision.")] = "registered at the command line",
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Let a foreign system in under a name, with a key and with rights.

    Example: entente source add ucdp --uri https://ucdp.uu.se/candidate --new-key ucdp.pem
    """
    from entente_contracts.signature import algorithm_of
    from entente_platform.command.keys import keyid_of, make_key, read_public

    if (key is None) == (new_key is None):
        raise Trouble("a source has one key to begin with", "give either --key PUBLIC.pem or --new-key FILE", code=USAGE, kind="usage")
    rights = {"types": types_in(types), "countries": countries_in(countries)}
    with Platform(DataFolder(data), "administrator") as platform:
        public = read_public(key) if key is not None else make_key(new_key or Path())
        keyid = keyid_of(public)
        keys = [{"keyid": keyid, "algorithm": algorithm_of(public).value, "pem": public.decode()}]
        asked = {"name": name, "uri": uri, "party": party, "title": title or name, "rights": rights, "keys": keys, "because": because}
        try:
            platform.post("/gateway/sources", asked)
        except Trouble:
            if new_key is not None:
                _unmake(new_key)
            raise
        _wait_until_listed(platform, name)
    if as_json:
        print_json({"source": name, "uri": uri, "keyid": keyid, "key": str(new_key) if new_key else None})
        return
    out = console()
    out.print(f"Registered {name} ({uri}) with the key {keyid}.", markup=False)
    if new_key is not None:
        out.print(f"Its private key is in {new_key}, readable by you alone; nobody else has it.", markup=False)
        out.print(f"Publish with: entente publish FILE --source {name} --key {new_key}", markup=False, soft_wrap=True)


@app.command("list")
@told
def show(data: Data = HERE, as_json: AsJson = False) -> None:
    """Every registered source with its keys and rights. Example: entente source list"""
    with Platform(DataFolder(data), "officer") as platform:
        found = listed(platform)
    if as_json:
        print_json(found)
    elif not found:
        console().print("No source is registered; `entente source add NAME ...` lets one in.")
    else:
        rows = [
            (
                each["name"],
                each["uri"],
                each.get("party") or "-",
                ", ".join(each["rights"].get("countries") or ["every country"]),
                ", ".join(one["keyid"] + (" (revoked)" if one.get("revoked_at") else "") for one in each["keys"]),
            )
            for each in found
        ]
        console().print(table("source", "uri", "party", "may report", "keys", rows=rows))


def _wait_until_listed(platform: Platform, name: str) -> None:
    """Registered is at once; a moment later it is read, also by the next command."""
    deadline = time.monotonic() + LISTED_WITHIN
    while time.monotonic() < deadline:
        try:
            platform.get(f"/gateway/sources/{name}")
        except Trouble as trouble:
            if trouble.kind != "no-such-source":
                raise
            time.sleep(0.02)
        else:
            return


def types_in(given: str) -> list[str]:
    """The event types that are named, with commas between, in full or by their last word."""
    names = [name.strip() for name in given.split(",") if name.strip()]
    unknown = [name for name in names if name not in TYPES and name not in TYPES.values()]
    if unknown or not names:
        raise Trouble(f"--types {given!r} names what no source reports", f"use some of {', '.join(TYPES)}", code=USAGE, kind="usage")
    return [TYPES.get(name, name) for name in names]


def countries_in(given: str | None) -> list[str] | None:
    """The countries that are named, with commas between; None: every country."""
    if given is None:
        return None
    codes = [code.strip() for code in given.split(",") if code.strip()]
    if not codes:
        raise Trouble("--countries names none", "give codes as in SDN,SSD, or leave it out for every country", code=USAGE, kind="usage")
    return codes


def _unmake(key: Path) -> None:
    """A key that nobody knows is of no use; it would only stand in the way of the next try."""
    key.unlink(missing_ok=True)
    key.with_name(key.name + ".pub").unlink(missing_ok=True)
