"""`entente channel`: hotlines, liaison offices and telephone links between two parties, and how they stand."""

from datetime import datetime
from typing import Annotated

import typer

from entente_platform.command.moments import KnownOn, On, moment
from entente_platform.command.output import AsJson, console, print_json, table, told
from entente_platform.command.reach import HERE, Data, Platform
from entente_platform.command.recording import Because, OnDay, day, given, record
from entente_platform.folder import DataFolder

app = typer.Typer(no_args_is_help=True, help="Channels for a crisis: who answers, and whether they work.")

Name = Annotated[str, typer.Argument(help="The channel's name.")]
Instant = Annotated[datetime, typer.Option("--at", help="When the test began, in UTC.", formats=["%Y-%m-%dT%H:%M:%SZ"])]


@app.command("list")
@told
def every(on: On = None, known_on: KnownOn = None, data: Data = HERE, as_json: AsJson = False) -> None:
    """Every channel as it stood on a day. Example: entente channel list"""
    with Platform(DataFolder(data), "analyst") as platform:
        items = platform.get("/partnerships/channels", **moment(on, known_on))["items"]
    if as_json:
        print_json(items)
    elif items:
        rows = [
            (item["channel"], item["title"], "-".join(item["parties"]), item["works"], item["since"], item["last_answered"] or "never")
            for item in items
        ]
        console().print(table("channel", "title", "between", "state", "since", "last answered", rows=rows))
    else:
        console().print("No channel is on record; `entente channel establish` records one.")


@app.command("show")
@told
def show(channel: Name, on: On = None, known_on: KnownOn = None, data: Data = HERE, as_json: AsJson = False) -> None:
    """One channel with all that happened to it. Example: entente channel show moscow-washington"""
    with Platform(DataFolder(data), "analyst") as platform:
        answer = platform.get(f"/partnerships/channels/{channel}", **moment(on, known_on))
    if as_json:
        print_json(answer)
        return
    out = console()
    why = f": {answer['because']}" if answer["because"] else ""
    out.print(f"{answer['title']}, {' and '.join(answer['parties'])}: {answer['works']} since {answer['since']}{why}.", markup=False)
    rows = [(str(step["number"]), step["on"], step["what"].removeprefix("channel-").replace("-", " ")) for step in answer["steps"]]
    out.print(table("step", "day", "what", rows=rows, right=[0]))


@app.command("establish")
@told
def establish(
    channel: Name,
    a: Annotated[str, typer.Argument(help="One end.")],
    b: Annotated[str, typer.Argument(help="The other.")],
    kind: Annotated[str, typer.Option("--kind", help="hotline, liaison_office or defence_telephone_link.")],
    title: Annotated[str, typer.Option("--title", help="Its name for people.")],
    reaches: Annotated[str, typer.Option("--reaches", help="head_of_government, ministry, military_staff or local_command.")],
    on: OnDay,
    test_every: Annotated[int | None, typer.Option("--test-every", help="Days between two tests.")] = None,
    agreement: Annotated[str | None, typer.Option("--agreement", help="The agreement that it rests on.")] = None,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Record a channel between two parties; a test falls due once in every period, and a missed one degrades it.

    Example: entente channel establish link USA CHN --kind defence_telephone_link --title "Defense Telephone Link" --reaches ministry
    --on 2008-04-10 --test-every 30
    """
    body = {"channel": channel, "kind": kind, "title": title, "parties": [a.upper(), b.upper()], "reaches": reaches, "on": day(on)}
    record("/partnerships/channels", {**body, **given(test_every=test_every, agreement=agreement)}, data, as_json=as_json)


@app.command("test")
@told
def record_test(
    channel: Name,
    at: Instant,
    after: Annotated[int | None, typer.Option("--after", help="Answered after so many seconds; left out: nobody did.")] = None,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Record a test. Example: entente channel test link --at 2026-11-02T09:00:00Z --after 12"""
    body = {"at": f"{at.isoformat()}Z", "answered": after is not None, **given(after=after)}
    record(f"/partnerships/channels/{channel}/tests", body, data, as_json=as_json)


@app.command("degrade")
@told
def degrade(channel: Name, because: Because, on: OnDay, data: Data = HERE, as_json: AsJson = False) -> None:
    """Record that it cannot be relied on. Example: entente channel degrade link --because "a cut cable" --on 2026-11-03"""
    record(f"/partnerships/channels/{channel}/degradations", {"because": because, "on": day(on)}, data, as_json=as_json)


@app.command("restore")
@told
def restore(channel: Name, because: Because, on: OnDay, data: Data = HERE, as_json: AsJson = False) -> None:
    """Record that it can be relied on again. Example: entente channel restore link --because repaired --on 2026-11-05"""
    record(f"/partnerships/channels/{channel}/restorations", {"because": because, "on": day(on)}, data, as_json=as_json)


@app.command("close")
@told
def close(channel: Name, because: Because, on: OnDay, data: Data = HERE, as_json: AsJson = False) -> None:
    """Record that it is no more. Example: entente channel close link --because "cut off" --on 2026-11-09"""
    record(f"/partnerships/channels/{channel}/closure", {"because": because, "on": day(on)}, data, as_json=as_json)
