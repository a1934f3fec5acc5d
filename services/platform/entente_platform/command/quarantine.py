"""`entente quarantine`: what was refused, the very bytes that came, and a second judgement once the cause is mended."""

import sys
from base64 import b64decode
from collections import Counter
from typing import Annotated, Any

import typer

from entente_platform.command.output import AsJson, console, errors, print_json, table, told
from entente_platform.command.reach import HERE, Data, Platform
from entente_platform.command.trouble import FAILED, USAGE, Trouble
from entente_platform.folder import DataFolder

SHOWN = 50
SHORT = 12
"""Characters of a digest that tell it apart in a list."""
BATCH = 100
"""Arrivals that are released with one request."""

app = typer.Typer(no_args_is_help=True, help="What was refused, and letting in what was refused for a cause that is mended.")

Digest = Annotated[str, typer.Argument(help="The arrival's digest, whole or its beginning.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Only what was refused for this reason, for example beyond_rights.")]
SignedBy = Annotated[str | None, typer.Option("--signed-by", help="Only what this source's key really signed.")]


@app.command("list")
@told
def every(
    reason: Reason = None,
    signed_by: SignedBy = None,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only what has not been admitted since.")] = False,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """What was refused and why, the last judged first. Example: entente quarantine list --reason beyond_rights --waiting"""
    with Platform(DataFolder(data), "officer") as platform:
        items = platform.every(_listing(reason, signed_by, waiting=waiting))
    if as_json:
        print_json(items)
        return
    out = console()
    if not items:
        out.print("Nothing is there.")
        return
    rows = [
        (
            item["digest"][:SHORT],
            item["last_judged"][:19],
            item["reason"],
            item["signed_by"] or "nobody",
            item["claimed_id"] or "",
            "admitted" if item["admitted"] else str(item["times"]),
        )
        for item in items[:SHOWN]
    ]
    out.print(table("digest", "judged", "reason", "signed by", "id as claimed", "times", rows=rows, right=[5]))
    if len(items) > SHOWN:
        out.print(f"{len(items) - SHOWN:,} more; --json names all.")
    for name, count in Counter(item["reason"] for item in items).most_common():
        out.print(f"  {count:,} {name}", markup=False)


@app.command("show")
@told
def show(
    digest: Digest,
    bytes_only: Annotated[bool, typer.Option("--bytes", help="Write the very bytes that came to standard output, nothing else.")] = False,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """One arrival: why it was refused, how to mend it, and what came. Example: entente quarantine show 3f2a91c0d4e5"""
    with Platform(DataFolder(data), "officer") as platform:
        found = platform.get(f"/gateway/quarantine/{_whole(platform, digest)}")
    kept = b64decode(found["bytes"]) if found["bytes"] is not None else None
    if bytes_only:
        if kept is None:
            raise Trouble("its bytes are kept no more", "have its sender send it again")
        sys.stdout.buffer.write(kept)
        return
    if as_json:
        print_json(found)
        return
    out = console()
    out.print(f"{found['digest']}", markup=False)
    admitted = f", then admitted as {found['admitted']}" if found["admitted"] else ""
    out.print(f"{found['reason']}: {found['detail']}{admitted}", markup=False)
    out.print(f"mend: {found['mend']}", markup=False)
    came = f"{found['length']:,} bytes ({found['mode']}), {found['times']} times, first {found['first_refused'][:19]}"
    out.print(f"{came}, signed by {found['signed_by'] or 'nobody known'}", markup=False)
    if kept is not None:
        out.print(kept[:600].decode("utf-8", errors="replace"), markup=False, soft_wrap=True)


@app.command("release")
@told
def release(
    because: Annotated[str, typer.Option("--because", help="What was mended; kept with who did it.")],
    digest: Annotated[str | None, typer.Argument(help="One arrival; left out: all that --reason and --signed-by name.")] = None,
    reason: Reason = None,
    signed_by: SignedBy = None,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Judge again what was refused, by the same rules, once its cause is mended here.

    Example: entente quarantine release --reason beyond_rights --signed-by ucdp --because "the right was added"
    """
    if (digest is None) == (reason is None and signed_by is None):
        raise Trouble("it is not said what to release", "name one DIGEST, or --reason, or --signed-by", code=USAGE, kind="usage")
    with Platform(DataFolder(data), "operator") as platform:
        if digest is not None:
            receipts = [platform.post(f"/gateway/quarantine/{_whole(platform, digest)}/release", {"because": because})]
        else:
            receipts = _release_all(platform, {"because": because, "reason": reason, "signed_by": signed_by}, quiet=as_json)
    outcomes = Counter(receipt["outcome"] for receipt in receipts)
    if as_json:
        print_json({"outcomes": dict(outcomes), "receipts": receipts})
    else:
        out = console()
        still = Counter(receipt["reason"] for receipt in receipts if receipt["reason"])
        out.print(f"{len(receipts):,} judged again: {outcomes['admitted']:,} admitted, {outcomes['duplicate']:,} duplicates, "
                  f"{outcomes['quarantined']:,} still refused.")  # fmt: skip
        for name, count in still.most_common():
            detail = next(receipt["detail"] for receipt in receipts if receipt["reason"] == name)
            out.print(f"  {count:,} {name}: {detail}", markup=False)
    if outcomes["quarantined"]:
        raise typer.Exit(FAILED)


def _release_all(platform: Platform, asked: dict[str, Any], *, quiet: bool) -> list[dict[str, Any]]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    total = len(platform.every(_listing(asked["reason"], asked["signed_by"], waiting=True)))
    receipts: list[dict[str, Any]] = []
    after: str | None = None
    columns = (TextColumn("releasing"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=errors(), transient=True, disable=quiet) as bar:
        task = bar.add_task("releasing", total=total)
        while True:
            answer = platform.post("/gateway/quarantine/release", {**asked, "after": after, "limit": BATCH})
            receipts += answer["receipts"]
            bar.update(task, completed=len(receipts))
            after = answer["last"]
            if after is None:
                return receipts


def _listing(reason: str | None, signed_by: str | None, *, waiting: bool) -> str:
    asked = {"reason": reason, "signed_by": signed_by, "waiting": "true" if waiting else None}
    return "/gateway/quarantine?limit=500" + "".join(f"&{name}={value}" for name, value in asked.items() if value is not None)


def _whole(platform: Platform, digest: str) -> str:
    whole = 64
    if len(digest) == whole:
        return digest
    found = sorted({item["digest"] for item in platform.every(_listing(None, None, waiting=False)) if item["digest"].startswith(digest)})
    if len(found) != 1:
        raise Trouble(f"{len(found)} arrivals have a digest that begins with {digest}", "name more of it; see `entente quarantine list`")
    (only,) = found
    return str(only)
