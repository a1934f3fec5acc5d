"""`entente source show|keys|rights|describe|suspend|reinstate|token`: a source that was let in, seen and changed."""

from pathlib import Path
from typing import Annotated, Any

import typer

from entente_platform.command import sources
from entente_platform.command.output import AsJson, console, print_json, table, told
from entente_platform.command.reach import HERE, Data, Platform
from entente_platform.command.sources import countries_in, types_in
from entente_platform.command.trouble import USAGE, Trouble
from entente_platform.folder import DataFolder

app = sources.app

Name = Annotated[str, typer.Argument(help="The source's name.")]
Because = Annotated[str, typer.Option("--because", help="Why; kept with who did it.")]
GRADING = 2
"""Characters of a grading: a letter and a digit."""


@app.command("show")
@told
def show(name: Name, data: Data = HERE, as_json: AsJson = False) -> None:
    """One source with its rights, keys and tokens. Example: entente source show ucdp"""
    with Platform(DataFolder(data), "officer") as platform:
        source = platform.get(f"/gateway/sources/{name}")
    if as_json:
        print_json(source)
        return
    out = console()
    out.print(f"{source['name']}: {source['title']}, {source['uri']}, for {source['party'] or 'nobody'}", markup=False)
    rights = source["rights"]
    where = ", ".join(rights["countries"]) if rights["countries"] is not None else "every country"
    grading = rights["grading"]
    graded = f"; graded {grading['reliability']}{grading['credibility']} where it says nothing itself" if grading else ""
    out.print(f"may report {', '.join(rights['types'])} of {where}{graded}", markup=False)
    if source["suspended"]:
        out.print(f"suspended since {source['suspended']}: {source['suspended_because']}", markup=False)
    keys = [(key["keyid"], key["algorithm"], key["added"][:19], (key["revoked_at"] or "")[:19]) for key in source["keys"]]
    out.print(table("key", "algorithm", "since", "revoked", rows=keys))
    tokens = [(token["token"], token["issued"][:19], (token["revoked"] or "")[:19]) for token in source["tokens"]]
    if tokens:
        out.print(table("token", "since", "revoked", rows=tokens))


@app.command("keys")
@told
def keys(
    name: Name,
    add: Annotated[Path | None, typer.Option("--add", help="Let this public key (PEM) verify from now on.")] = None,
    new: Annotated[Path | None, typer.Option("--new", help="Make a key, write its private half to this file, and add it.")] = None,
    revoke: Annotated[str | None, typer.Option("--revoke", help="Refuse what arrives under this key from now on.")] = None,
    because: Because = "rotated at the command line",
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Add or revoke a key. To rotate: add the new one, let its owner change over, then revoke the old one.

    Example: entente source keys ucdp --new ucdp-2.pem --because "the yearly rotation"
    """
    if sum(each is not None for each in (add, new, revoke)) != 1:
        raise Trouble("it is not said what to do with which key", "give one of --add, --new and --revoke", code=USAGE, kind="usage")
    with Platform(DataFolder(data), "administrator") as platform:
        if revoke is not None:
            answer = platform.post(f"/gateway/sources/{name}/keys/{revoke}/revocation", {"because": because})
            _changed(answer, f"What arrives under {revoke} is refused from now on", as_json=as_json)
            return
        key = _key(add, new)
        answer = platform.post(f"/gateway/sources/{name}/keys", {"key": key, "because": because})
    _changed({**answer, "keyid": key["keyid"]}, f"The key {key['keyid']} verifies from now on", as_json=as_json)


@app.command("rights")
@told
def rights(
    name: Name,
    types: Annotated[str | None, typer.Option("--types", help="What it may send, with commas between; as before if left out.")] = None,
    countries: Annotated[str | None, typer.Option("--countries", help="SDN,SSD or `all`; as before if left out.")] = None,
    grading: Annotated[str | None, typer.Option("--grading", help="What its reports get that carry none: B3, or `none`.")] = None,
    because: Because = "changed at the command line",
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Change what a source may report and how it is graded. Example: entente source rights ucdp --countries SDN,SSD --grading B3"""
    with Platform(DataFolder(data), "administrator") as platform:
        now: dict[str, Any] = platform.get(f"/gateway/sources/{name}")["rights"]
        if types is not None:
            now["types"] = types_in(types)
        if countries is not None:
            now["countries"] = None if countries == "all" else countries_in(countries)
        if grading is not None:
            now["grading"] = _grading(grading)
        answer = platform.put(f"/gateway/sources/{name}/rights", {"rights": now, "because": because})
    _changed(answer, f"The rights of {name} are these from now on", as_json=as_json)


@app.command("describe")
@told
def describe(
    name: Name,
    title: Annotated[str, typer.Option("--title", help="Its name in full.")],
    party: Annotated[str | None, typer.Option("--party", help="The state that it acts for; nobody if left out.")] = None,
    because: Because = "described at the command line",
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Say otherwise what a source is. Example: entente source describe ucdp --title "Uppsala Conflict Data Program" --party SWE"""
    body = {"title": title, "party": party, "because": because}
    with Platform(DataFolder(data), "administrator") as platform:
        answer = platform.put(f"/gateway/sources/{name}/description", body)
    _changed(answer, f"{name} is described so from now on", as_json=as_json)


@app.command("suspend")
@told
def suspend(name: Name, because: Because, data: Data = HERE, as_json: AsJson = False) -> None:
    """Refuse all that arrives from a source from now on. Example: entente source suspend ucdp --because lost"""
    with Platform(DataFolder(data), "administrator") as platform:
        answer = platform.post(f"/gateway/sources/{name}/suspension", {"because": because})
    _changed(answer, f"What arrives from {name} is kept and refused from now on", as_json=as_json)


@app.command("reinstate")
@told
def reinstate(name: Name, because: Because, data: Data = HERE, as_json: AsJson = False) -> None:
    """Let a suspended source in again. Example: entente source reinstate ucdp --because mended"""
    with Platform(DataFolder(data), "administrator") as platform:
        answer = platform.post(f"/gateway/sources/{name}/reinstatement", {"because": because})
    _changed(answer, f"What arrives from {name} is judged as before from now on", as_json=as_json)


@app.command("token")
@told
def token(
    name: Name,
    token: Annotated[str, typer.Argument(help="The token's name.")],
    revoke: Annotated[bool, typer.Option("--revoke", help="Let it open nothing any more, instead of making it.")] = False,
    because: Because = "at the command line",
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Make a token with which a source reads what is its own; it is shown once. Example: entente source token ucdp desk"""
    with Platform(DataFolder(data), "administrator") as platform:
        if revoke:
            answer = platform.post(f"/gateway/sources/{name}/tokens/{token}/revocation", {"because": because})
            _changed(answer, f"The token {token} opens nothing from now on", as_json=as_json)
            return
        answer = platform.post(f"/gateway/sources/{name}/tokens", {"token": token, "because": because})
    if as_json:
        print_json(answer)
    else:
        out = console()
        out.print(f"The token {token} of {name}, shown this once:", markup=False)
        out.print(answer["secret"], markup=False, soft_wrap=True)


def _key(add: Path | None, new: Path | None) -> dict[str, str]:
    from entente_contracts.signature import algorithm_of
    from entente_platform.command.keys import keyid_of, make_key, read_public

    public = read_public(add) if add is not None else make_key(new or Path())
    return {"keyid": keyid_of(public), "algorithm": algorithm_of(public).value, "pem": public.decode()}


def _grading(text: str) -> dict[str, Any] | None:
    if text == "none":
        return None
    if len(text) != GRADING or not text[1].isdecimal():
        raise Trouble(f"--grading {text!r} is no grading", "write a letter and a digit, like B3, or none", code=USAGE, kind="usage")
    return {"reliability": text[0].upper(), "credibility": int(text[1])}


def _changed(answer: dict[str, Any], said: str, *, as_json: bool) -> None:
    if as_json:
        print_json(answer)
    else:
        console().print(f"{said}; {answer['source']} stands at version {answer['version']}.", markup=False)
