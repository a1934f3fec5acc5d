"""`entente publish`: a file's rows signed and sent to a gateway, with what became of each."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from entente_platform.command.output import AsJson, console, errors, print_json, told
from entente_platform.command.reach import HERE, Data, Platform, address_of
from entente_platform.command.trouble import FAILED, UNREACHABLE, USAGE, Trouble
from entente_platform.folder import DataFolder

if TYPE_CHECKING:
    from entente_client import Publication, Publisher, Receipt
    from entente_platform.sources.rows import Publishable, Row

SHOWN = 10
"""How many refused rows of a kind are printed; the rest are counted, and all are in the JSON."""


BATCH_ITEMS = 100
"""Events of one request: few enough that the progress moves."""
ATTEMPTS = 6
"""Attempts for one request, some six seconds in all: somebody waits at the terminal, and the same command goes on where this one stops."""


@dataclass(slots=True)
class Outcomes:
    """What became of a file: counts, and every row that was not taken."""

    admitted: int = 0
    duplicate: int = 0
    resumed: int = 0
    quarantined: list[dict[str, Any]] = field(default_factory=list)
    unmapped: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether every row is at the gateway."""
        return not self.quarantined and not self.unmapped

    def count(self, receipt: "Receipt", line: int | None) -> None:
        """Adds one receipt."""
        if receipt.resumed:
            self.resumed += 1
        elif receipt.outcome == "admitted":
            self.admitted += 1
        elif receipt.outcome == "duplicate":
            self.duplicate += 1
        else:
            refusal = {"reason": receipt.reason, "detail": receipt.detail, "mend": receipt.mend, "position": receipt.position}
            self.quarantined.append({"line": line, "id": receipt.id, **refusal})

    def as_json(self) -> dict[str, Any]:
        """Everything, for programs."""
        return {name: getattr(self, name) for name in ("admitted", "duplicate", "resumed", "quarantined", "unmapped", "notes")}


@dataclass(frozen=True, slots=True)
class Sender:
    """Who would send: its name or URI, its key, and where it would send to."""

    source: str
    private: bytes
    keyid: str
    folder: DataFolder
    url: str | None


@told
def publish(
    file: Annotated[Path | None, typer.Argument(help="The file whose rows are to be published.")] = None,
    source: Annotated[
        str | None, typer.Option("--source", help="The source's name at the local platform, or its URI (with --url).")
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", help="The source's private key, in PEM.")] = None,
    format: Annotated[str, typer.Option("--format", help="What the file holds: jsonl, ucdp-ged, icews or csv.")] = "jsonl",
    mapping: Annotated[Path | None, typer.Option("--mapping", help="For csv: which column is what (TOML).")] = None,
    mapping_template: Annotated[bool, typer.Option("--mapping-template", help="Print a mapping to begin with, nothing else.")] = False,
    since: Annotated[Path | None, typer.Option("--since", help="The release before: send only what changed, as revisions.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge everything here as the gateway would, and send nothing.")] = False,
    url: Annotated[str | None, typer.Option("--url", help="The gateway's platform, where it is not the local one.")] = None,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Sign a file's events and publish them; after a break, do the same again: nothing is sent twice.

    Example: entente publish events.csv --format ucdp-ged --source ucdp --key ucdp.pem
    """
    from entente_platform.command.keys import read_private

    if mapping_template:
        from entente_platform.sources.mapped import TEMPLATE

        typer.echo(TEMPLATE, nl=False)
        return
    if file is None or source is None or key is None:
        raise Trouble("it is not said what to publish, as whom", "give FILE, --source and --key", code=USAGE, kind="usage")
    folder = DataFolder(data)
    rows = _rows(file, format, mapping)
    private, keyid = read_private(key)
    if since is not None:
        rows = _changed(_rows(since, format, mapping), rows)
    if dry_run:
        from entente_platform.command.dry_run import judge_here

        judge_here(Sender(source, private, keyid, folder, url), rows, as_json=as_json)
        return
    outcomes = _sent(Sender(source, private, keyid, folder, url), file, rows, quiet=as_json)
    if as_json:
        print_json(outcomes.as_json())
    else:
        tell(outcomes)
    if not outcomes.whole:
        raise typer.Exit(FAILED)


def _sent(sender: Sender, file: Path, rows: "Sequence[Row]", *, quiet: bool) -> Outcomes:
    from entente_client import GatewayRefused, GatewayUnreachable, PublishingFailed

    uri = sender.source if ":" in sender.source else _uri_of(sender.source, sender.folder)
    outcomes = Outcomes()
    ready = sorted_out(rows, outcomes)
    lines = {row.id: row.line for row in ready}
    gateway = sender.url or f"the platform of {sender.folder.path.resolve()}"
    journal = _journal_of(sender.folder, f"{gateway}\n{sender.source}", file)
    try:
        with (
            _publisher(
                sender.url or address_of(sender.folder, "gateway"), gateway, uri, sender.private, sender.keyid, journal
            ) as publisher,
            _progress(len(ready), quiet=quiet) as advance,
        ):
            for receipt in publisher.publish(publications(ready)):
                outcomes.count(receipt, lines.get(receipt.id or ""))
                advance()
    except GatewayUnreachable as error:
        raise Trouble(
            str(error),
            "run the same command again when the gateway is back; it goes on where it stopped",
            code=UNREACHABLE,
            kind="unreachable",
        ) from error
    except GatewayRefused as error:
        raise Trouble(str(error), "see that the address is that of an Entente gateway", code=FAILED, kind="refused") from error
    except PublishingFailed as error:
        raise Trouble(str(error), "do as it says and run the same command again", code=FAILED) from error
    return outcomes


def _changed(old: "Sequence[Row]", new: "Sequence[Row]") -> "Sequence[Row]":
    from entente_platform.sources.revisions import changes

    found = changes(old, new)
    kept = f" {found.kept} are gone but stay, for the file does not cover their month whole, or has rows that cannot be read."
    errors().print(
        f"Since the release before: {found.new} new, {found.revised} revised, {found.retracted} retracted, {found.unchanged} unchanged."
        + (kept if found.kept else "")
    )
    return found.rows


def _rows(file: Path, format: str, mapping: Path | None) -> "Sequence[Row]":
    from entente_platform.sources.formats import Format, read_file
    from entente_platform.sources.rows import NotThatFormat

    try:
        return read_file(file, Format(format), mapping)
    except OSError as error:
        raise Trouble(f"{file} cannot be read: {error.strerror}", "name a file that exists and that you may read", code=USAGE) from error
    except NotThatFormat as error:
        raise Trouble(f"{file}: {error}", "name the right --format, or the right file", code=USAGE, kind="not-that-format") from error
    except ValueError as error:
        raise Trouble(f"there is no format {format}", f"use one of {', '.join(Format)}", code=USAGE) from error


def _uri_of(name: str, folder: DataFolder) -> str:
    from entente_platform.command.sources import listed

    with Platform(folder, "officer") as platform:
        known = {each["name"]: each["uri"] for each in listed(platform)}
    if name not in known:
        raise Trouble(
            f"no source is registered under the name {name}",
            f"register it: `entente source add {name} ...`; registered are: {', '.join(sorted(known)) or 'none'}",
            kind="unknown-source",
        )
    return str(known[name])


def sorted_out(rows: "Sequence[Row]", outcomes: Outcomes) -> "list[Publishable]":
    """The rows that can be published; what is wrong with the others goes to the outcomes."""
    from entente_platform.sources.rows import Unmapped

    ready: list[Publishable] = []
    for row in rows:
        if isinstance(row, Unmapped):
            outcomes.unmapped.append({"line": row.line, "what": row.what, "mend": row.mend})
            continue
        ready.append(row)
        if row.note:
            outcomes.notes.append({"line": row.line, "id": row.id, "note": row.note})
    return ready


def publications(rows: "Sequence[Publishable]") -> "Iterator[Publication]":
    """Rows as the client takes them."""
    from entente_client import Publication

    return (Publication(row.id, row.time, row.data) for row in rows)


def _journal_of(folder: DataFolder, way: str, file: Path) -> Path:
    """A journal a way (gateway and source) and content: a file that was changed begins anew, what it had before comes as duplicates."""
    content = hashlib.sha256(way.encode() + b"\n" + file.read_bytes()).hexdigest()[:16]
    return folder.journals / f"{file.stem[:60]}-{content}.jsonl"


def _publisher(url: str, gateway: str, uri: str, private: bytes, keyid: str, journal: Path) -> "Publisher":
    from entente_client import Patience, Publisher

    patience = Patience(attempts=ATTEMPTS)
    return Publisher(url, uri, private, keyid, journal=journal, gateway_name=gateway, batch_items=BATCH_ITEMS, patience=patience)


@contextmanager
def _progress(total: int, *, quiet: bool) -> "Iterator[Any]":
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    shown = errors()
    if quiet or not shown.is_terminal:
        yield lambda: None
        return
    columns = (TextColumn("Publishing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=shown, transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda: progress.advance(task)


def tell(outcomes: Outcomes) -> None:
    """The outcomes in words."""
    out = console()
    out.print(
        f"Admitted {outcomes.admitted}, duplicates {outcomes.duplicate}, quarantined {len(outcomes.quarantined)}"
        + (f"; {outcomes.resumed} had their receipt from an earlier run and were not sent again" if outcomes.resumed else "")
    )
    reasons = Counter(each["reason"] for each in outcomes.quarantined)
    for reason, count in reasons.most_common():
        out.print(f"\nQuarantined as {reason}: {count}")
        for each in [one for one in outcomes.quarantined if one["reason"] == reason][:SHOWN]:
            out.print(f"  line {each['line']}, event {each['id']}: {each['detail']}", markup=False)
            out.print(f"    mend: {each['mend']}", markup=False)
    if outcomes.unmapped:
        out.print(f"\nNot sent, since the row cannot be an event: {len(outcomes.unmapped)}")
        for each in outcomes.unmapped[:SHOWN]:
            out.print(f"  line {each['line']}: {each['what']}; {each['mend']}", markup=False)
    if outcomes.notes:
        out.print(f"\nSent with a change: {len(outcomes.notes)}")
        for each in outcomes.notes[:SHOWN]:
            out.print(f"  line {each['line']}, event {each['id']}: {each['note']}", markup=False)
    if max(len(outcomes.unmapped), len(outcomes.notes), *reasons.values(), 0) > SHOWN:
        out.print(f"\nOnly the first {SHOWN} of each kind are shown; --json has all.")
