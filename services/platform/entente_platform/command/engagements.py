"""`entente engagement`: dialogues, exchanges, observer missions, training; what came of them and what was promised there."""

from datetime import datetime
from typing import Annotated

import typer

from entente_platform.command.output import AsJson, console, print_json, table, told
from entente_platform.command.reach import HERE, Data, Platform
from entente_platform.command.recording import Because, OnDay, day, given, record
from entente_platform.folder import DataFolder

app = typer.Typer(no_args_is_help=True, help="What partners do together, and what they promised there.")

Name = Annotated[str, typer.Argument(help="The engagement's name.")]
Key = Annotated[str, typer.Argument(help="The commitment's name.")]
First = Annotated[datetime, typer.Option("--first", help="First day.", formats=["%Y-%m-%d"])]
Last = Annotated[datetime, typer.Option("--last", help="Last day.", formats=["%Y-%m-%d"])]


@app.command("list")
@told
def every(data: Data = HERE, as_json: AsJson = False) -> None:
    """Everything that is planned, was held or was cancelled. Example: entente engagement list"""
    with Platform(DataFolder(data), "analyst") as platform:
        items = platform.get("/partnerships/engagements")["items"]
    if as_json:
        print_json(items)
    elif items:
        rows = [
            (item["engagement"], item["title"], ", ".join(item["parties"]), item["first"], item["last"], item["stage"]) for item in items
        ]
        console().print(table("engagement", "title", "parties", "first", "last", "stage", rows=rows))
    else:
        console().print("No engagement is on record; `entente engagement plan` records one.")


@app.command("show")
@told
def show(engagement: Name, data: Data = HERE, as_json: AsJson = False) -> None:
    """One engagement with what was promised there. Example: entente engagement show dialogue-2026"""
    with Platform(DataFolder(data), "analyst") as platform:
        answer = platform.get(f"/partnerships/engagements/{engagement}")
    if as_json:
        print_json(answer)
        return
    out = console()
    place = f" at {answer['place']}" if answer["place"] else ""
    says = f": {answer['says']}" if answer["says"] else ""
    out.print(
        f"{answer['title']}, {', '.join(answer['parties'])}, {answer['first']} to {answer['last']}{place}: {answer['stage']}{says}.",
        markup=False,
    )
    rows = [
        (each["commitment"], each["owner"], each["what"], each["due"], each["state"].replace("_", " ")) for each in answer["commitments"]
    ]
    if rows:
        out.print(table("commitment", "owner", "what", "due", "state", rows=rows))


@app.command("plan")
@told
def plan(
    engagement: Name,
    parties: Annotated[list[str], typer.Argument(help="Who takes part.")],
    kind: Annotated[
        str, typer.Option("--kind", help="strategic_dialogue, officer_exchange, observer_mission, training or capacity_building.")
    ],
    title: Annotated[str, typer.Option("--title", help="Its name for people.")],
    first: First,
    last: Last,
    place: Annotated[str | None, typer.Option("--place", help="Where.")] = None,
    agreement: Annotated[str | None, typer.Option("--agreement", help="The agreement that it rests on.")] = None,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Plan a dialogue, an exchange, a mission or training.

    Example: entente engagement plan dialogue-2026 FRA IND --kind strategic_dialogue --title "Strategic dialogue" --first 2026-12-02
    --last 2026-12-04
    """
    body = {"engagement": engagement, "kind": kind, "title": title, "parties": [party.upper() for party in parties]}
    body |= {"first": day(first), "last": day(last), **given(place=place, agreement=agreement)}
    record("/partnerships/engagements", body, data, as_json=as_json)


@app.command("move")
@told
def move(engagement: Name, first: First, last: Last, because: Because, data: Data = HERE, as_json: AsJson = False) -> None:
    """Plan it for other days. Example: entente engagement move talks --first 2026-12-09 --last 2026-12-11 --because elections"""
    body = {"first": day(first), "last": day(last), "because": because}
    record(f"/partnerships/engagements/{engagement}/moves", body, data, as_json=as_json)


@app.command("hold")
@told
def hold(
    engagement: Name,
    first: First,
    last: Last,
    outcome: Annotated[str, typer.Option("--outcome", help="What came of it.")],
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Record that it took place. Example: entente engagement hold talks --first 2026-11-02 --last 2026-11-03 --outcome agreed"""
    body = {"first": day(first), "last": day(last), "outcome": outcome}
    record(f"/partnerships/engagements/{engagement}/holding", body, data, as_json=as_json)


@app.command("cancel")
@told
def cancel(engagement: Name, because: Because, on: OnDay, data: Data = HERE, as_json: AsJson = False) -> None:
    """Record that it will not take place. Example: entente engagement cancel dialogue-2026 --because "no agenda" --on 2026-11-01"""
    record(f"/partnerships/engagements/{engagement}/cancellation", {"because": because, "on": day(on)}, data, as_json=as_json)


@app.command("promise")
@told
def promise(
    engagement: Name,
    commitment: Key,
    owner: Annotated[str, typer.Option("--owner", help="Who promised it.")],
    what: Annotated[str, typer.Option("--what", help="What was promised.")],
    due: Annotated[datetime, typer.Option("--due", help="Last day on which it is in time.", formats=["%Y-%m-%d"])],
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Record a commitment. Example: entente engagement promise talks plans --owner FRA --what "share its calendar" --due 2027-03-31"""
    body = {"commitment": commitment, "owner": owner.upper(), "what": what, "due": day(due)}
    record(f"/partnerships/engagements/{engagement}/commitments", body, data, as_json=as_json)


@app.command("keep")
@told
def keep(
    engagement: Name,
    commitment: Key,
    how: Annotated[str, typer.Option("--how", help="What was done.")],
    on: OnDay,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Record that a commitment was kept. Example: entente engagement keep talks plans --how "handed over" --on 2027-03-01"""
    body = {"how": how, "on": day(on)}
    record(f"/partnerships/engagements/{engagement}/commitments/{commitment}/keeping", body, data, as_json=as_json)


@app.command("release")
@told
def release(engagement: Name, commitment: Key, because: Because, on: OnDay, data: Data = HERE, as_json: AsJson = False) -> None:
    """Record that a commitment holds no more. Example: entente engagement release talks visit --because overtaken --on 2027-02-01"""
    body = {"because": because, "on": day(on)}
    record(f"/partnerships/engagements/{engagement}/commitments/{commitment}/release", body, data, as_json=as_json)
