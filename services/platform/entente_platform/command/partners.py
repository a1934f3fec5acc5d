"""`entente crisis`, `commitments`, `misalignments`: channels in a crisis, what is owed, and where partners pull apart."""

from datetime import datetime
from typing import Annotated

import typer

from entente_platform.command.bound import Party
from entente_platform.command.moments import KnownOn, On, moment
from entente_platform.command.output import AsJson, console, print_json, table, told
from entente_platform.command.reach import HERE, Data, Platform
from entente_platform.folder import DataFolder


@told
def crisis(a: Party, b: Party, on: On = None, known_on: KnownOn = None, data: Data = HERE, as_json: AsJson = False) -> None:
    """Which channels two parties use in a crisis, the first to try first, and why in this order.

    Example: entente crisis USA RUS
    """
    with Platform(DataFolder(data), "analyst") as platform:
        answer = platform.get("/partnerships/channels/in-crisis", a=a.upper(), b=b.upper(), **moment(on, known_on))
    if as_json:
        print_json(answer)
        return
    out = console()
    out.print(answer["says"], markup=False)
    for item in answer["items"]:
        out.print(f"{item['place']}. {item['title']} ({item['channel']})", markup=False)
        for reason in item["reasons"]:
            out.print(f"     {reason}", markup=False)


@told
def commitments(
    due_by: Annotated[datetime | None, typer.Option("--due-by", help="Only those due by this day.", formats=["%Y-%m-%d"])] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Only those of this party.")] = None,
    past_due: Annotated[bool, typer.Option("--past-due", help="Only those that are past due.")] = False,
    on: On = None,
    known_on: KnownOn = None,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """What is owed, by whom and until when; what is past due shows by how many days.

    Example: entente commitments --owner FRA --past-due
    """
    asked = {
        "due_by": due_by.date().isoformat() if due_by else None,
        "owner": owner.upper() if owner else None,
        "past_due": "true" if past_due else None,
    }
    with Platform(DataFolder(data), "analyst") as platform:
        answer = platform.get("/partnerships/commitments", **asked, **moment(on, known_on))
    if as_json:
        print_json(answer)
        return
    out = console()
    out.print(answer["says"], markup=False)
    rows = [
        (item["due"], item["owner"], item["what"], f"{item['engagement']}/{item['commitment']}", _late(item["days_late"]))
        for item in answer["items"]
    ]
    if rows:
        out.print(table("due", "owner", "what", "commitment", "late", rows=rows))


@told
def misalignments(
    of: Annotated[str | None, typer.Option("--of", help="Only those of this party.")] = None,
    agreement: Annotated[str | None, typer.Option("--agreement", help="Only those of this agreement.")] = None,
    on: On = None,
    known_on: KnownOn = None,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Where two parties of one agreement pull apart: on which themes, since when, how strongly.

    Example: entente misalignments --of FRA
    """
    with Platform(DataFolder(data), "analyst") as platform:
        answer = platform.get("/partnerships/misalignments", of=of.upper() if of else None, agreement=agreement, **moment(on, known_on))
    if as_json:
        print_json(answer)
        return
    out = console()
    if not answer["items"]:
        out.print(f"No misalignment stood on {answer['on']}.", markup=False)
    for item in answer["items"]:
        out.print(item["says"], markup=False)
        for theme in item["apart"]:
            out.print(f"    {theme['theme']}: {item['a']} {theme['a']:+}, {item['b']} {theme['b']:+}, since {theme['since']}", markup=False)


def _late(days: int) -> str:
    return f"{days} day{'s' if days > 1 else ''}" if days else ""
